import type { SyncRun, SyncRunState, SyncTrigger } from '../domain/sync-run.js';

export interface EntityCountsResponse {
  entity: string;
  read: number;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
}

export interface SyncRunResponse {
  id: string;
  connectionId: string;
  trigger: SyncTrigger;
  state: SyncRunState;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  apiCalls: number;
  entities: EntityCountsResponse[];
  error: { code: string; detail: string } | null;
}

export function toResponse(run: SyncRun): SyncRunResponse {
  return {
    id: run.id,
    connectionId: run.connectionId,
    trigger: run.trigger,
    state: run.state,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    apiCalls: run.apiCalls,
    entities: run.entities.map(({ entity, read, created, updated, deleted }) => ({
      entity,
      read,
      created,
      updated,
      deleted,
      unchanged: read - created - updated,
    })),
    error: run.error,
  };
}
