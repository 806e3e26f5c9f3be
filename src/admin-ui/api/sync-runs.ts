import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type SyncRunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export type SyncMode = 'full' | 'incremental';

/** When a connection is pulled. */
export interface SyncSchedule {
  syncCron: string | null;
  effectiveCron: string;
  paused: boolean;
  nextRunAt: string | null;
  nextSweepAt: string | null;
  nextMode: SyncMode;
  deletionsAcceptedAt: string | null;
}

/** Rows of one record kind within a run. */
export interface EntityCounts {
  entity: string;
  complete: boolean;
  pages: number;
  read: number;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
}

/** Members of `EntityCounts` that count rows. */
export type CountKey = 'read' | 'created' | 'updated' | 'deleted' | 'unchanged';

export interface SyncRun {
  id: string;
  connectionId: string;
  trigger: 'manual' | 'schedule';
  mode: SyncMode;
  state: SyncRunState;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** Set while the run is queued to go on later. */
  resumesAt: string | null;
  waitingFor: { code: string; detail: string } | null;
  apiCalls: number;
  progress: {
    rowsRead: number;
    pages: number;
    rowsExpected: number | null;
    secondsLeft: number | null;
    entitiesComplete: number;
    entitiesTotal: number;
    /** The record kind whose turn it is. */
    current: { entity: string; rowsRead: number; rowsExpected: number | null } | null;
  };
  entities: EntityCounts[];
  /** Records that cannot be read and were left as they were. */
  rejections: { entity: string; externalId: string; field: string; detail: string }[];
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

/** Without a mode the server reads only what changed, where it can. */
export function startSyncRun(
  client: ApiClient,
  connectionId: string,
  mode?: SyncMode,
): Promise<{ id: string; state: SyncRunState; mode: SyncMode }> {
  return client.send('POST', runsPath(connectionId), mode === undefined ? {} : { mode });
}

export function cancelSyncRun(client: ApiClient, id: string): Promise<SyncRun> {
  return client.send('POST', `sync-runs/${encodeURIComponent(id)}/cancel`);
}

function schedulePath(connectionId: string): string {
  return `connections/${encodeURIComponent(connectionId)}/sync-schedule`;
}

export function getSyncSchedule(
  client: ApiClient,
  connectionId: string,
  signal?: AbortSignal,
): Promise<SyncSchedule> {
  return client.get(schedulePath(connectionId), signal === undefined ? {} : { signal });
}

export function changeSyncSchedule(
  client: ApiClient,
  connectionId: string,
  change: { syncCron?: string | null; paused?: boolean },
): Promise<SyncSchedule> {
  return client.send('PATCH', schedulePath(connectionId), change);
}

/** Answers a run that stopped because far fewer records were shown than are known. */
export function decideVisibility(
  client: ApiClient,
  connectionId: string,
  decision: 'acceptDeletions' | 'keep',
): Promise<void> {
  return client.send('POST', `connections/${encodeURIComponent(connectionId)}/visibility`, { decision });
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
