import type { MessageEvent } from '@nestjs/common';
import { concat, from, interval, type Observable, of, switchMap, takeUntil, takeWhile } from 'rxjs';
import type { Clock } from '../../ports/host/clock.port.js';
import { isFinished, type SyncRun } from '../domain/sync-run.js';
import { toResponse } from './sync-run-response.js';

const POLL_MS = 500;

/**
 * Messages of a run's progress: one at once, one whenever something changed, the last when the run has ended. Polls the
 * database, because the worker may be on another replica.
 */
export function syncRunFeed(
  first: SyncRun,
  read: () => Promise<SyncRun>,
  shutdown: Observable<unknown>,
  clock: Clock,
): Observable<MessageEvent> {
  let lastState = '';
  const later = interval(POLL_MS).pipe(switchMap(() => from(read())));
  const source = isFinished(first) ? of(first) : concat(of(first), later);
  return source.pipe(
    takeUntil(shutdown),
    takeWhile((run) => !isFinished(run), true),
    switchMap((run) => {
      // The estimate alone is no change: it moves by itself.
      const state = JSON.stringify(run);
      if (state === lastState) return [];
      lastState = state;
      const data = JSON.stringify(toResponse(run, clock.now()));
      return [{ type: 'run', data }];
    }),
  );
}
