import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type { SyncRunEntity, SyncRunEntityEntity } from './sync-run.entity.js';

export function toRow(run: SyncRun, scheduledFor: Date | null): SyncRunEntity {
  const { entities: _, error, ...members } = run;
  return {
    ...members,
    scheduledFor,
    touchedAt: run.createdAt,
    leaseToken: null,
    errorCode: error?.code ?? null,
    errorDetail: error?.detail ?? null,
  };
}

export function toProgressRow(
  runId: string,
  progress: EntityProgress,
  position: number,
): SyncRunEntityEntity {
  return { runId, position, ...progress };
}

export function fromRow(row: SyncRunEntity, progress: SyncRunEntityEntity[]): SyncRun {
  return {
    id: row.id,
    connectionId: row.connectionId,
    tenantId: row.tenantId,
    trigger: row.trigger,
    state: row.state,
    correlationId: row.correlationId,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    apiCalls: row.apiCalls,
    entities: progress.map(({ entity, nextCursor, pages, isComplete, read, created, updated, deleted }) => ({
      entity,
      nextCursor,
      pages,
      isComplete,
      read,
      created,
      updated,
      deleted,
    })),
    error: row.errorCode === null ? null : { code: row.errorCode, detail: row.errorDetail ?? '' },
  };
}
