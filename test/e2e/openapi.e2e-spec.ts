import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utcDay } from '../../src/kernel/local-date.js';
import type { OpenApiDocument } from '../../src/platform/http/openapi.js';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';
import { DocumentedApi } from '../support/documented-api.js';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { until } from '../support/until.js';
import {
  EXCHANGE,
  newCharge,
  newCustomer,
  newSubscription,
} from '../support/builders/subscription.builder.js';
import {
  ALL_RIGHTS,
  type Connector,
  credentialsOf,
  newConnection,
  startConnector,
} from '../support/connector.js';

function routesOfDocument({ paths }: OpenApiDocument): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

function isBilling(route: string): boolean {
  const [method = '', path = ''] = route.split(' ');
  const operation = PSA_CONNECTOR_OPENAPI.paths[path]?.[method.toLowerCase() as 'get'];
  return operation?.tags.some((tag) => tag.startsWith('Billing')) === true;
}

const byId = (id: string) => ({ parameters: { id } });

async function callSubscriptions(api: DocumentedApi): Promise<void> {
  await api.call('put', '/customers/{id}', 201, { ...byId('contoso'), body: newCustomer() });
  await api.call('get', '/customers', 200, { query: '?search=con' });
  await api.call('get', '/customers/{id}', 200, byId('contoso'));
  await api.call('put', '/subscriptions/{id}', 201, {
    ...byId('sub-1'),
    body: newSubscription({ startsOn: TODAY }),
  });
  await api.call('put', '/subscriptions/{id}', 200, {
    ...byId('sub-1'),
    body: newSubscription({ quantity: 7, startsOn: TODAY }),
  });
  await api.call('get', '/subscriptions', 200, { query: '?customerId=contoso' });
  await api.call('get', '/subscriptions/{id}', 200, byId('sub-1'));
  await api.call('get', '/subscriptions/{id}/revisions', 200, byId('sub-1'));
  await api.call('post', '/charges', 201, { body: newCharge() });
  await api.call('get', '/charges', 200, { query: '?from=2026-01-01&to=2026-12-31' });
  await api.call('get', '/charges/{id}', 200, byId('charge-1'));
}

async function callMargins(api: DocumentedApi, id: string): Promise<void> {
  const rule = { parameters: { id, ruleId: 'seats' } };
  const body = { method: 'markupOnList', percent: '20', kind: 'license' };
  await api.call('put', '/connections/{id}/margin-rules/{ruleId}', 201, { ...rule, body });
  await api.call('put', '/connections/{id}/margin-rules/{ruleId}', 200, { ...rule, body });
  await api.call('get', '/connections/{id}/margin-rules', 200, byId(id));
  await api.call('get', '/connections/{id}/margin-prices', 200, byId(id));
  await api.call('delete', '/connections/{id}/margin-rules/{ruleId}', 204, rule);
}

/** A bill with a line that is kept and one that is not. */
async function callImports(api: DocumentedApi): Promise<void> {
  const body = reconCsv([reconLine(), reconLine({ Subtotal: 'x' })]);
  const { id } = await api.call('post', '/imports/partner-center', 202, {
    body,
    query: '?fileName=june.csv',
  });
  const parameters = { id: String(id) };
  await until('the import to end', async () => {
    const { state } = await api.call('get', '/imports/{id}', 200, { parameters });
    return state === 'succeeded' ? state : null;
  });
  await api.call('get', '/imports', 200);
  await api.call('get', '/imports/{id}/rejections', 200, { parameters });
  await api.call('get', '/imports/{id}/lines', 200, { parameters });
}

const TODAY = utcDay(new Date());

const MAPPINGS = [
  {
    path: '/connections/{id}/customer-mappings',
    removeBy: 'customerId',
    key: { customerId: 'contoso' },
    target: { companyId: '175' },
  },
  {
    path: '/connections/{id}/offer-mappings',
    removeBy: 'mappingId',
    key: { offer: EXCHANGE },
    target: { serviceId: '38' },
  },
  {
    path: '/connections/{id}/subscription-mappings',
    removeBy: 'subscriptionId',
    key: { subscriptionId: 'sub-1' },
    target: { contractId: '' },
  },
] as const;

