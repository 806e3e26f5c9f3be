import { newId } from '../../../src/kernel/ids.js';
import type { SyncRun } from '../../../src/sync/domain/sync-run.js';

/** A run that waits for a worker. */
export function aSyncRun(change: Partial<SyncRun> & { connectionId: string }): SyncRun {
  return {
    id: newId(),
    tenantId: 'tenant-1',
    trigger: 'manual',
    mode: 'full',
    state: 'queued',
    correlationId: 'request-1',
    createdAt: new Date('2026-05-04T12:00:00.000Z'),
    startedAt: null,
    finishedAt: null,
    apiCalls: 0,
    entities: [],
    error: null,
    resumesAt: null,
    wait: null,
    scheduledFor: null,
    waitingSince: null,
    waits: 0,
    ...change,
  };
}
