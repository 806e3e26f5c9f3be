import type { EntityProgress, SyncRun } from './sync-run.js';

export interface RunEstimate {
  rowsRead: number;
  pages: number;
  /** Null where the rows of some entity still to be read are unknown. */
  rowsExpected: number | null;
  /** Seconds of work left at the speed so far; null while nothing can be said. */
  secondsLeft: number | null;
}

/** How far a run is. Changes are not counted beforehand, so only full runs have an estimate. */
export function estimateOf(run: SyncRun, now: Date): RunEstimate {
  const rowsRead = sum(run.entities, ({ read }) => read);
  const pages = sum(run.entities, (progress) => progress.pages);
  const rowsExpected = expectedRows(run);
  const seconds = run.startedAt === null ? 0 : (now.getTime() - run.startedAt.getTime()) / 1000;
  const isUnderWay = run.state === 'running' && rowsExpected !== null && rowsRead > 0 && seconds > 0;
  const secondsLeft = isUnderWay ? Math.ceil(((rowsExpected - rowsRead) * seconds) / rowsRead) : null;
  return { rowsRead, pages, rowsExpected, secondsLeft };
}

function expectedRows({ mode, entities }: SyncRun): number | null {
  if (mode !== 'full' || entities.length === 0) return null;
  let total = 0;
  for (const { isComplete, read, expected } of entities) {
    if (isComplete) total += read;
    else if (expected === null) return null;
    else total += Math.max(read, expected);
  }
  return total;
}

function sum(entities: readonly EntityProgress[], count: (progress: EntityProgress) => number): number {
  return entities.reduce((total, progress) => total + count(progress), 0);
}
