import type { JobRequest } from '../../platform/queue/job-queue.js';
import type { SyncMode } from '../domain/sync-run.js';

/** Queue of incremental pulls; one job per run. They are short, and wait for nobody but each other. */
export const SYNC_QUEUE = 'sync-run';

/** Queue of full pulls, and of every run that goes on after its first slice of time; with workers of its own. */
export const LONG_SYNC_QUEUE = 'sync-run-long';

/** Queue of what a run that succeeded causes; one job per run. With workers of its own: pulls need not wait for it. */
export const AFTER_PULL_QUEUE = 'sync-after-pull';

/** Queue of unattended access checks; one job per connection and tick. */
export const ACCESS_CHECK_QUEUE = 'access-check';

export interface SyncJob {
  runId: string;
  /** Which continuation of the run the job is for; absent on its first job. */
  continuation?: number;
}

export interface AccessCheckJob {
  connectionId: string;
  correlationId: string;
}

/** A run a person waits for is taken before those of the schedule. */
export const MANUAL_PRIORITY = 1;

export function queueOf(mode: SyncMode): string {
  return mode === 'full' ? LONG_SYNC_QUEUE : SYNC_QUEUE;
}

export function afterPullJob(runId: string): JobRequest<SyncJob> {
  return { queue: AFTER_PULL_QUEUE, payload: { runId }, exclusiveKey: runId };
}

/**
 * The job of a run, always the same while the run is not continued, so that it is never queued twice. A continuation has a key of its
 * own, because the job that asks for it still holds the one before.
 */
export function jobOf({
  id,
  mode,
  continuations,
}: {
  id: string;
  mode: SyncMode;
  continuations: number;
}): JobRequest<SyncJob> {
  const isFirst = continuations === 0;
  return {
    queue: isFirst ? queueOf(mode) : LONG_SYNC_QUEUE,
    payload: isFirst ? { runId: id } : { runId: id, continuation: continuations },
    exclusiveKey: isFirst ? id : `${id}:${continuations}`,
  };
}
