import { beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_API_USERS } from '../sandbox-users.js';
import { seedCspWorld } from '../seed/seed-csp-world.js';
import { RequestHandler } from './request-handler.js';
import type { Reply } from './reply.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const [USER] = SANDBOX_API_USERS;
const COMPANY = 175;
const CONTRACT = 29_683_700;
const OWNER = 29_682_885;

type Body = Record<string, unknown>;

/** One entity as it is written: where, with what, and a field that can be emptied. */
interface Writable {
  readonly entity: string;
  readonly at: string;
  readonly body: Body;
  readonly optional: Body;
  readonly change: Body;
  /** Changed by the server with every write; null where there is no such field. */
  readonly stamp: string | null;
}

const NOTE = { title: 'Call', description: 'Called back.' };
const WRITABLES: readonly Writable[] = [
  {
    entity: 'Companies',
    at: 'Companies',
    body: { companyName: 'Nova', companyType: 1, phone: '1', ownerResourceID: OWNER },
    optional: { city: 'Porto' },
    change: { companyName: 'Nova Foods' },
    stamp: 'lastTrackedModifiedDateTime',
  },
  {
    entity: 'Contacts',
    at: `Companies/${COMPANY}/Contacts`,
    body: { firstName: 'Ada', lastName: 'Vos', isActive: 1 },
    optional: { emailAddress: 'ada@nova.example' },
    change: { lastName: 'Visser' },
    stamp: 'lastModifiedDate',
  },
  {
    entity: 'CompanyNotes',
    at: `Companies/${COMPANY}/Notes`,
    body: {
      actionType: 1,
      assignedResourceID: OWNER,
      startDateTime: '2026-11-20T09:00:00Z',
      endDateTime: '2026-11-20T09:30:00Z',
    },
    optional: { note: 'Renewal agreed.' },
    change: { actionType: 2 },
    stamp: 'lastModifiedDate',
  },
  {
    entity: 'Opportunities',
    at: 'Opportunities',
    body: {
      title: 'Move to the cloud',
      companyID: COMPANY,
      ownerResourceID: OWNER,
      amount: 1200.5,
      cost: 900,
      probability: 10,
      stage: 1,
      status: 1,
      useQuoteTotals: false,
      startDate: '2026-11-20',
      projectedCloseDate: '2026-12-31',
    },
    optional: { nextStep: 'Send the offer' },
    change: { probability: 60 },
    stamp: 'lastActivity',
  },
  {
    entity: 'Contracts',
    at: 'Contracts',
    body: {
      companyID: COMPANY,
      contractName: 'Cloud services',
      contractType: 7,
      status: 1,
      startDate: '2026-11-01',
      endDate: '2027-10-31',
      timeReportingRequiresStartAndStopTimes: 0,
    },
    optional: { purchaseOrderNumber: 'PO 7' },
    change: { contractName: 'Cloud services 2027' },
    stamp: 'lastModifiedDateTime',
  },
  {
    entity: 'ContractServices',
    at: `Contracts/${CONTRACT}/Services`,
    body: { serviceID: 36 },
    optional: { internalDescription: 'ours' },
    change: { invoiceDescription: 'Defender' },
    stamp: null,
  },
  {
    entity: 'ContractCharges',
    at: `Contracts/${CONTRACT}/Charges`,
    body: {
      name: 'Azure usage',
      datePurchased: '2026-11-30',
      chargeType: 1,
      billingCodeID: 29_682_805,
      unitQuantity: 1,
    },
    optional: { notes: 'own key' },
    change: { name: 'Azure usage 2026-11' },
    stamp: null,
  },
  {
    entity: 'ContractNotes',
    at: `Contracts/${CONTRACT}/Notes`,
    body: NOTE,
    optional: {},
    change: { title: 'Second call' },
    stamp: 'lastActivityDate',
  },
  {
    entity: 'Services',
    at: 'Services',
    body: { name: 'Copilot', billingCodeID: 29_682_804, periodType: 2, unitPrice: 28.1 },
    optional: { sku: 'CFQ7TTC0MM8R:0001' },
    change: { name: 'Copilot for Microsoft 365' },
    stamp: 'lastModifiedDate',
  },
  {
    entity: 'Products',
    at: 'Products',
    body: { name: 'Migration', isActive: true, isSerialized: false, productBillingCodeID: 29_682_805 },
    optional: { sku: 'M-1' },
    change: { name: 'Migration day' },
    stamp: null,
  },
  {
    entity: 'Tickets',
    at: 'Tickets',
    body: { title: 'Help', companyID: COMPANY, status: 1, priority: 1, dueDateTime: '2026-11-21T10:00:00Z' },
    optional: { externalID: 'ours-1' },
    change: { priority: 2 },
    stamp: 'lastActivityDate',
  },
  {
    entity: 'TicketNotes',
    at: 'Tickets/60001/Notes',
    body: { ...NOTE, noteType: 3, publish: 1 },
    optional: {},
    change: { description: 'Called again.' },
    stamp: 'lastActivityDate',
  },
];

