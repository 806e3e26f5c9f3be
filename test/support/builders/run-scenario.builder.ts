import { expect } from 'vitest';
import { newId } from '../../../src/kernel/ids.js';
import {
  type EntityProgress,
  noProgress,
  PULLED_ENTITIES,
  type SyncRun,
} from '../../../src/sync/domain/sync-run.js';
import type { RunLease, ScheduledRun } from '../../../src/sync/domain/sync-run-store.js';
import type { TestInstallation } from './installation.builder.js';
import type { TestServices } from './services.builder.js';
import { aSyncRun } from './sync-run.builder.js';
import { storedConnection } from '../stored-connection.js';

/** An instant of the tests' hour. */
export function at(minute: number): Date {
  return new Date(Date.UTC(2026, 4, 4, 12, minute));
}

export function progressOf(change: Partial<EntityProgress> = {}): EntityProgress {
  return noProgress('companies', {
    nextCursor: '500',
    highestExternalId: '500',
    expected: 900,
    pages: 1,
    read: 500,
    created: 3,
    updated: 2,
    ...change,
  });
}

/** The runs of one connection in the store, and what a worker does to them. */
export async function buildRunScenario(installation: TestInstallation, services: TestServices) {
  const { runs } = services.stores;
  const { transactions } = installation;
  const connectionId = await storedConnection(installation, services);

  async function inserted(change: Partial<SyncRun> = {}): Promise<SyncRun> {
    const run = aSyncRun({ connectionId, ...change });
    await transactions.run((tx) => runs.insert(tx, run));
    return run;
  }

  async function claimed(run: SyncRun, when = at(1)): Promise<RunLease> {
    const lease = { runId: run.id, token: newId() };
    expect(await runs.claim(lease, when)).not.toBeNull();
    return lease;
  }

  return {
    connectionId,
    inserted,
    claimed,
    scheduled: (scheduledFor: Date): ScheduledRun => ({
      id: newId(),
      connectionId,
      tenantId: 'tenant-1',
      mode: 'incremental',
      correlationId: newId(),
      scheduledFor,
    }),
    /** Takes a run over and plans it. */
    planned: async (run: SyncRun): Promise<RunLease> => {
      const lease = await claimed(run);
      const entities = PULLED_ENTITIES.map((entity) => noProgress(entity));
      await transactions.run((tx) => runs.savePlan(tx, lease, entities));
      return lease;
    },
    /** Makes it look as if nobody had touched the run for longer, by the clock of the database. */
    aged: ({ id }: SyncRun, minutes: number) =>
      installation.query(
        'UPDATE sync_run SET touched_at = touched_at - make_interval(mins => $2) WHERE id = $1',
        [id, minutes],
      ),
    saveProgress: (lease: RunLease, progress = progressOf()): Promise<void> =>
      transactions.run((tx) => runs.saveProgress(tx, lease, progress, 7)),
    finish: (
      run: SyncRun,
      lease: RunLease,
      state: 'succeeded' | 'failed' | 'cancelled' = 'succeeded',
    ): Promise<void> => {
      const error = state === 'failed' ? { code: 'psa.unreachable', detail: 'No answer.' } : null;
      const ended = { ...run, state, error, finishedAt: at(9), apiCalls: 12 };
      return transactions.run((tx) => runs.finish(tx, lease, ended));
    },
  };
}

export type RunScenario = Awaited<ReturnType<typeof buildRunScenario>>;
