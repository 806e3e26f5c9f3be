import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { AutotaskSimulator, SANDBOX_INTEGRATION_CODE } from '../../src/autotask-simulator/testing.js';
import type { SyncRunResponse } from '../../src/sync/http/sync-run-response.js';
import { ApiClient, type Problem } from '../support/api-client.js';
import { type Connector, expectProblem, newConnection, startConnector } from '../support/connector.js';
import { createBlankDatabase, type TestDatabase } from '../support/database.js';
import { type HostProcess, startHostProcess, waitUntilGone } from '../support/host-process.js';
import { until } from '../support/until.js';

interface ReadinessProblem extends Problem {
  checks: { check: string; state: string; code?: string; detail?: string }[];
}

describe('GET /health/ready', () => {
  let connector: Connector;
  let name: string;
  let server: pg.Client;

  beforeAll(async () => {
    connector = await startConnector();
    name = new URL(connector.database.url).pathname.slice(1);
    server = new pg.Client({ connectionString: inject('postgresUrl') });
    await server.connect();
    await connector.connect();
  });

  afterAll(async () => {
    await server?.end();
    await connector?.stop();
  });

  const failed = async () => {
    // A result is told for a second.
    const answer = await until('what failed', async () => {
      const asked = await connector.as(null).get<ReadinessProblem>('/health/ready');
      return asked.status === 200 ? null : asked;
    });
    expectProblem(answer, 503, 'health.not_ready');
    expect(answer.headers.get('retry-after')).toBe('5');
    return answer.body.checks
      .filter(({ state }) => state !== 'ok')
      .map(({ check, state, code }) => [check, state, code]);
  };
  const isReady = async () => {
    const ready = await until('readiness', async () => {
      const asked = await connector.as(null).get('/health/ready');
      return asked.status === 200 ? asked : null;
    });
    expect(ready.body).toEqual({ status: 'ok' });
  };

  it('names a master key that stored credentials need and the host does not have', async () => {
    await connector.rows("UPDATE psa_connector.sealed_secret SET master_key_id = 'gone'");
    expect(await failed()).toEqual([['masterKey', 'failed', 'secret.master_key_unavailable']]);
    await connector.rows("UPDATE psa_connector.sealed_secret SET master_key_id = 'test-key-1'");
    await isReady();
  });

  it('names migrations that are pending, and takes a newer schema', async () => {
    const [last] = await connector.rows<{ id: number; timestamp: string; name: string }>(
      'DELETE FROM psa_connector.schema_migration WHERE id = (SELECT max(id) FROM psa_connector.schema_migration) RETURNING *',
    );
    expect(await failed()).toEqual([['migrations', 'failed', 'database.migrations_pending']]);
    const insert = 'INSERT INTO psa_connector.schema_migration (timestamp, name) VALUES ($1, $2)';
    await connector.rows(insert, [last?.timestamp, last?.name]);
    await connector.rows(insert, ['1999999999999', 'OfALaterRelease1999999999999']);
    await isReady();
  });

  it('names a job queue that is gone', async () => {
    await connector.rows('ALTER SCHEMA psa_connector_queue RENAME TO elsewhere');
    expect(await failed()).toEqual([['queue', 'failed', 'health.queue_unavailable']]);
    await connector.rows('ALTER SCHEMA elsewhere RENAME TO psa_connector_queue');
    await isReady();
  });

  it('names a database that is away, tells a stranger nothing more, and is ready again by itself', async () => {
    await connector.rows('SELECT 1');
    await server.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name <> ''",
      [name],
    );
    expect(await failed()).toEqual([
      ['database', 'failed', 'health.database_unavailable'],
      ['migrations', 'unknown', undefined],
      ['queue', 'unknown', undefined],
      ['masterKey', 'unknown', undefined],
    ]);
    const { text } = await connector.as(null).get('/health/ready');
    expect(text).not.toMatch(new RegExp(`${name}|postgres|127\\.0\\.0\\.1|not currently accepting`));
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true CONNECTION LIMIT -1`);
    await isReady();
  });

  it('takes one connection of the pool while the database hangs, however often and long it is asked', async () => {
    const holder = new pg.Client({ connectionString: connector.database.url });
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query('BEGIN; LOCK TABLE psa_connector.schema_migration IN ACCESS EXCLUSIVE MODE');
    for (let round = 0; round < 2; round += 1) {
      expect(await failed()).toEqual([['migrations', 'failed', 'database.migrations_pending']]);
      await Promise.all(Array.from({ length: 12 }, () => connector.as(null).get('/health/ready')));
      const { rows } = await server.query(
        "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
        [name],
      );
      expect(rows).toEqual([{ waiting: 1 }]);
    }
    await holder.query('ROLLBACK');
    await isReady();
  });
});

describe('SIGTERM', () => {
  const TOKEN = 'token-of-the-shutdown-suite-of-32-characters';
  let database: TestDatabase;
  let simulator: AutotaskSimulator;
  let host: HostProcess;

  beforeAll(async () => {
    database = await createBlankDatabase();
    simulator = await AutotaskSimulator.start({ latencyMs: 150 });
    host = await start();
  });

  afterAll(async () => {
    await host?.stop();
    await simulator?.stop();
    await database?.drop();
  });

  const masterKey = randomBytes(32).toString('base64');
  const start = () =>
    startHostProcess({
      DATABASE_URL: database.url,
      PSA_MASTER_KEY: masterKey,
      PSA_BOOTSTRAP_TOKEN: TOKEN,
      PSA_AUTOTASK_DISCOVERY_URL: simulator.discoveryUrl,
      PSA_AUTOTASK_ALLOWED_HOSTS: simulator.host,
      PSA_AUTOTASK_INTEGRATION_CODE: SANDBOX_INTEGRATION_CODE,
    });
  const api = () => new ApiClient(`${host.url}/psa/api`, TOKEN);

  it('ends a host while it pulls, within the limit and in order; the next one goes on with the run', async () => {
    const { body: connection } = await api().post<{ id: string }>('/connections', newConnection());
    const started = await api().post<{ id: string }>(`/connections/${connection.id}/sync-runs`);
    const pages = await until('some pages', async () => {
      const { body } = await api().get<SyncRunResponse>(`/sync-runs/${started.body.id}`);
      return body.progress.pages > 3 ? body.progress.pages : null;
    });
    const since = Date.now();
    process.kill(host.pid, 'SIGTERM');
    await waitUntilGone([host.pid], 25_000);
    expect(await host.stop()).toBe(0);
    console.log(`ended ${Date.now() - since} ms after SIGTERM, with ${pages} pages read`);
    const lines = host
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.anything() as unknown });
    expect(lines.filter((line) => /"level":"?(50|error)/.test(line))).toEqual([]);

    const journal = simulator.journal.count();
    host = await start();
    const run = await until('the end of the run', async () => {
      const { body } = await api().get<SyncRunResponse>(`/sync-runs/${started.body.id}`);
      return ['queued', 'running'].includes(body.state) ? null : body;
    });
    expect(run.state).toBe('succeeded');
    expect(run.progress.pages).toBeGreaterThan(pages);
    expect(simulator.journal.count()).toBeGreaterThan(journal);
  });
});
