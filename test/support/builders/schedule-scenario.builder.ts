import { ConnectionDirectory } from '../../../src/connections/application/connection-directory.service.js';
import type { Connection } from '../../../src/connections/domain/connection.js';
import type { PsaConnectorSettings } from '../../../src/core/psa-connector.options.js';
import { newId } from '../../../src/kernel/ids.js';
import { PgBossJobQueue } from '../../../src/platform/queue/pg-boss.job-queue.js';
import { ConnectionSchedules } from '../../../src/sync/application/connection-schedule.service.js';
import { DueRuns } from '../../../src/sync/application/due-runs.service.js';
import { ACCESS_CHECK_QUEUE, LONG_SYNC_QUEUE, SYNC_QUEUE } from '../../../src/sync/application/sync-queue.js';
import { SyncRuns } from '../../../src/sync/application/sync-run.service.js';
import { SyncUpkeep } from '../../../src/sync/application/sync-upkeep.service.js';
import { aConnection } from './connection.builder.js';
import { openInstallation } from './installation.builder.js';
import { buildServices } from './services.builder.js';

export const SCHEDULE_SETTINGS = {
  schedules: {
    syncCron: '*/15 * * * *',
    sweepCron: '0 3 * * *',
    checkCron: '0 4 * * *',
    auditCron: '*/5 * * * *',
  },
  sync: { spreadSeconds: 600, sweepSpreadSeconds: 600, runRetentionDays: 30 } as PsaConnectorSettings['sync'],
};

/** A database of its own with the real queue, and what starts runs as a replica has it; its timers are never started. */
export async function openScheduleScenario() {
  const installation = await openInstallation();
  const services = buildServices(installation);
  const queue = new PgBossJobQueue(installation.settings);
  await queue.onModuleInit();
  const { stores, mirror, audit, ends, backOff, clock } = services;
  const { transactions } = installation;
  const directory = new ConnectionDirectory(stores.connections);
  return {
    installation,
    services,
    queue,
    directory,
    runs: new SyncRuns(
      directory,
      stores.runs,
      stores.schedules,
      mirror,
      queue,
      audit,
      ends,
      transactions,
      clock,
    ),
    dueRuns: (settings: Partial<typeof SCHEDULE_SETTINGS> = {}) =>
      new DueRuns(
        { ...SCHEDULE_SETTINGS, ...settings },
        stores.schedules,
        stores.runs,
        queue,
        transactions,
        clock,
      ),
    upkeep: () =>
      new SyncUpkeep(SCHEDULE_SETTINGS, stores.runs, mirror, queue, transactions, ends, backOff, clock),
    schedules: () =>
      new ConnectionSchedules(
        SCHEDULE_SETTINGS,
        directory,
        stores.schedules,
        stores.runs,
        ends,
        mirror,
        audit,
        transactions,
        clock,
      ),
    /** Declares the queues; what is queued is taken and thrown away, but stays in the table. */
    declareQueues: async (): Promise<void> => {
      for (const name of [SYNC_QUEUE, LONG_SYNC_QUEUE, ACCESS_CHECK_QUEUE]) {
        await queue.work({ name, concurrency: 1, expireSeconds: 60 }, async () => undefined);
      }
    },
    inserted: async (change: Partial<Connection> = {}): Promise<Connection> => {
      const connection = aConnection({ tenantId: newId(), ...change });
      await transactions.run((tx) => stores.connections.insert(tx, connection));
      return connection;
    },
    queued: async <Payload>(name: string): Promise<Payload[]> => {
      const rows = await installation.query<{ data: Payload }>(
        'SELECT data FROM psa_connector_queue.job WHERE name = $1',
        [name],
      );
      return rows.map(({ data }) => data);
    },
    /** Makes every run look as if nobody had touched it for longer, by the clock of the database. */
    ageRuns: (minutes: number) =>
      installation.query('UPDATE sync_run SET touched_at = touched_at - make_interval(mins => $1)', [
        minutes,
      ]),
    runIds: async (): Promise<string[]> => {
      const rows = await installation.query<{ id: string }>('SELECT id FROM sync_run');
      return rows.map(({ id }) => id);
    },
    auditOf: async ({ tenantId }: Connection): Promise<unknown[]> => {
      const { items } = await stores.audit.list(tenantId, {}, { limit: 50 }, undefined);
      return items.map(({ operation, outcome, details }) => [operation, outcome, details['code'] ?? null]);
    },
    close: async (): Promise<void> => {
      await queue.beforeApplicationShutdown();
      await installation.close();
    },
  };
}

export type ScheduleScenario = Awaited<ReturnType<typeof openScheduleScenario>>;
