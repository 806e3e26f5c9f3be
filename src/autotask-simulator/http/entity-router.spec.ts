import { beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_API_USERS } from '../sandbox-users.js';
import { seedCspWorld } from '../seed/seed-csp-world.js';
import type { Reply } from './reply.js';
import { RequestHandler } from './request-handler.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const ORIGIN = 'http://127.0.0.1:4100';
const API = `${ORIGIN}/zone19/ATServicesRest/V1.0`;

type Body = Record<string, unknown>;
type Headers = Record<string, string>;

const ALL = { filter: [{ op: 'gte', field: 'id', value: 0 }] };

function headersOf(userName: string): Headers {
  const user = SANDBOX_API_USERS.find((candidate) => candidate.userName.startsWith(userName));
  return {
    username: user?.userName ?? userName,
    secret: user?.secret ?? '',
    apiintegrationcode: user?.integrationCode ?? '',
  };
}

const ALL_RIGHTS = headersOf('all-rights@sandbox-csp');

function itemsOf(page: Body): Body[] {
  return page['items'] as Body[];
}

function nextOf(page: Body): string {
  return String((page['pageDetails'] as Body)['nextPageUrl']);
}

describe('routeEntityCall', () => {
  const world = seedCspWorld(NOW);
  let handler: RequestHandler;

  beforeEach(() => {
    handler = new RequestHandler({
      world,
      now: () => NOW,
      authFailures: 'legacy',
      limits: {
        maxThreads: 3,
        threadLimitStatus: 500,
        latencyMs: 0,
        hasThresholdLatency: false,
        slotReleaseDelayMs: 0,
      },
      sleep: async () => Promise.resolve(),
    });
  });

  const send = async (method: string, url: string, body?: unknown, headers = ALL_RIGHTS): Promise<Reply> =>
    handler.handle(
      {
        method,
        url: new URL(url.startsWith('http') ? url : `${API}/${url}`),
        headers,
        bodyText: typeof body === 'string' ? body : (JSON.stringify(body) ?? ''),
      },
      { concurrency: 0 },
    );
  const read = async (method: string, url: string, body?: unknown, headers?: Headers): Promise<Body> => {
    const { status, body: text } = await send(method, url, body, headers);
    expect(`${status} ${text}`).toMatch(/^200 /);
    return JSON.parse(text) as Body;
  };
  const information = async (entity: string, user: string): Promise<Body> =>
    (await read('GET', `${entity}/entityInformation`, undefined, headersOf(user)))['info'] as Body;

  describe('reading', () => {
    it('answers an item with every field, and null for a missing id', async () => {
      const { item } = (await read('GET', 'companies/175/')) as { item: Body };
      expect(item).toMatchObject({ id: 175, companyName: 'Alder Logistics', fax: null });
      expect(item['userDefinedFields']).toHaveLength(2);
      expect(await read('GET', 'Companies/99999')).toEqual({ item: null });
    });

    it('writes amounts as numbers with four decimals', async () => {
      const reply = await send('POST', 'ContractServices/query', { ...ALL, maxRecords: 1 });
      expect(reply.body).toContain('"unitPrice":26.4000');
    });

    it('pages by POST with the same body, in id order, back and forth', async () => {
      const body = { ...ALL, maxRecords: 25, includeFields: ['companyName'] };
      const first = await read('POST', 'Companies/query', body);
      expect(first['pageDetails']).toMatchObject({ count: 25, requestCount: 25, prevPageUrl: null });
      expect(Object.keys(itemsOf(first)[0] ?? {})).toEqual(['id', 'companyName', 'userDefinedFields']);
      const second = await read('POST', nextOf(first), body);
      const third = await read('POST', nextOf(second), body);
      const ids = [first, second, third].flatMap(itemsOf).map((item) => Number(item['id']));
      expect(ids).toHaveLength(60);
      expect(ids).toEqual(ids.toSorted((left, right) => left - right));
      expect(nextOf(third)).toBe('null');
      const back = await read('POST', String((third['pageDetails'] as Body)['prevPageUrl']), body);
      expect(itemsOf(back)).toEqual(itemsOf(second));
    });

    it('refuses the next page by GET, with another body, or to another user', async () => {
      const body = { ...ALL, maxRecords: 25 };
      const next = nextOf(await read('POST', 'Companies/query', body));
      const byGet = await send('GET', next);
      expect([byGet.status, byGet.body]).toEqual([
        405,
        `{"Message":"The requested resource does not support http method 'GET'."}`,
      ]);
      expect((await send('POST', next, ALL)).status).toBe(500);
      expect((await send('POST', next)).status).toBe(500);
      expect((await send('POST', next, body, headersOf('no-costs'))).status).toBe(500);
    });

    it('forgets pages when fifty newer ones were made', async () => {
      const body = { ...ALL, maxRecords: 25 };
      const next = nextOf(await read('POST', 'Companies/query', body));
      for (let query = 0; query < 50; query += 1) await read('POST', 'Companies/query', body);
      expect((await send('POST', next, body)).status).toBe(500);
    });

    it('queries by GET with a search, and pages on by GET', async () => {
      const search = encodeURIComponent(JSON.stringify({ ...ALL, maxRecords: 40 }));
      const first = await read('GET', `Companies/query?search=${search}`);
      const second = await read('GET', nextOf(first));
      expect(itemsOf(first).length + itemsOf(second).length).toBe(60);
      expect(await read('GET', `Companies/query/count?search=${search}`)).toEqual({ queryCount: 60 });
    });

    it('answers 404 to a GET address of more than 2,048 characters', async () => {
      expect((await send('GET', `Companies/query?search=${'x'.repeat(2048)}`)).status).toBe(404);
    });

    it('counts without a page', async () => {
      expect(await read('POST', 'Companies/query/count', ALL)).toEqual({ queryCount: 60 });
    });

    it('lists children below their parent', async () => {
      const children = await read('GET', 'Contracts/29683700/ServiceUnits');
      expect(itemsOf(children).length).toBeGreaterThan(10);
      const id = String(itemsOf(children)[0]?.['id']);
      expect(await read('GET', `Contracts/29683700/serviceunits/${id}`)).toMatchObject({
        item: { contractID: 29_683_700 },
      });
      expect(await read('GET', `Contracts/29683701/ServiceUnits/${id}`)).toEqual({ item: null });
    });

    it.each([
      ['an empty filter', { filter: [] }],
      ['no body', undefined],
      ['a list', []],
    ])('refuses %s with errors', async (_case, body) => {
      const reply = await send('POST', 'Companies/query', body);
      expect(reply.status).toBe(500);
      expect(JSON.parse(reply.body)).toHaveProperty('errors');
    });

    it('refuses malformed JSON with errors', async () => {
      const reply = await send('POST', 'Companies/query', '{');
      expect(reply.status).toBe(500);
    });
  });

  describe('routes', () => {
    it.each([
      ['GET', 'Companies', 405],
      ['PATCH', 'Companies/175', 405],
      ['DELETE', 'Companies/175', 405],
      ['PATCH', 'Contacts', 405],
      ['POST', 'ContractServices', 405],
      ['POST', 'ContractCharges', 405],
      ['POST', 'ContractServiceUnits', 405],
      ['POST', 'Contracts/29683700/ServiceUnits', 405],
      ['PATCH', 'ContractServiceAdjustments', 405],
      ['GET', 'Contracts/29683700/ServiceAdjustments', 405],
      ['POST', 'ContractServiceAdjustments/query', 404],
      ['GET', 'ContractServiceAdjustments/1', 404],
      ['DELETE', 'Companies/175/query', 404],
      ['GET', 'Nothing', 404],
      ['GET', 'Companies/abc', 404],
      ['GET', 'Companies/175/Nothing', 404],
      ['POST', 'Version', 405],
    ])('%s %s answers %i', async (method, url, status) => {
      const reply = await send(method, url, method === 'GET' ? undefined : {});
      expect(reply.status).toBe(status);
    });
  });

  describe('security levels', () => {
    it('are told as strings, what the entity supports apart from what the level grants', async () => {
      expect(await information('ContractServiceAdjustments', 'all-rights@sandbox-csp')).toMatchObject({
        name: 'ContractServiceAdjustment',
        canCreate: true,
        canQuery: false,
        userAccessForCreate: 'All',
        userAccessForQuery: 'None',
      });
      expect(await information('ContractServiceAdjustments', 'no-adjustments')).toMatchObject({
        canCreate: true,
        userAccessForCreate: 'None',
      });
      expect(await information('Tickets', 'no-service-desk')).toMatchObject({
        canQuery: true,
        userAccessForQuery: 'None',
      });
    });

    it('refuse queries and writes they do not grant', async () => {
      const query = await send('POST', 'Tickets/query', ALL, headersOf('no-service-desk'));
      expect(query.status).toBe(500);
      expect(query.body).toContain('The logged in Resource does not have the adequate permissions');
      const write = await send('POST', 'ContractServiceAdjustments', {}, headersOf('no-adjustments'));
      expect(write.body).toContain('adequate permissions');
    });

    it('answer empty pages where visibility is restricted', async () => {
      expect(itemsOf(await read('POST', 'Contracts/query', ALL, headersOf('no-contracts')))).toEqual([]);
    });

    it('show 0 for costs they may not see', async () => {
      const reply = await send(
        'POST',
        'Services/query',
        { ...ALL, includeFields: ['unitCost', 'unitPrice'], maxRecords: 1 },
        headersOf('no-costs'),
      );
      expect(reply.body).toContain('"unitCost":0.0000,"unitPrice":7.2000');
    });
  });

  describe('metadata', () => {
    it('describes fields with picklist values as text', async () => {
      const { fields } = (await read('GET', 'Contracts/entityInformation/fields')) as { fields: Body[] };
      const period = fields.find((field) => field['name'] === 'contractPeriodType');
      expect(period).toMatchObject({ dataType: 'integer', isReadOnly: true, isPickList: true });
      expect(period?.['picklistValues']).toContainEqual(
        expect.objectContaining({ value: '2', label: 'Monthly' }),
      );
      expect(fields.find((field) => field['name'] === 'startDate')).toMatchObject({
        dataType: 'datetime',
        isRequired: true,
      });
      expect(fields.find((field) => field['name'] === 'companyID')).toMatchObject({
        isReference: true,
        referenceEntityType: 'Company',
      });
    });

    it('describes user-defined fields, also below a parent', async () => {
      const { fields } = (await read('GET', 'Companies/entityInformation/userDefinedFields')) as {
        fields: Body[];
      };
      expect(fields[0]).toMatchObject({
        name: 'Microsoft Tenant ID',
        type: 'string',
        referenceEntityType: null,
      });
      expect(await read('GET', 'Contracts/1/Services/entityInformation')).toHaveProperty('info');
    });
  });

  describe('writing', () => {
    it('answers the id of what it made, and null for an adjustment that worked', async () => {
      const company = { companyName: 'Nova', companyType: 1, phone: '1', ownerResourceID: 29_682_885 };
      const created = await read('POST', 'Companies', company);
      expect(created).toEqual({ itemId: expect.any(Number) as number });
      expect(await read('PATCH', 'companies', { ID: created['itemId'], city: 'Lyon' })).toEqual(created);
      const adjustment = {
        contractID: 29_683_700,
        serviceID: 33,
        unitChange: 1,
        effectiveDate: '2026-11-20',
      };
      expect(await read('POST', 'Contracts/29683700/ServiceAdjustments', adjustment)).toEqual({
        itemId: null,
      });
      const again = await send('POST', 'ContractServiceAdjustments', adjustment);
      expect([again.status, again.body]).toEqual([
        500,
        '{"errors":["Attempt to insert duplicate data into contract_service_period"]}',
      ]);
    });

    it('writes and deletes below the parent', async () => {
      const contact = { firstName: 'Ada', lastName: 'Vos', isActive: 1 };
      const { itemId } = await read('POST', 'Companies/175/Contacts', contact);
      expect(await read('PATCH', 'Companies/175/contacts', { id: itemId, phone: '1' })).toEqual({ itemId });
      expect((await send('PATCH', 'Companies/176/Contacts', { id: itemId, phone: '2' })).status).toBe(500);
      expect(await read('DELETE', `Companies/175/Contacts/${String(itemId)}`)).toEqual({ itemId });
      expect((await send('DELETE', `Companies/175/Contacts/${String(itemId)}`)).status).toBe(500);
    });
  });
});
