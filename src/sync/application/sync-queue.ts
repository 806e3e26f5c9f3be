/** Queue of pulls; one job per run. */
export const SYNC_QUEUE = 'sync-run';

/** Queue of unattended access checks; one job per connection and tick. */
export const ACCESS_CHECK_QUEUE = 'access-check';

export interface SyncJob {
  runId: string;
}

export interface AccessCheckJob {
  connectionId: string;
  correlationId: string;
}
