import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type { SyncRunEntity, SyncRunEntityEntity } from './sync-run.entity.js';

export function toRow(run: SyncRun): SyncRunEntity {
  const { entities: _, error, wait, ...members } = run;
  return {
    ...members,
    touchedAt: run.createdAt,
    leaseToken: null,
    errorCode: error?.code ?? null,
    errorDetail: error?.detail ?? null,
    waitCode: wait?.code ?? null,
    waitDetail: wait?.detail ?? null,
    continuations: 0,
    recoveries: 0,
  };
}

export function toProgressRow(
  runId: string,
  progress: EntityProgress,
  position: number,
): SyncRunEntityEntity {
  return { runId, position, ...progress, rejections: [...progress.rejections] };
}

export function fromRow(row: SyncRunEntity, progress: SyncRunEntityEntity[]): SyncRun {
  return {
    id: row.id,
    connectionId: row.connectionId,
    tenantId: row.tenantId,
    trigger: row.trigger,
    mode: row.mode,
    state: row.state,
    correlationId: row.correlationId,
    createdAt: row.createdAt,
    scheduledFor: row.scheduledFor,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    apiCalls: row.apiCalls,
    entities: progress.map(fromProgressRow),
    error: row.errorCode === null ? null : { code: row.errorCode, detail: row.errorDetail ?? '' },
    resumesAt: row.resumesAt,
    wait: row.waitCode === null ? null : { code: row.waitCode, detail: row.waitDetail ?? '' },
    waitingSince: row.waitingSince,
    waits: row.waits,
  };
}

function fromProgressRow(row: SyncRunEntityEntity): EntityProgress {
  const { runId: _runId, position: _position, ...progress } = row;
  return progress;
}
