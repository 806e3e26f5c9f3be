import type { MessageEvent } from '@nestjs/common';
import { concat, from, interval, map, type Observable, of, switchMap, takeUntil, takeWhile } from 'rxjs';
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
): Observable<MessageEvent> {
  let lastData = '';
  const later = interval(POLL_MS).pipe(switchMap(() => from(read())));
  const source = isFinished(first) ? of(first) : concat(of(first), later);
  return source.pipe(
    takeUntil(shutdown),
    takeWhile((run) => !isFinished(run), true),
    map((run) => JSON.stringify(toResponse(run))),
    switchMap((data) => {
      if (data === lastData) return [];
      lastData = data;
      return [{ type: 'run', data }];
    }),
  );
}
