import type { MessageEvent } from '@nestjs/common';
import {
  catchError,
  concat,
  concatMap,
  EMPTY,
  exhaustMap,
  filter,
  from,
  interval,
  merge,
  type Observable,
  of,
  takeUntil,
  takeWhile,
  throttleTime,
  throwError,
} from 'rxjs';
import { isDatabaseUnavailable } from '../../platform/persistence/database-unavailable.js';
import type { Clock } from '../../ports/host/clock.port.js';
import type { RunSignal } from '../application/sync-run-signals.service.js';
import { isFinished, type SyncRun } from '../domain/sync-run.js';
import { toResponse } from './sync-run-response.js';

const POLL_MS = 500;

/** However fast batches are committed, a follower costs no more than a look in this time. */
const SOONEST_MS = 100;

export interface FeedSources {
  /** The run as it stands now. */
  read: () => Promise<SyncRun>;
  /** When a worker of this process has changed the run. */
  changes: Observable<RunSignal>;
  shutdown: Observable<unknown>;
  clock: Clock;
}

/**
 * Messages of a run's progress: one at once, one whenever something changed, the last when the run has ended. Looks into the
 * database when a worker of this process says so, and anyway every half second, because the worker may be on another replica.
 * One look at a time, however long it takes, but for the one at the end, which comes at once; a database that is away is waited for.
 */
export function syncRunFeed(
  first: SyncRun,
  { read, changes, shutdown, clock }: FeedSources,
): Observable<MessageEvent> {
  let lastState = '';
  const look = (): Observable<SyncRun> => from(read()).pipe(catchError(untilDatabaseAnswers));
  const soon = changes.pipe(throttleTime(SOONEST_MS, undefined, { leading: true, trailing: true }));
  const end = changes.pipe(filter((signal) => signal === 'end'));
  const later = merge(merge(interval(POLL_MS), soon).pipe(exhaustMap(look)), end.pipe(concatMap(look)));
  const source = isFinished(first) ? of(first) : concat(of(first), later);
  return source.pipe(
    takeUntil(shutdown),
    takeWhile((run) => !isFinished(run), true),
    concatMap((run) => {
      // The estimate alone is no change: it moves by itself.
      const state = JSON.stringify(run);
      if (state === lastState) return EMPTY;
      lastState = state;
      const data = JSON.stringify(toResponse(run, clock.now()));
      return of({ type: 'run', data });
    }),
  );
}

function untilDatabaseAnswers(error: unknown): Observable<never> {
  return isDatabaseUnavailable(error) ? EMPTY : throwError(() => error);
}
