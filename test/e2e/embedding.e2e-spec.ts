import type { INestApplication } from '@nestjs/common';
import pg from 'pg';
import { register } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AutotaskSimulator, SANDBOX_INTEGRATION_CODE } from '../../src/autotask-simulator/testing.js';
import type { ConnectionResponse } from '../../src/connections/http/connection-response.js';
import type { ImportReport } from '../../src/contracts/http/mapping-transfer.service.js';
import type { PsaConnectorModuleOptions } from '../../src/index.js';
import type { Page } from '../../src/kernel/page.js';
import type { SyncRunResponse } from '../../src/sync/http/sync-run-response.js';
import { ApiClient } from '../support/api-client.js';
import { newCustomer } from '../support/builders/subscription.builder.js';
import { CapturedLog } from '../support/captured-log.js';
import { ALL_RIGHTS, credentialsOf, expectProblem, newConnection } from '../support/connector.js';
import { createBlankDatabase, type TestDatabase } from '../support/database.js';
import { databaseObjects } from '../support/embedding/database-objects.js';
import {
  HOST_KEY,
  HostJobs,
  NorthUser,
  SOUTH_TOKEN,
  SouthUser,
  startExampleHost,
} from '../support/embedding/example-host.js';
import { TOKENS } from '../support/test-actors.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';
import { until } from '../support/until.js';

const NEVER = '0 0 29 2 *';