/** Previews and creates a record of each kind, and removes the mappings again. */
async function callTemplates(api: DocumentedApi, id: string): Promise<void> {
  const bodies = [
    ['/customer-mappings/create-company', { customerId: 'contoso', phone: '+49 30 1', ownerId: '29682885' }],
    ['/offer-mappings/create-service', { offer: EXCHANGE, billingCodeId: '29682804' }],
    ['/subscription-mappings/create-contract', { subscriptionId: 'sub-1' }],
  ] as const;
  const parameters = { id };
  const rows: Record<string, unknown>[] = [];
  for (const [path, body] of bodies) {
    const full = `/connections/{id}${path}`;
    await api.call('post', full, 200, { parameters, body });
    const created = await api.call('post', full, 201, { parameters, body: { ...body, preview: false } });
    rows.push(created['mapping'] as Record<string, unknown>);
  }
  for (const [index, { path, removeBy }] of [...MAPPINGS.entries()].toReversed()) {
    const named = { ...parameters, [removeBy]: String(rows[index]?.[removeBy]) };
    await api.call('delete', `${path}/{${removeBy}}`, 204, { parameters: named });
  }
}

/** A mapped customer and offer, so that the subscription has both to rest on. */
async function callMappings(api: DocumentedApi, id: string): Promise<void> {
  const contracts = await api.call('get', '/connections/{id}/contracts', 200, {
    parameters: { id },
    query: '?limit=200',
  });
  const ofCompany = (contracts['items'] as { externalId: string; name: string }[]).find(
    ({ name }) => name === 'Cloud services 175',
  );
  const rows: Record<string, string> = {};
  for (const { path, key, target } of MAPPINGS) {
    const parameters = { id };
    await api.call('get', `${path}/suggestions`, 200, { parameters });
    const body = { ...key, ...('contractId' in target ? { contractId: ofCompany?.externalId } : target) };
    await api.call('post', `${path}/accept`, 200, { parameters, body: { items: [body] } });
    const row = await api.call('put', path, 200, { parameters, body });
    expect(row['state']).toBe('mapped');
    rows[path] = String(row['mappingId'] ?? row['customerId'] ?? row['subscriptionId']);
    const list = await api.call('get', path, 200, { parameters, query: '?state=mapped' });
    expect(list['items']).toHaveLength(1);
    const csv = await api.call('get', `${path}/export.csv`, 200, { parameters });
    await api.call('post', `${path}/import`, 200, { parameters, body: csv });
  }
  for (const { path, removeBy } of MAPPINGS.toReversed()) {
    const named = { [removeBy]: removeBy === 'subscriptionId' ? 'sub-1' : (rows[path] ?? '') };
    await api.call('delete', `${path}/{${removeBy}}`, 204, { parameters: { id, ...named } });
  }
}

/** Makes a run end because most companies are no longer shown. */
async function stopOverMissingRecords(connector: Connector, connectionId: string): Promise<void> {
  const user = connector.simulator.world.user(ALL_RIGHTS);
  const level = user.securityLevel;
  user.securityLevel = { ...level, hiddenEntities: ['Companies'] };
  const run = await connector.sync(connectionId, 'full');
  user.securityLevel = level;
  expect(run.error?.code).toBe('sync.visibility_shrunk');
}