describe('write routes', () => {
  let now: Date;
  let handler: RequestHandler;

  beforeEach(() => {
    now = NOW;
    handler = new RequestHandler({
      world: seedCspWorld(NOW, { companies: 12 }),
      now: () => now,
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

  const send = async (method: string, path: string, body?: Body): Promise<Reply> =>
    handler.handle(
      {
        method,
        url: new URL(`http://127.0.0.1:4100/zone19/ATServicesRest/V1.0/${path}`),
        headers: {
          username: USER?.userName,
          secret: USER?.secret,
          apiintegrationcode: USER?.integrationCode,
        },
        bodyText: body === undefined ? '' : JSON.stringify(body),
      },
      { concurrency: 0 },
    );
  const write = async (method: string, path: string, body: Body): Promise<number> => {
    const reply = await send(method, path, body);
    expect(`${reply.status} ${reply.body}`).toMatch(/^200 \{"itemId":\d+\}$/);
    return (JSON.parse(reply.body) as { itemId: number }).itemId;
  };
  const read = async (entity: string, id: number): Promise<Body> =>
    (JSON.parse((await send('GET', `${entity}/${id}`)).body) as { item: Body }).item;

  describe.each(WRITABLES)('of $entity', ({ entity, at, body, optional, change, stamp }) => {
    const isChild = at !== entity;

    it('create, and change by PATCH only what is named', async () => {
      const id = await write('POST', at, { id: 0, ...body, ...optional });
      const created = await read(entity, id);
      expect(created).toMatchObject(optional);
      now = new Date(NOW.getTime() + 60_000);
      expect(await write('PATCH', at, { id, ...change })).toBe(id);
      const changed = await read(entity, id);
      expect(changed).toMatchObject({ ...optional, ...change });
      const touched = Object.keys(created).filter(
        (name) => JSON.stringify(created[name]) !== JSON.stringify(changed[name]),
      );
      expect(touched.toSorted()).toEqual(expect.arrayContaining(Object.keys(change)));
      const stamps = touched.filter((name) => !(name in change));
      expect(stamps.every((name) => changed[name] === '2026-11-20T10:01:00Z')).toBe(true);
      expect(stamp === null || stamps.includes(stamp)).toBe(true);
    });

    it('empty by PUT what is left out, and refuse a required field left out', async () => {
      const id = await write('POST', at, { ...body, ...optional });
      await write('PUT', at, { ...body, id, ...change });
      const emptied = Object.fromEntries(Object.keys(optional).map((name) => [name, null]));
      expect(await read(entity, id)).toMatchObject({ ...change, ...emptied });
      const [required = ''] = Object.keys(change);
      const without = Object.fromEntries(
        Object.entries({ ...body, id }).filter(([name]) => name !== required),
      );
      const isRequired = required in body;
      expect((await send('PUT', at, without)).status).toBe(isRequired ? 500 : 200);
    });

    it('refuse to empty a required field by PATCH, and an id that is not there', async () => {
      const id = await write('POST', at, body);
      const [required = ''] = Object.keys(body).filter((name) => name !== 'companyID');
      expect((await send('PATCH', at, { id, [required]: null })).status).toBe(500);
      expect((await send('PATCH', at, { id: 99_999_999, ...change })).status).toBe(500);
      expect((await send('PATCH', at, change)).status).toBe(500);
    });

    it('answer 405 on the item, and for a child on its root', async () => {
      const id = await write('POST', at, body);
      expect((await send('PATCH', `${at}/${id}`, change)).status).toBe(405);
      const atRoot = await send('POST', entity, body);
      expect(atRoot.status).toBe(isChild ? 405 : entity === 'Services' ? 500 : 200);
    });
  });

  it.each([
    ['Contacts', 'DELETE', `Companies/${COMPANY}/Contacts`, 200],
    ['ContractCharges', 'DELETE', `Contracts/${CONTRACT}/Charges`, 200],
    ['ContractServices', 'DELETE', `Contracts/${CONTRACT}/Services`, 405],
    ['CompanyNotes', 'DELETE', `Companies/${COMPANY}/Notes`, 405],
    ['ContractNotes', 'DELETE', `Contracts/${CONTRACT}/Notes`, 405],
    ['TicketNotes', 'DELETE', 'Tickets/60001/Notes', 405],
    ['Companies', 'DELETE', 'Companies', 405],
    ['Contracts', 'DELETE', 'Contracts', 405],
    ['Opportunities', 'DELETE', 'Opportunities', 405],
    ['Tickets', 'DELETE', 'Tickets', 405],
    ['Products', 'DELETE', 'Products', 405],
  ])('%s answer %s at %s with %i', async (entity, method, at, status) => {
    const writable = WRITABLES.find((candidate) => candidate.entity === entity);
    const id = await write('POST', at, writable?.body ?? {});
    expect((await send(method, `${at}/${id}`)).status).toBe(status);
    expect((await read(entity, id)) === null).toBe(status === 200);
  });

  it('does not reach a child below another parent', async () => {
    const id = await write('POST', `Companies/${COMPANY}/Contacts`, {
      firstName: 'Ada',
      lastName: 'Vos',
      isActive: 1,
    });
    expect((await send('PATCH', 'Companies/176/Contacts', { id, lastName: 'X' })).status).toBe(500);
    expect((await send('DELETE', `Companies/176/Contacts/${id}`)).status).toBe(500);
    expect((await read('Contacts', id))['lastName']).toBe('Vos');
    const note = await write('POST', 'Tickets/60001/Notes', { ...NOTE, noteType: 3, publish: 1 });
    expect((await send('PATCH', 'Tickets/60001/Notes', { id: note, ticketID: 60_002 })).status).toBe(500);
  });

  it('prices a charge by its product, and refuses a retired one', async () => {
    const charge = { name: 'Migration', datePurchased: '2026-11-30', chargeType: 1, unitQuantity: 2 };
    const id = await write('POST', `Contracts/${CONTRACT}/Charges`, { ...charge, productID: 51_001 });
    expect(await read('ContractCharges', id)).toMatchObject({
      unitPrice: 35,
      unitCost: 20,
      billableAmount: 70,
    });
    const retired = await send('POST', `Contracts/${CONTRACT}/Charges`, { ...charge, productID: 51_002 });
    expect(retired.body).toContain('Reference value on field: productID of type: Product');
  });

  it('leaves a note on the contract with every adjustment', async () => {
    const adjustment = { contractID: CONTRACT, serviceID: 33, unitChange: -1, effectiveDate: '2026-11-20' };
    const reply = await send('POST', `Contracts/${CONTRACT}/ServiceAdjustments`, adjustment);
    expect(reply.body).toBe('{"itemId":null}');
    const notes = JSON.parse((await send('GET', `Contracts/${CONTRACT}/Notes`)).body) as { items: Body[] };
    expect(notes.items).toMatchObject([
      { contractID: CONTRACT, description: 'Units changed by -1 from 2026-11-20.' },
    ]);
  });
});