/** Requests to the PSA that an installation has counted. */
async function requests(api: ApiClient): Promise<number> {
  return (await api.get<string>('/metrics')).text
    .split('\n')
    .filter((line) => line.startsWith('psa_connector_requests_total{'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Requests a simulator was sent; finding the zone is none to an instance. */
function asked(simulator?: AutotaskSimulator): number | undefined {
  return simulator?.journal.entries().filter(({ path }) => !/zoneInformation/i.test(path)).length;
}

/** Adds a connection and pulls; gives the run when it has succeeded. */
async function pull(api: ApiClient, alias: string): Promise<SyncRunResponse> {
  const created = await api.post<ConnectionResponse>('/connections', newConnection({ alias }));
  expect(created.text).toContain(alias);
  const started = await api.post<{ id: string }>(`/connections/${created.body.id}/sync-runs`);
  expect(started.status).toBe(202);
  return until('the end of the run', async () => {
    const { body } = await api.get<SyncRunResponse>(`/sync-runs/${started.body.id}`);
    return body.state === 'succeeded' ? body : null;
  });
}

describe.each(HTTP_ADAPTERS)('a host with two installations and ways of its own under %s', (adapter) => {
  const log = new CapturedLog();
  let database: TestDatabase;
  let objectsBefore: string[];
  let simulators: AutotaskSimulator[];
  let app: INestApplication;
  let origin: string;
  let north: ApiClient;
  let south: ApiClient;

  beforeAll(async () => {
    database = await createBlankDatabase();
    simulators = [await AutotaskSimulator.start(), await AutotaskSimulator.start()];
    const optionsOf = (schema: string, simulator: AutotaskSimulator): PsaConnectorModuleOptions => ({
      database: { url: database.url, schema, poolSize: 4 },
      autotask: {
        discoveryUrl: simulator.discoveryUrl,
        allowedHosts: [simulator.host],
        integrationCode: SANDBOX_INTEGRATION_CODE,
      },
      schedules: { syncCron: NEVER, checkCron: NEVER, auditCron: NEVER },
    });
    const [first, second] = simulators as [AutotaskSimulator, AutotaskSimulator];
    ({ app, origin } = await startExampleHost({
      adapter,
      databaseUrl: database.url,
      north: { ...optionsOf('psa_north', first), notices: ['north'] },
      south: { ...optionsOf('psa_south', second), notices: ['south'] },
      log,
    }));
    north = new ApiClient(`${origin}/v1/north/api`, TOKENS.admin, [], HOST_KEY);
    south = new ApiClient(`${origin}/v1/regions/south/api`, SOUTH_TOKEN, [], HOST_KEY);
    objectsBefore = (await databaseObjects(database.url)).filter((name) => !name.includes('psa_'));
  });

  afterAll(async () => {
    await app?.close();
    for (const simulator of simulators ?? []) await simulator.stop();
    await database?.drop();
  });

  const host = async (path: string, init: RequestInit = {}) => {
    const headers = { ...HOST_KEY, 'content-type': 'application/json' };
    const response = await fetch(`${origin}/v1${path}`, { headers, ...init });
    return { status: response.status, body: (await response.json()) as unknown, headers: response.headers };
  };
  it('answers as the API promises, whatever the host makes of answers', async () => {
    const session = await north.get('/session');
    expect(session.body).toMatchObject({ actor: { id: 'admin', tenantId: 'tenant-a' }, notices: ['north'] });
    expect((await south.get('/session')).body).toMatchObject({
      actor: { tenantId: 'south' },
      notices: ['south'],
    });
    expect((await north.get('/connections')).body).toEqual({ items: [], nextCursor: null });
    expect((await north.get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await north.get('/metrics')).text).toMatch(/^# HELP/);
    for (const [api, url] of [
      [north, '/v1/north/api'],
      [south, '/v1/regions/south/api'],
    ] as const) {
      expect((await api.get<{ servers: object[] }>('/openapi.json')).body.servers).toEqual([{ url }]);
    }
  });

  it('refuses in its own words and fields, and records it, whatever the host validates', async () => {
    const answer = await north.post('/connections', { ...newConnection(), alias: 5, unknown: true });
    expectProblem(answer, 422, 'request.invalid');
    const pointers = (answer.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers.toSorted()).toEqual(['/alias', '/unknown']);
    expectProblem(await north.get('/connections?limit=201'), 422, 'request.invalid');
    expectProblem(await north.get('/connections/nothing'), 404, 'connection.not_found');
    const { body } = await north.get<Page<{ operation: string; outcome: string }>>('/audit-entries');
    expect(body.items).toMatchObject([{ operation: 'Create Connector Connection', outcome: 'failed' }]);
  });

  it('is guarded by the host’s guard and its own actors', async () => {
    const { status } = await fetch(`${north.apiUrl}/session`, {
      headers: { authorization: `Bearer ${TOKENS.admin}` },
    });
    expect(status).toBe(403);
    expectProblem(
      await new ApiClient(south.apiUrl, TOKENS.admin, [], HOST_KEY).get('/session'),
      401,
      'access.unauthenticated',
    );
    expectProblem(
      await new ApiClient(north.apiUrl, SOUTH_TOKEN, [], HOST_KEY).get('/session'),
      401,
      'access.unauthenticated',
    );
  });

  it('pulls into each installation by itself', async () => {
    const run = await pull(north, 'North');
    expect(run.entities.length).toBeGreaterThan(5);
    expect((await south.get<Page<object>>('/connections')).body.items).toEqual([]);
    expect(simulators[1]?.journal.count()).toBe(0);
    await pull(south, 'South');
    expect((await north.get<Page<object>>('/connections')).body.items).toMatchObject([{ alias: 'North' }]);
    expect((await south.get<Page<object>>('/connections')).body.items).toMatchObject([{ alias: 'South' }]);
    expect(await requests(north)).toBe(asked(simulators[0]));
    expect(await requests(south)).toBe(asked(simulators[1]));
  });

  it('takes files on both mount paths', async () => {
    for (const api of [north, south]) {
      const { body } = await api.get<Page<ConnectionResponse>>('/connections');
      const answer = await api.send<ImportReport>(
        'POST',
        `/connections/${body.items[0]?.id}/customer-mappings/import`,
        'customerId;companyId;state;reason;note\r\nnobody;1;;;\r\n',
        { 'content-type': 'text/csv' },
      );
      expect(answer.body.lines).toEqual({ read: 1, accepted: 0, unchanged: 0, rejected: 1 });
    }
  });

  it('offers each installation’s services to whoever imports it', async () => {
    const northChanges = app.get(NorthUser, { strict: false }).changes;
    const southChanges = app.get(SouthUser, { strict: false }).changes;
    expect(northChanges).not.toBe(southChanges);
    await north.send('PUT', '/customers/contoso', newCustomer());
    expect((await north.get('/customers/contoso')).status).toBe(200);
    expectProblem(await south.get('/customers/contoso'), 404, 'customer.not_found');
  });

  it('leaves the host’s pipe, filter, interceptor and data source as they are', async () => {
    const body = JSON.stringify({ text: 42, unknown: true });
    expect(await host('/notes', { method: 'POST', body })).toMatchObject({
      status: 201,
      body: { data: { id: 1, text: '42' } },
    });
    expect((await host('/notes')).body).toEqual({ data: [{ text: '42' }] });
    expect(await host('/notes', { method: 'POST', body: '{}' })).toMatchObject({
      status: 418,
      body: { hostError: 'the host has another opinion' },
    });
    expect((await host('/notes/failure')).body).toEqual({ hostError: 'the host has another opinion' });
    const missing = await host('/north/nowhere');
    expect(missing.body).toEqual({ hostError: 'Cannot GET /v1/north/nowhere' });
    expect(missing.headers.get('x-request-id')).toBeNull();
    expect((await host('/notes', { method: 'POST', body: '{"text":' })).status).toBe(418);
  });

  it('leaves the host’s schedules and metrics to the host', async () => {
    const jobs = app.get(HostJobs, { strict: false });
    expect([...jobs.registry.getCronJobs().keys()]).toEqual(['host-job']);
    await until('two ticks', () => Promise.resolve(jobs.ticks.length > 1 ? true : null));
    expect(new Set(jobs.ticks).size).toBe(jobs.ticks.length);
    expect((await register.getMetricsAsJSON()).map(({ name }) => name)).toEqual([]);
  });

  it('can be uninstalled by dropping its schemas; nothing of it is left, and the host goes on', async () => {
    await app.close();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      for (const schema of ['psa_north', 'psa_north_queue']) {
        await client.query(`DROP SCHEMA ${schema} CASCADE`);
      }
      const { rows } = await client.query('SELECT alias FROM psa_south.connection');
      expect(rows).toEqual([{ alias: 'South' }]);
      for (const schema of ['psa_south', 'psa_south_queue'])
        await client.query(`DROP SCHEMA ${schema} CASCADE`);
      expect((await client.query('SELECT text FROM public.note')).rows).toEqual([{ text: '42' }]);
      // Postgres takes a moment to see a session off.
      await until('no session but this one', async () => {
        const sessions = await client.query(
          'SELECT application_name FROM pg_stat_activity WHERE datname = $1',
          [new URL(database.url).pathname.slice(1)],
        );
        return sessions.rows.length === 1 ? true : null;
      });
      const locks = `SELECT locktype FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      expect((await client.query(locks)).rows).toEqual([]);
    } finally {
      await client.end();
    }
    expect(await databaseObjects(database.url)).toEqual(objectsBefore);
    expect(objectsBefore).toContain('relation r note');
    expect(log.text()).not.toContain(credentialsOf(ALL_RIGHTS).secret);
  });
});
