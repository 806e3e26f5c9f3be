import { NEVER, type Observable, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aSyncRun } from '../../../test/support/builders/sync-run.builder.js';
import type { RunSignal } from '../application/sync-run-signals.service.js';
import type { SyncRun } from '../domain/sync-run.js';
import { syncRunFeed } from './sync-run-feed.js';

const NOW = new Date('2026-03-01T00:00:00Z');

function running(apiCalls: number): SyncRun {
  return aSyncRun({ id: 'run', connectionId: 'connection', state: 'running', apiCalls });
}

function askedAgain(): Promise<SyncRun> {
  return Promise.reject(new Error('asked again'));
}

/** Follows a run; `read` gives the states it is found in, one after the other. */
function follow(read: () => Promise<SyncRun>, changes: Observable<RunSignal> = NEVER) {
  const seen: number[] = [];
  const ends: string[] = [];
  const feed = syncRunFeed(running(0), { read, changes, shutdown: NEVER, clock: { now: () => NOW } });
  const subscription = feed.subscribe({
    next: ({ data }) => seen.push((JSON.parse(String(data)) as { apiCalls: number }).apiCalls),
    error: (error: unknown) => ends.push(String(error)),
    complete: () => ends.push('complete'),
  });
  return { seen, ends, stop: () => subscription.unsubscribe() };
}

describe('syncRunFeed', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('shows what a database answers that takes longer than the time between two looks', async () => {
    let calls = 0;
    let atOnce = 0;
    let most = 0;
    const { seen, stop } = follow(async () => {
      calls += 1;
      atOnce += 1;
      most = Math.max(most, atOnce);
      const run = running(calls);
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      atOnce -= 1;
      return run;
    });
    await vi.advanceTimersByTimeAsync(6_500);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(1);
    stop();
  });

  it('goes on after the database was away', async () => {
    const away = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const answers: (() => Promise<SyncRun>)[] = [
      () => Promise.reject(away),
      () => Promise.resolve({ ...running(7), state: 'succeeded' }),
    ];
    const { seen, ends } = follow(() => (answers.shift() ?? askedAgain)());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen).toEqual([0, 7]);
    expect(ends).toEqual(['complete']);
  });

  it('ends with any other error', async () => {
    const { ends } = follow(() => Promise.reject(new Error('no such run')));
    await vi.advanceTimersByTimeAsync(500);
    expect(ends).toEqual(['Error: no such run']);
  });

  it('looks at once when a worker of this process has changed the run, but not at every change', async () => {
    const changes = new Subject<RunSignal>();
    let calls = 0;
    const { seen, stop } = follow(() => Promise.resolve(running((calls += 1))), changes);
    changes.next('progress');
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual([0, 1]);
    for (let change = 0; change < 50; change += 1) changes.next('progress');
    await vi.advanceTimersByTimeAsync(200);
    expect(seen).toEqual([0, 1, 2]);
    stop();
  });

  it('shows the end at once, also right after a change and while a look is under way', async () => {
    const changes = new Subject<RunSignal>();
    const slow = Promise.withResolvers<SyncRun>();
    const looks = [() => slow.promise, () => Promise.resolve<SyncRun>({ ...running(9), state: 'succeeded' })];
    const { seen, ends } = follow(() => (looks.shift() ?? askedAgain)(), changes);
    changes.next('progress');
    changes.next('end');
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual([0, 9]);
    expect(ends).toEqual(['complete']);
    slow.resolve(running(1));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen).toEqual([0, 9]);
  });
});
