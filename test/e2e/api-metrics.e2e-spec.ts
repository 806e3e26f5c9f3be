import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_API_USERS, SANDBOX_INTEGRATION_CODE } from '../../src/autotask-simulator/testing.js';
import type { SyncRunResponse } from '../../src/sync/http/sync-run-response.js';
import type { ApiAnswer } from '../support/api-client.js';
import { ALL_RIGHTS, type Connector, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';
import { until } from '../support/until.js';

/** The value of a series, by its name and labels; undefined when it is not there. */
function seriesIn(text: string, name: string, labels: Record<string, string>): number | undefined {
  const line = text
    .split('\n')
    .find(
      (candidate) =>
        candidate.startsWith(`${name}{`) &&
        Object.entries(labels).every(([label, value]) => candidate.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

/** Starts a run and gives its id once it has been put off. */
async function waitingRun({ api }: Connector, connectionId: string): Promise<string> {
  const { body } = await api.post<{ id: string }>(`/connections/${connectionId}/sync-runs`);
  return until('the run to be put off', async () => {
    const { body: run } = await api.get<SyncRunResponse>(`/sync-runs/${body.id}`);
    return run.resumesAt === null ? null : run.id;
  });
}

describe.each(HTTP_ADAPTERS)('GET /metrics under %s', (adapter) => {
  let connector: Connector;
  let answer: ApiAnswer;
  let text: string;
  let instance: string;
  let entities: { pages: number; read: number; created: number }[];

  beforeAll(async () => {
    connector = await startConnector({ adapter });
    const connection = await connector.connect();
    instance = connection.instance.id;
    connector.simulator.faults.add({
      path: /\/Services\/query$/i,
      times: 1,
      fault: { kind: 'status', status: 503, body: 'Service Unavailable' },
    });
    ({ entities } = await connector.sync(connection.id));
    connector.simulator.faults.add({
      path: /\/Companies\/query$/i,
      fault: { kind: 'status', status: 503, body: 'Service Unavailable' },
    });
    await connector.api.post(`/sync-runs/${await waitingRun(connector, connection.id)}/cancel`);
    await waitingRun(connector, connection.id);
    answer = await connector.api.send('GET', '/metrics');
    text = answer.text;
  });

  afterAll(() => connector?.stop());

  function totalOf(count: 'pages' | 'read' | 'created'): number {
    return entities.reduce((sum, entity) => sum + entity[count], 0);
  }

  it('answers with Prometheus text that nobody keeps', () => {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; ?version=0\.0\.4/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('counts requests by instance, entity and outcome, and what was sent again', () => {
    const sent = (entity: string, outcome: string) =>
      seriesIn(text, 'psa_connector_requests_total', { instance, entity, outcome });
    const journal = connector.simulator.journal;
    expect(sent('Services', 'psa.unreachable')).toBe(1);
    expect(sent('Services', 'succeeded')).toBe(journal.count({ entity: 'Services', status: 200 }));
    expect(sent('Companies', 'succeeded')).toBe(journal.count({ entity: 'Companies', status: 200 }));
    expect(seriesIn(text, 'psa_connector_request_retries_total', { instance, entity: 'Services' })).toBe(1);
  });

  it('shows how long requests and their turns took', () => {
    for (const name of ['psa_connector_request_duration_seconds', 'psa_connector_limiter_wait_seconds']) {
      const count = seriesIn(text, `${name}_count`, { entity: 'Contracts' });
      expect(count).toBe(connector.simulator.journal.count({ entity: 'Contracts' }));
    }
    expect(text).not.toMatch(/^psa_connector_\w+_bucket\{.*instance=/m);
  });

  it('shows what is left of the allowance, for pulls and for pushes', () => {
    // Zone discovery needs no sign-in and does not count.
    const signedIn = connector.simulator.journal.count({ userName: ALL_RIGHTS });
    const left = (purpose: string) =>
      seriesIn(text, 'psa_connector_budget_left_requests', { instance, for: purpose });
    expect(seriesIn(text, 'psa_connector_budget_limit_requests', { instance })).toBe(10_000);
    expect(seriesIn(text, 'psa_connector_budget_used_requests', { instance, by: 'own' })).toBe(signedIn);
    expect(left('pull')).toBe(8_000 - signedIn);
    expect(left('push')).toBe(10_000 - signedIn);
  });

  it('counts the runs that ended, by mode and outcome, with those a person has cancelled', () => {
    const runs = (mode: string, state: string) =>
      seriesIn(text, 'psa_connector_sync_runs_total', { mode, state });
    expect(runs('full', 'succeeded')).toBe(1);
    expect(runs('incremental', 'cancelled')).toBe(1);
    const duration = 'psa_connector_sync_run_duration_seconds';
    expect(seriesIn(text, `${duration}_count`, { mode: 'full', state: 'succeeded' })).toBe(1);
    expect(seriesIn(text, `${duration}_sum`, { mode: 'full', state: 'succeeded' })).toBeGreaterThan(0);
  });

  it('counts the rows, pages and requests of runs', () => {
    const rows = (change: string) =>
      seriesIn(text, 'psa_connector_sync_run_rows_total', { mode: 'full', change });
    expect(totalOf('read')).toBeGreaterThan(0);
    expect(rows('read')).toBe(totalOf('read'));
    expect(rows('created')).toBe(totalOf('created'));
    expect(rows('deleted')).toBe(0);
    expect(seriesIn(text, 'psa_connector_sync_run_pages_total', { mode: 'full' })).toBe(totalOf('pages'));
    expect(seriesIn(text, 'psa_connector_sync_run_requests_total', { mode: 'full' })).toBeGreaterThan(0);
  });

  it('shows how late runs started, which are put off, and those that have not ended', () => {
    const lateness = 'psa_connector_sync_start_lateness_seconds';
    expect(seriesIn(text, `${lateness}_count`, { mode: 'full' })).toBe(1);
    expect(seriesIn(text, `${lateness}_sum`, { mode: 'full' })).toBeLessThan(60);
    expect(
      seriesIn(text, 'psa_connector_sync_run_waits_total', { reason: 'psa.unreachable' }),
    ).toBeGreaterThanOrEqual(2);
    const active = (state: string) => seriesIn(text, 'psa_connector_sync_active_runs', { state });
    expect([active('queued'), active('waiting'), active('running')]).toEqual([0, 1, 0]);
  });

  it('names no user and no secret', () => {
    const user = SANDBOX_API_USERS.find(({ userName }) => userName === ALL_RIGHTS);
    for (const value of [ALL_RIGHTS, user?.secret ?? '', SANDBOX_INTEGRATION_CODE]) {
      expect(value).not.toBe('');
      expect(text).not.toContain(value);
    }
  });

  it('comes with limits that all replicas share', async () => {
    const buckets = await connector.rows<{ bucket: string }>(
      'SELECT DISTINCT bucket FROM psa_connector.request_slot ORDER BY 1',
    );
    const names = buckets.map(({ bucket }) => bucket);
    expect(names).toContainEqual(
      expect.stringMatching(new RegExp(`^autotask/${instance}/[0-9a-f]{16}/companies$`)),
    );
    expect(names).toContain(`autotask/${instance}/#metadata`);
    expect(names.join(' ')).not.toContain(SANDBOX_INTEGRATION_CODE);
  });
});

describe('the budget across replicas', () => {
  it('is one: what one replica sends, the other knows of', async () => {
    const connector = await startConnector();
    try {
      await connector.startApp();
      const { id, instance } = await connector.connect();
      await connector.sync(id);
      await expect
        .poll(
          async () => {
            const rows = await connector.rows<{ own: string }>(
              'SELECT sum(own) AS own FROM psa_connector.request_usage WHERE instance = $1',
              [`autotask/${instance.id}`],
            );
            return Number(rows[0]?.own);
          },
          { timeout: 10_000 },
        )
        .toBe(connector.simulator.journal.count({ userName: ALL_RIGHTS }));
    } finally {
      await connector.stop();
    }
  });
});
