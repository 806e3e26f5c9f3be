import { estimateOf, type RunEstimate } from '../domain/run-estimate.js';
import {
  type EntityProgress,
  noProgress,
  PULLED_ENTITIES,
  type PullStep,
  type Rejection,
  type SyncMode,
  type SyncRun,
  type SyncRunState,
  type SyncTrigger,
} from '../domain/sync-run.js';

export interface EntityCountsResponse {
  entity: string;
  step: PullStep;
  complete: boolean;
  pages: number;
  read: number;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
  /** Set aside because they cannot be read; not among those read. */
  rejected: number;
}

export interface RejectionResponse extends Rejection {
  entity: string;
}

export interface SyncRunResponse {
  id: string;
  connectionId: string;
  trigger: SyncTrigger;
  mode: SyncMode;
  state: SyncRunState;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** Set while the run is queued to go on later, with the reason. */
  resumesAt: string | null;
  waitingFor: { code: string; detail: string } | null;
  apiCalls: number;
  progress: RunEstimate;
  entities: EntityCountsResponse[];
  /** Records that were set aside, by entity. */
  rejections: RejectionResponse[];
  error: { code: string; detail: string } | null;
}

/** @param now for the estimate of a run under way */
export function toResponse(run: SyncRun, now: Date): SyncRunResponse {
  // A run no worker has planned yet is shown with everything still to do.
  const entities =
    run.entities.length > 0 ? run.entities : PULLED_ENTITIES.map((entity) => noProgress(entity));
  return {
    id: run.id,
    connectionId: run.connectionId,
    trigger: run.trigger,
    mode: run.mode,
    state: run.state,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    resumesAt: run.resumesAt?.toISOString() ?? null,
    waitingFor: run.wait,
    apiCalls: run.apiCalls,
    progress: estimateOf(run, now),
    entities: entities.map(toCounts),
    rejections: entities.flatMap(({ entity, rejections }) =>
      rejections.map(({ externalId, field, detail }) => ({ entity, externalId, field, detail })),
    ),
    error: run.error,
  };
}

function toCounts({ entity, step, isComplete, rejections, ...counts }: EntityProgress): EntityCountsResponse {
  const { pages, read, created, updated, deleted } = counts;
  return {
    entity,
    step,
    complete: isComplete,
    pages,
    read,
    created,
    updated,
    deleted,
    unchanged: read - created - updated,
    rejected: rejections.length,
  };
}
