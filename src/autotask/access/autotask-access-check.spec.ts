import { describe, expect, it } from 'vitest';
import { checkAgainst, checkOf, idsWith, ERRORS_500 } from '../../../test/contract/scripted-access-check.js';
import {
  CREDENTIALS,
  INTEGRATION_CODE,
  info,
  isAuthenticated,
  keyOf,
  SECRET,
  USER_NAME,
} from '../../../test/contract/scripted-autotask.js';
import { ACCESS_REQUIREMENTS, PROBED_ENTITIES } from './access-requirements.js';

describe('an access check that passes', () => {
  it('reports every check as passed and every capability as granted', async () => {
    const result = await checkAgainst();
    expect(result.report).toMatchObject({
      outcome: 'passed',
      checkedAt: '2026-05-04T12:00:00.000Z',
      capabilities: { billing: true, crm: true, helpdesk: true },
    });
    expect(new Set(result.report.checks.map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    expect(result.refusal).toBeNull();
    expect(result.interruption).toBeNull();
  });

  it('brings back the instance with its normalised address and internal currency', async () => {
    const { instance, server } = await checkAgainst({ currency: 'USD' });
    expect(instance).toMatchObject({
      id: '281474',
      zoneName: 'Test Zone',
      apiUrl: `${server.origin}/zone2/ATServicesRest/`,
      webUrl: 'https://ww2.autotask.example/',
      internalCurrency: 'EUR',
    });
  });

  it('brings back pick lists and absent fields as plain JSON', async () => {
    const { instance } = await checkAgainst();
    expect(JSON.parse(JSON.stringify(instance?.metadata))).toEqual({
      pickLists: {
        companyType: { 1: 'Customer', 7: 'Vendor' },
        contractType: { 7: 'Recurring Service' },
        contractStatus: { 0: 'Inactive', 1: 'Active' },
        contractPeriodType: { 2: 'Monthly' },
        servicePeriodType: { 2: 'Monthly', 5: 'Yearly' },
        chargeType: { 1: 'Operational', 2: 'Capitalized' },
      },
      absentFields: {
        Companies: [],
        Contracts: [],
        Services: ['sku'],
        ContractCharges: [],
      },
      // The scripted listings name none; what is refused is left out.
      changeFields: {
        Companies: [],
        Contracts: [],
        Services: [],
        ContractCharges: [],
      },
      readAt: '2026-05-04T12:00:00.000Z',
      unreadableEntities: [],
    });
  });

  it('learns which fields show changes and may be searched by', async () => {
    const fields = [
      { name: 'LastModifiedDate', isQueryable: true },
      { name: 'approveAndPostDate', isQueryable: false },
      { name: 'lastModifiedDateTime' },
    ];
    const { instance } = await checkAgainst({
      answers: {
        'GET Services/entityInformation/fields': { body: { fields } },
        'GET ContractServiceUnits/entityInformation/fields': { body: { fields } },
        'GET Currencies/entityInformation/fields': { body: { fields } },
      },
    });
    expect(instance?.metadata).toMatchObject({
      changeFields: {
        Services: ['lastModifiedDate'],
        ContractServiceUnits: [],
        Currencies: ['lastModifiedDateTime'],
      },
    });
  });

  it('asks each thing once, one after another and discovery without credentials', async () => {
    const { server } = await checkAgainst();
    const keys = server.requests.map(keyOf);
    expect(keys.slice(0, 3)).toEqual(['GET zoneInformation', 'GET Version', 'GET ThresholdInformation']);
    expect(keys.filter((key) => key.endsWith('/entityInformation'))).toEqual(
      PROBED_ENTITIES.map((entity) => `GET ${entity}/entityInformation`),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(server.requests[0]?.query.get('user')).toBe(USER_NAME);
    expect(server.requests.map(isAuthenticated)).toEqual([false, ...keys.slice(1).map(() => true)]);
    expect(server.requests[1]?.headers).toMatchObject({
      username: USER_NAME,
      secret: SECRET,
      apiintegrationcode: INTEGRATION_CODE,
    });
  });

  it('uses the tracking identifier of the host where the credentials bring none', async () => {
    const { server } = await checkAgainst({
      credentials: { username: USER_NAME, secret: CREDENTIALS.secret },
      options: { integrationCode: 'HOSTDEFAULT' },
    });
    expect(server.requests[1]?.headers['apiintegrationcode']).toBe('HOSTDEFAULT');
  });

  it('lists rights beyond what is needed', async () => {
    const { report } = await checkAgainst({
      answers: { 'GET Companies/entityInformation': info('All', { canDelete: false }) },
    });
    expect(report.excess).toContainEqual({ entity: 'Contracts', verb: 'delete' });
    expect(report.excess).not.toContainEqual({ entity: 'Contracts', verb: 'query' });
    // Nobody can delete a company through the API, so the right to do so is no excess.
    expect(report.excess).not.toContainEqual({ entity: 'Companies', verb: 'delete' });
    // Needed by another capability.
    expect(report.excess).not.toContainEqual({ entity: 'Companies', verb: 'create' });
  });

  it('has a check for every declared right', async () => {
    const { report } = await checkAgainst();
    const declared = ACCESS_REQUIREMENTS.flatMap(({ capability, entity, verbs }) =>
      verbs.map((verb) => `right.${capability}.${entity}.${verb}`),
    );
    expect(report.checks.map(({ id }) => id).filter((id) => id.startsWith('right.'))).toHaveLength(
      declared.length,
    );
    expect(report.checks.map(({ id }) => id)).toEqual(expect.arrayContaining(declared));
  });
});

describe('an access check that cannot be brought to an end', () => {
  it.each([
    ['zoneInformation', 'zone', { status: 503 }, 'psa.unreachable'],
    ['zoneInformation', 'zone', { body: '<html></html>' }, 'psa.unexpected_answer'],
    ['zoneInformation', 'zone', { body: { zoneName: 'x' } }, 'psa.unexpected_answer'],
    ['zoneInformation', 'zone', ERRORS_500, 'psa.request_rejected'],
    ['Version', 'sign_in', { status: 429, headers: { 'retry-after': '17' } }, 'psa.rate_limited'],
    ['Version', 'sign_in', { body: '<html></html>' }, 'psa.unexpected_answer'],
    ['Version', 'sign_in', ERRORS_500, 'psa.request_rejected'],
    ['ThresholdInformation', 'headroom', ERRORS_500, 'psa.request_rejected'],
    ['Contracts/entityInformation', 'right.billing.Contracts.query', { body: {} }, 'psa.unexpected_answer'],
    ['TicketNotes/entityInformation', 'right.helpdesk.TicketNotes.query', ERRORS_500, 'psa.request_rejected'],
    ['Services/entityInformation/fields', 'pick_lists', { status: 502 }, 'psa.unreachable'],
  ])('stops at %s, leaves %s unknown and decides nothing (%j, %s)', async (path, checkId, reply, code) => {
    const result = await checkAgainst({ answers: { [`GET ${path}`]: reply } });
    expect(result.refusal).toBeNull();
    expect(result.interruption).toMatchObject({ code });
    expect(result.report.outcome).toBe('failed');
    expect(checkOf(result, checkId)).toMatchObject({
      outcome: 'unknown',
      detail: result.interruption?.detail,
    });
    expect(idsWith(result, 'unknown')).toEqual([checkId]);
    expect(idsWith(result, 'failed')).toEqual([]);
    expect(checkOf(result, 'pick_lists').outcome).toBe(checkId === 'pick_lists' ? 'unknown' : 'skipped');
    const asked = result.server.requests.map(keyOf);
    expect(asked.filter((key) => key === `GET ${path}`)).toHaveLength(1);
    expect(asked.at(-1)).toBe(`GET ${path}`);
  });

  it('does not follow discovery to a host that is not allowed', async () => {
    const evil = { body: { zoneName: 'x', url: 'https://evil.example/', webUrl: '', ci: 1 } };
    const result = await checkAgainst({ answers: { 'GET zoneInformation': evil } });
    expect(result.interruption).toMatchObject({ code: 'psa.host_not_allowed' });
    expect(checkOf(result, 'sign_in').remedy).toContain('allowed hosts');
    expect(result.server.requests.filter(isAuthenticated)).toHaveLength(0);
  });

  it('ends with the reason of the abort signal', async () => {
    const controller = new AbortController();
    const checking = checkAgainst({
      answers: { 'GET Version': () => controller.abort(new Error('shutting down')) },
      signal: controller.signal,
    });
    await expect(checking).rejects.toThrow('shutting down');
  });
});
