import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type SyncRunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Rows of one record kind within a run. */
export interface EntityCounts {
  entity: string;
  read: number;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
}

export interface SyncRun {
  id: string;
  connectionId: string;
  trigger: 'manual' | 'schedule';
  state: SyncRunState;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  apiCalls: number;
  entities: EntityCounts[];
  error: { code: string; detail: string } | null;
}

const TERMINAL_STATES: readonly SyncRunState[] = ['succeeded', 'failed', 'cancelled'];

/** Whether a run in this state will change no more. */
export function isTerminal(state: SyncRunState): boolean {
  return TERMINAL_STATES.includes(state);
}

function runsPath(connectionId: string): string {
  return `connections/${encodeURIComponent(connectionId)}/sync-runs`;
}

export function startSyncRun(
  client: ApiClient,
  connectionId: string,
): Promise<{ id: string; state: SyncRunState }> {
  return client.send('POST', runsPath(connectionId));
}

/** Newest first. */
export function listSyncRuns(
  client: ApiClient,
  connectionId: string,
  request: { limit: number; cursor?: string | undefined; signal?: AbortSignal },
): Promise<Page<SyncRun>> {
  const { signal, ...query } = request;
  return client.get(runsPath(connectionId), signal === undefined ? { query } : { query, signal });
}

export function getSyncRun(client: ApiClient, id: string, signal?: AbortSignal): Promise<SyncRun> {
  return client.get(`sync-runs/${encodeURIComponent(id)}`, signal === undefined ? {} : { signal });
}

/** Path of the event stream of a run. */
export function syncRunEventsPath(id: string): string {
  return `sync-runs/${encodeURIComponent(id)}/events`;
}
