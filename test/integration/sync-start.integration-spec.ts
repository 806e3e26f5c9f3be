import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionDirectory } from '../../src/connections/application/connection-directory.service.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { systemContext } from '../../src/core/use-case-context.js';
import { newId } from '../../src/kernel/ids.js';
import { PgBossJobQueue } from '../../src/platform/queue/pg-boss.job-queue.js';
import {
  ACCESS_CHECK_QUEUE,
  type AccessCheckJob,
  SYNC_QUEUE,
  type SyncJob,
} from '../../src/sync/application/sync-queue.js';
import { SyncRuns } from '../../src/sync/application/sync-run.service.js';
import { SyncSchedule } from '../../src/sync/application/sync-schedule.service.js';
import { aConnection, anAccessReport } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';

let installation: TestInstallation;
let services: TestServices;
let queue: PgBossJobQueue;
let runs: SyncRuns;

beforeEach(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
  services = buildServices(installation);
  queue = new PgBossJobQueue(installation.settings);
  await queue.onModuleInit();
  const { stores, audit, clock } = services;
  const directory = new ConnectionDirectory(stores.connections);
  runs = new SyncRuns(directory, stores.runs, queue, audit, installation.transactions, clock);
});

afterEach(async () => {
  await queue.beforeApplicationShutdown();
  await installation.close();
});

/** Declares both queues; what is queued is taken and thrown away, but stays in the table. */
async function declareQueues(): Promise<void> {
  for (const name of [SYNC_QUEUE, ACCESS_CHECK_QUEUE]) {
    await queue.work({ name, concurrency: 1, expireSeconds: 60 }, async () => undefined);
  }
}

async function inserted(change: Partial<Connection> = {}): Promise<Connection> {
  const connection = aConnection({ tenantId: newId(), ...change });
  await installation.transactions.run((tx) => services.stores.connections.insert(tx, connection));
  return connection;
}

async function queued<Payload>(name: string): Promise<Payload[]> {
  const rows = await installation.query<{ data: Payload }>(
    'SELECT data FROM psa_connector_queue.job WHERE name = $1',
    [name],
  );
  return rows.map(({ data }) => data);
}

async function runIds(): Promise<string[]> {
  const rows = await installation.query<{ id: string }>('SELECT id FROM sync_run');
  return rows.map(({ id }) => id);
}

async function auditOf({ tenantId }: Connection): Promise<unknown[]> {
  const { items } = await services.stores.audit.list(tenantId, {}, { limit: 50 }, undefined);
  return items.map(({ operation, outcome, details }) => [operation, outcome, details['code'] ?? null]);
}

describe('a run that is started by hand', () => {
  it('is saved, queued and audited together', async () => {
    await declareQueues();
    const connection = await inserted();
    const run = await runs.start(systemContext(connection.tenantId, 'request-1'), connection.id);
    expect(await runIds()).toEqual([run.id]);
    expect(await queued<SyncJob>(SYNC_QUEUE)).toEqual([{ runId: run.id }]);
    expect(await auditOf(connection)).toEqual([['Start Sync Run', 'succeeded', null]]);
  });

  it('is one of ten that were wanted at once; the others are refused and audited', async () => {
    await declareQueues();
    const connection = await inserted();
    const context = systemContext(connection.tenantId, 'request-1');
    const attempts = Array.from({ length: 10 }, () => runs.start(context, connection.id));
    const refused = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(9);
    expect(await queued<SyncJob>(SYNC_QUEUE)).toEqual((await runIds()).map((runId) => ({ runId })));
    expect(await runIds()).toHaveLength(1);
    const failed = (await auditOf(connection)).filter((entry) => (entry as unknown[])[1] === 'failed');
    expect(failed).toEqual(
      Array.from({ length: 9 }, () => ['Start Sync Run', 'failed', 'sync.already_active']),
    );
  });

  it('does not exist when its job cannot be queued', async () => {
    const connection = await inserted();
    const start = runs.start(systemContext(connection.tenantId, 'request-1'), connection.id);
    await expect(start).rejects.toThrow('sync-run does not exist');
    expect(await runIds()).toEqual([]);
    expect(await auditOf(connection)).toEqual([['Start Sync Run', 'failed', 'internal.unexpected']]);
  });
});