describe('the OpenAPI document', () => {
  let connector: Connector;
  let api: DocumentedApi;
  beforeAll(async () => {
    connector = await startConnector();
    api = new DocumentedApi(connector);
  });
  afterAll(() => connector?.stop());

  it('is served with the address the API has in this host', async () => {
    const document = await api.call('get', '/openapi.json', 200);
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/psa/api' }] });
    expect(document['paths']).toEqual(PSA_CONNECTOR_OPENAPI.paths);
  });

  it('describes every answer of every operation as it is', async () => {
    await api.call('get', '/health/live', 200);
    await api.call('get', '/health/ready', 200);
    await api.call('get', '/metrics', 200);
    await api.call('get', '/session', 200);
    await api.call('get', '/overview', 200);
    await api.call('post', '/connections/check', 200, { body: newConnection() });
    const connection = await api.call('post', '/connections', 201, { body: newConnection() });
    const parameters = { id: String(connection['id']) };
    await api.call('get', '/connections', 200, { query: '?limit=1' });
    await api.call('get', '/connections/{id}', 200, { parameters });
    await api.call('patch', '/connections/{id}', 200, { parameters, body: { alias: 'Renamed' } });
    await api.call('post', '/connections/{id}/check', 200, { parameters });
    const run = await api.call('post', '/connections/{id}/sync-runs', 202, { parameters });
    await connector.runToItsEnd(String(run['id']));
    await api.call('get', '/sync-runs/{id}', 200, { parameters: { id: String(run['id']) } });
    await api.call('get', '/sync-runs/{id}/events', 200, { parameters: { id: String(run['id']) } });
    await api.call('get', '/connections/{id}/sync-runs', 200, { parameters });
    await api.call('get', '/connections/{id}/sync-schedule', 200, { parameters });
    const body = { syncCron: '0 5 * * *', paused: true };
    await api.call('patch', '/connections/{id}/sync-schedule', 200, { parameters, body });
    await stopOverMissingRecords(connector, String(connection['id']));
    await api.call('post', '/connections/{id}/visibility', 204, { parameters, body: { decision: 'keep' } });
    connector.simulator.faults.add({ path: /Companies\/query$/, fault: { kind: 'delay', ms: 2_000 } });
    const long = await api.call('post', '/connections/{id}/sync-runs', 202, { parameters });
    await api.call('post', '/sync-runs/{id}/cancel', 200, { parameters: { id: String(long['id']) } });
    for (const list of ['companies', 'services', 'contracts', 'contract-lines'] as const) {
      const page = await api.call('get', `/connections/{id}/${list}`, 200, {
        parameters,
        query: '?limit=200',
      });
      expect(page['items']).not.toEqual([]);
    }
    const { items } = await api.call('get', '/connections/{id}/contracts', 200, {
      parameters,
      query: '?limit=1',
    });
    const [contract] = items as { externalId: string }[];
    const externalId = contract?.externalId ?? '';
    await api.call('get', '/connections/{id}/contracts/{externalId}', 200, {
      parameters: { ...parameters, externalId },
    });
    await callImports(api);
    await callSubscriptions(api);
    await callMappings(api, String(connection['id']));
    await callTemplates(api, String(connection['id']));
    await callMargins(api, String(connection['id']));
    await api.call('get', '/connections/{id}/contract-lines/export.csv', 200, { parameters });
    await api.call('get', '/audit-entries', 200, { query: '?limit=200' });
    await api.call('get', '/audit-entries/verify', 200);
    await api.call('get', '/audit-entries/checkpoints', 200);
    await api.call('get', '/audit-entries/export.csv', 200);
    await api.call('get', '/audit-entries/export.jsonl', 200);
    await api.call('delete', '/connections/{id}', 204, { parameters });
    // Billing has a test of its own, because its answers need a mapped subscription that changed.
    const others = routesOfDocument(PSA_CONNECTOR_OPENAPI).filter((route) => !isBilling(route));
    expect([...api.seen].toSorted()).toEqual(others.toSorted());
  });

  it('describes the problem documents', async () => {
    const unknown = { parameters: { id: '00000000-0000-4000-8000-000000000000' } };
    const lacking = newConnection({
      alias: 'Lacking',
      currency: 'USD',
      credentials: credentialsOf('no-adjustments@sandbox-csp.example'),
    });
    await api.call('get', '/connections/{id}', 404, unknown);
    await api.call('get', '/sync-runs/{id}', 404, unknown);
    await api.call('post', '/connections', 422, { body: {} });
    await api.call('post', '/connections', 422, { body: lacking });
    await api.call('patch', '/connections/{id}', 422, { ...unknown, body: { alias: '' } });
    const { code } = await api.call('get', '/audit-entries', 422, { query: '?limit=0' });
    expect(code).toBe('request.invalid');
  });
});
