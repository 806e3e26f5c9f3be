import { describe, expect, it } from 'vitest';
import type { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import type { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { Mirror } from '../../contracts/application/mirror.service.js';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { JobQueue } from '../../platform/queue/job-queue.js';
import type { ScheduleStore } from '../domain/schedule-store.js';
import type { WatermarkStore } from '../domain/watermark-store.js';
import type { FullRunBackOff } from './full-run-back-off.service.js';
import { SyncRunEnds } from './sync-run-ends.service.js';
import { SyncRunSignals } from './sync-run-signals.service.js';
import { SyncStatistics } from './sync-statistics.service.js';
import type { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { SecretUnreadableError } from '../../secrets/domain/envelope.js';
import type { SyncRunStore } from '../domain/sync-run-store.js';
import type { SyncRun } from '../domain/sync-run.js';
import { aSyncRun } from '../../../test/support/builders/sync-run.builder.js';
import { SyncRunner } from './sync-runner.service.js';

const NOW = new Date('2026-03-01T12:00:00Z');

/** Runs with credentials that do not open; `found` is what each look for the connection gives. */
async function endOfRun(found: (Partial<Connection> | null)[]): Promise<SyncRun | undefined> {
  const finished: SyncRun[] = [];
  const store: Partial<SyncRunStore> = {
    claim: () => Promise.resolve(aSyncRun({ connectionId: 'connection', state: 'running' })),
    finish: (_tx, _lease, run) => {
      finished.push(run);
      return Promise.resolve();
    },
  };
  const connections: Partial<ConnectionDirectory> = {
    findForWork: () => Promise.resolve((found.shift() ?? null) as Connection | null),
  };
  const sessions: Partial<ConnectionSessions> = {
    open: () => Promise.reject(new SecretUnreadableError('connection', 'they were destroyed')),
  };
  const schedules: Partial<ScheduleStore> = { lock: () => Promise.resolve(null) };
  const statistics = new SyncStatistics(null, store as SyncRunStore, { now: () => NOW });
  const signals = new SyncRunSignals();
  const runner = new SyncRunner(
    store as SyncRunStore,
    {} as WatermarkStore,
    schedules as ScheduleStore,
    connections as ConnectionDirectory,
    sessions as ConnectionSessions,
    { raiseAttention: () => Promise.resolve() } as unknown as ConnectionCheck,
    { forgetPull: () => Promise.resolve() } as unknown as Mirror,
    {} as JobQueue,
    { run: (work: (tx: object) => unknown) => work({}) } as unknown as TransactionRunner,
    statistics,
    signals,
    new SyncRunEnds(store as SyncRunStore, statistics, signals),
    { afterFailure: () => Promise.resolve() } as unknown as FullRunBackOff,
    { sync: { sliceSeconds: 60, outageToleranceMinutes: 60 } as PsaConnectorSettings['sync'] },
    { now: () => NOW },
  );
  await runner.execute('run', new AbortController().signal);
  return finished.at(0);
}

describe('SyncRunner', () => {
  it('ends a run as cancelled when its connection is removed just before its credentials are read', async () => {
    expect(await endOfRun([{ state: 'active' }, null])).toMatchObject({ state: 'cancelled', error: null });
  });

  it('fails a run when the credentials of a present connection do not open', async () => {
    const run = await endOfRun([{ state: 'active' }, { state: 'active' }]);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'secret.unreadable' } });
  });
});