/** A job that works until the process shuts down. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('shut down')), { once: true });
  });
}

/** The schedule of another replica; its timers are never started. */
function replica(): SyncSchedule {
  const { stores, clock } = services;
  const directory = new ConnectionDirectory(stores.connections);
  return new SyncSchedule(
    installation.settings,
    new SchedulerRegistry(),
    directory,
    runs,
    stores.runs,
    queue,
    installation.transactions,
    clock,
  );
}

describe('the schedule', () => {
  const TICK = new Date('2026-05-04T12:15:00.000Z');

  it('starts one run per active connection, however many replicas fire', async () => {
    await declareQueues();
    const active = await Promise.all([inserted(), inserted(), inserted()]);
    await Promise.all([inserted({ state: 'disabled' }), inserted({ state: 'attention' })]);
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => replica().startDueRuns(TICK)));
    }
    const rows = await installation.query<{ id: string }>('SELECT connection_id AS id FROM sync_run');
    expect(rows.map(({ id }) => id).toSorted()).toEqual(active.map(({ id }) => id).toSorted());
    const jobs = await queued<SyncJob>(SYNC_QUEUE);
    expect(jobs.map(({ runId }) => runId).toSorted()).toEqual((await runIds()).toSorted());
  });

  it('gives a queued run whose job is lost a new one, and one whose job waits none', async () => {
    await queue.work({ name: SYNC_QUEUE, concurrency: 1, expireSeconds: 60 }, (_, signal) =>
      untilAborted(signal),
    );
    const connections = await Promise.all([inserted(), inserted()]);
    for (const { tenantId, id } of connections) await runs.start(systemContext(tenantId, 'request-1'), id);
    const [lost] = await runIds();
    await installation.query("DELETE FROM psa_connector_queue.job WHERE data ->> 'runId' = $1", [lost]);
    services.clock.advance(31 * 60_000);
    await Promise.all(Array.from({ length: 3 }, () => replica().startDueRuns(TICK)));
    const jobs = await queued<SyncJob>(SYNC_QUEUE);
    expect(jobs.map(({ runId }) => runId).toSorted()).toEqual((await runIds()).toSorted());
  });

  it('ends a run nobody has touched for half an hour, and starts the next at once', async () => {
    await declareQueues();
    const connection = await inserted();
    const run = await runs.start(systemContext(connection.tenantId, 'request-1'), connection.id);
    await services.stores.runs.claim({ runId: run.id, token: newId() }, services.clock.now());
    services.clock.advance(29 * 60_000);
    await replica().startDueRuns(TICK);
    expect(await runIds()).toEqual([run.id]);
    services.clock.advance(2 * 60_000);
    await replica().startDueRuns(new Date(TICK.getTime() + 900_000));
    expect(await services.stores.runs.find(run.id)).toMatchObject({ error: { code: 'sync.run_abandoned' } });
    expect(await runIds()).toHaveLength(2);
  });

  it('queues one access check per connection and tick, and none where the sign-in was refused', async () => {
    await declareQueues();
    const refused = anAccessReport({
      outcome: 'failed',
      checks: [{ id: 'sign_in', title: 'Sign-in', outcome: 'failed', detail: 'Refused.' }],
    });
    const due = [await inserted(), await inserted({ state: 'attention' })];
    await inserted({ state: 'attention', accessReport: refused });
    await inserted({ state: 'disabled' });
    await Promise.all(Array.from({ length: 4 }, () => replica().startDueChecks(TICK)));
    const jobs = await queued<AccessCheckJob>(ACCESS_CHECK_QUEUE);
    expect(jobs.map(({ connectionId }) => connectionId).toSorted()).toEqual(
      due.map(({ id }) => id).toSorted(),
    );
  });
});
