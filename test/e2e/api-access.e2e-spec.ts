import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../support/api-client.js';
import { type Connector, expectProblem, newConnection, startConnector } from '../support/connector.js';

const NO_RUN = '00000000-0000-4000-8000-000000000000';

/** Every route of connections and runs: method, path, body of a valid request, permission it needs, audit operation. */
const ROUTES: readonly [string, string, unknown, string, string | null][] = [
  ['GET', '/connections', undefined, 'connection:read', null],
  [
    'POST',
    '/connections',
    newConnection({ currency: 'USD' }),
    'connection:write',
    'Create Connector Connection',
  ],
  ['POST', '/connections/check', newConnection(), 'connection:write', 'Check Connector Connection'],
  ['GET', '/connections/{id}', undefined, 'connection:read', null],
  ['PATCH', '/connections/{id}', { alias: 'Taken over' }, 'connection:write', 'Update Connector Connection'],
  ['DELETE', '/connections/{id}', undefined, 'connection:write', 'Delete Connector Connection'],
  ['POST', '/connections/{id}/check', undefined, 'connection:write', 'Check Connector Connection'],
  ['POST', '/connections/{id}/sync-runs', undefined, 'sync:run', 'Start Sync Run'],
  ['GET', '/connections/{id}/sync-runs', undefined, 'sync:read', null],
  ['GET', '/connections/{id}/companies', undefined, 'connection:read', null],
  ['GET', '/connections/{id}/services', undefined, 'connection:read', null],
  ['GET', '/connections/{id}/contracts', undefined, 'connection:read', null],
  ['GET', '/connections/{id}/contracts/{contract}', undefined, 'connection:read', null],
  ['GET', '/sync-runs/{run}', undefined, 'sync:read', null],
  ['GET', '/sync-runs/{run}/events', undefined, 'sync:read', null],
  ['GET', '/audit-entries', undefined, 'audit:read', null],
  ['GET', '/metrics', undefined, 'metrics:read', null],
];

const OF_ONE_CONNECTION = ROUTES.filter(([, path]) => path.includes('{'));
const AUDITOR_LACKS = ROUTES.filter(([, , , permission]) => permission !== 'audit:read');
const READER_LACKS = ROUTES.filter(([, , , permission]) => /write|run|audit|metrics/.test(permission));

let connector: Connector;
let connectionId: string;
let runId: string;
let contractId: string;

beforeAll(async () => {
  connector = await startConnector();
  connectionId = (await connector.connect()).id;
  runId = (await connector.sync(connectionId)).id;
  const { body } = await connector.api.get<{ items: { externalId: string }[] }>(
    `/connections/${connectionId}/contracts?limit=1`,
  );
  contractId = body.items[0]?.externalId ?? '';
});

afterAll(async () => {
  await connector?.stop();
});

const filled = (path: string) =>
  path.replace('{id}', connectionId).replace('{run}', runId).replace('{contract}', contractId);

const fields = ({ title, status, code, detail }: Problem) => ({ title, status, code, detail });

describe('a caller who is not signed in', () => {
  it.each(ROUTES)('gets 401 from %s %s', async (method, path, body) => {
    const answer = await connector.as(null).send(method, filled(path), body);
    expectProblem(answer, 401, 'access.unauthenticated');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('gets 401 with a token nobody has, too', async () => {
    const answer = await connector.as(null).send('GET', '/connections', undefined, {
      authorization: 'Bearer forged',
    });
    expectProblem(answer, 401, 'access.unauthenticated');
  });

  it('may ask whether the service is well', async () => {
    expect((await connector.as(null).get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await connector.as(null).get('/health/ready')).body).toEqual({ status: 'ok' });
  });
});

describe('an administrator of another tenant', () => {
  it.each(OF_ONE_CONNECTION)('finds nothing at %s %s', async (method, path, body) => {
    const answer = await connector.as('reseller').send<Problem>(method, filled(path), body);
    expectProblem(answer, 404, path.startsWith('/sync-runs') ? 'sync.run_not_found' : 'connection.not_found');
    expect(answer.text).not.toMatch(/Main|tenant-a|sandbox-csp/);
  });

  it.each(OF_ONE_CONNECTION)(
    'gets the same answer at %s %s for what does not exist',
    async (method, path, body) => {
      const theirs = await connector.as('reseller').send<Problem>(method, filled(path), body);
      const nothing = path.replace('{id}', NO_RUN).replace('{run}', NO_RUN).replace('{contract}', '1');
      const none = await connector.as('reseller').send<Problem>(method, nothing, body);
      expect(fields(theirs.body)).toEqual(fields(none.body));
    },
  );

  it('sees an empty list, and left the connection as it was', async () => {
    const { body } = await connector.as('reseller').get('/connections');
    expect(body).toEqual({ items: [], nextCursor: null });
    expect(await connector.connection(connectionId)).toMatchObject({ alias: 'Main', state: 'active' });
  });

  it('has attempts of its own audited in its own log, and none in the other', async () => {
    const { body } = await connector
      .as('reseller')
      .get<{ items: { tenantId: string; outcome: string }[] }>('/audit-entries');
    expect(body.items.length).toBeGreaterThan(0);
    for (const entry of body.items) expect(entry).toMatchObject({ tenantId: 'tenant-b', outcome: 'failed' });
    for (const { actor } of await connector.audit()) expect(actor.id).not.toBe('reseller');
  });
});

async function expectRefused(actor: 'auditor' | 'reader', route: (typeof ROUTES)[number]): Promise<void> {
  const [method, path, input, permission, operation] = route;
  const before = await connector.newestAuditEntry();
  const answer = await connector.as(actor).send<Problem>(method, filled(path), input);
  expectProblem(answer, 403, 'access.permission_missing');
  expect(answer.body.detail).toContain(permission);
  const attempt = {
    sequence: before.sequence + 1,
    operation,
    outcome: 'failed',
    actor: { id: actor },
    subject: { type: 'connection', id: path.includes('{id}') ? connectionId : null },
    details: { code: 'access.permission_missing' },
  };
  // Reading is not audited.
  expect(await connector.newestAuditEntry()).toMatchObject(operation === null ? { ...before } : attempt);
}

describe('an actor without the permission', () => {
  it.each(AUDITOR_LACKS)('is refused as auditor by %s %s', async (...route) => {
    await expectRefused('auditor', route);
  });

  it.each(READER_LACKS)('is refused as reader by %s %s', async (...route) => {
    await expectRefused('reader', route);
  });

  it('is refused before the body is looked at', async () => {
    const answer = await connector.as('reader').post('/connections', { nonsense: true });
    expectProblem(answer, 403, 'access.permission_missing');
  });

  it('may do what its permissions name', async () => {
    expect((await connector.as('auditor').get('/audit-entries')).status).toBe(200);
    expect((await connector.as('reader').get(`/connections/${connectionId}`)).status).toBe(200);
    expect((await connector.as('reader').get(`/sync-runs/${runId}`)).status).toBe(200);
    expect((await connector.as('auditor').get('/session')).body).toMatchObject({
      actor: { id: 'auditor', tier: 'csp', tenantId: 'tenant-a', permissions: ['audit:read'] },
    });
  });

  it('left nothing changed', async () => {
    expect(await connector.connection(connectionId)).toMatchObject({ alias: 'Main', state: 'active' });
    expect(await connector.stored()).toEqual({ connections: 1, secrets: 1 });
  });
});
