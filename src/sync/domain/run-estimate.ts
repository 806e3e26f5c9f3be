import type { PsaEntity } from '../../ports/psa/psa-records.js';
import type { EntityProgress, SyncRun } from './sync-run.js';

export interface RunEstimate {
  rowsRead: number;
  pages: number;
  /** Null where the rows of some entity still to be read are unknown, as in a first run until it comes to its last entity. */
  rowsExpected: number | null;
  /** Seconds of work left at the speed so far; null while nothing can be said. */
  secondsLeft: number | null;
  /** Entities of which nothing is left to read. */
  entitiesComplete: number;
  /** Entities the run reads; 0 until a worker has planned it. */
  entitiesTotal: number;
  /** The entity whose turn it is in a run under way; null when there is none. */
  current: CurrentEntity | null;
}

export interface CurrentEntity {
  entity: PsaEntity;
  rowsRead: number;
  /** Null while neither an earlier run nor this one has counted. */
  rowsExpected: number | null;
}

/** How far a run is. Changes are not counted beforehand, so only full runs have an estimate of their rows. */
export function estimateOf(run: SyncRun, now: Date): RunEstimate {
  const { entities, state, startedAt } = run;
  const rowsRead = sum(entities, ({ read }) => read);
  const rowsExpected = expectedRows(run);
  const seconds = startedAt === null ? 0 : (now.getTime() - startedAt.getTime()) / 1000;
  const isUnderWay = state === 'running' && rowsExpected !== null && rowsRead > 0 && seconds > 0;
  return {
    rowsRead,
    pages: sum(entities, ({ pages }) => pages),
    rowsExpected,
    secondsLeft: isUnderWay ? Math.ceil(((rowsExpected - rowsRead) * seconds) / rowsRead) : null,
    entitiesComplete: entities.filter(({ isComplete }) => isComplete).length,
    entitiesTotal: entities.length,
    current: state === 'running' ? currentOf(entities) : null,
  };
}

function expectedRows({ mode, entities }: SyncRun): number | null {
  if (mode !== 'full' || entities.length === 0) return null;
  let total = 0;
  for (const progress of entities) {
    const rows = expectedOf(progress);
    if (rows === null) return null;
    total += rows;
  }
  return total;
}

function expectedOf({ isComplete, read, expected }: EntityProgress): number | null {
  if (isComplete) return read;
  return expected === null ? null : Math.max(read, expected);
}

/** Contracts are asked for again after everything else was read, so an entity at that step waits for the others. */
function currentOf(entities: readonly EntityProgress[]): CurrentEntity | null {
  const open = entities.filter(({ isComplete }) => !isComplete);
  const current = open.find(({ step }) => step !== 'contracts') ?? open[0];
  if (current === undefined) return null;
  const { entity, step, read } = current;
  return { entity, rowsRead: read, rowsExpected: step === 'all' ? expectedOf(current) : null };
}

function sum(entities: readonly EntityProgress[], count: (progress: EntityProgress) => number): number {
  return entities.reduce((total, progress) => total + count(progress), 0);
}
