import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SlotPool } from './slot-pool.js';
import type { SlotStore, TakeRequest, TakeResult } from './slot-store.js';

const TIMING = { leaseMs: 30_000, marginMs: 10_000, turnMs: 500, idleMs: 200, pollMs: 500 };

/** Gives every slot that is asked for. */
class GenerousStore implements SlotStore {
  readonly asked: TakeRequest[] = [];
  returned = 0;

  take(request: TakeRequest): Promise<TakeResult> {
    this.asked.push(request);
    const granted = Array.from({ length: request.wanted }, (_, slot) => ({ slot, lease: '1' }));
    return Promise.resolve({ granted, othersWaiting: 0, nextFreeMs: null });
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }

  giveBack(_bucket: string, slots: readonly object[]): Promise<number> {
    this.returned += slots.length;
    return Promise.resolve(0);
  }

  renew(): Promise<never[]> {
    return Promise.resolve([]);
  }

  wantedByOthers(): Promise<never[]> {
    return Promise.resolve([]);
  }
}

describe('a slot that rests', () => {
  let now = 0;
  let store: GenerousStore;
  let pool: SlotPool;

  beforeEach(() => {
    now = 1_000;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    store = new GenerousStore();
    pool = new SlotPool({ key: 'bucket', slots: 1 }, store, TIMING);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** The timer of a rest of 10 ms goes off while the clock still lacks a part of a millisecond. */
  async function restEndedEarly(): Promise<void> {
    (await pool.take()).release(10);
    now += 9.6;
    await vi.advanceTimersByTimeAsync(10);
  }

  it('serves whoever asks between an early timer and the end of the rest', async () => {
    await restEndedEarly();
    const served = vi.fn<() => void>();
    void pool.take().then(served);
    await vi.advanceTimersByTimeAsync(0);
    expect(served).not.toHaveBeenCalled();
    now += 0.5;
    await vi.advanceTimersByTimeAsync(1);
    expect(served).toHaveBeenCalledOnce();
    expect(store.asked).toHaveLength(1);
  });

  it('is not given to anybody before its rest has ended', async () => {
    await restEndedEarly();
    const served = vi.fn<() => void>();
    void pool.take().then(served);
    await vi.advanceTimersByTimeAsync(1);
    expect(served).not.toHaveBeenCalled();
  });

  it('that goes back while somebody waits is asked for again', async () => {
    (await pool.take()).release(1_000);
    const served = vi.fn<() => void>();
    void pool.take().then(served);
    now += 5_000;
    pool.giveBackIdle();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.returned).toBe(1);
    expect(served).toHaveBeenCalledOnce();
    expect(store.asked).toHaveLength(2);
  });
});

describe('closing', () => {
  it('waits until what a question under way brings has been given back', async () => {
    const store = new GenerousStore();
    const pool = new SlotPool({ key: 'bucket', slots: 1 }, store, TIMING);
    const answer = Promise.withResolvers<TakeResult>();
    store.take = () => answer.promise;
    const outcome = Promise.allSettled([pool.take()]);
    const closed = pool.close();
    answer.resolve({ granted: [{ slot: 1, lease: '1' }], othersWaiting: 0, nextFreeMs: null });
    const returned = Promise.withResolvers<number>();
    store.giveBack = () => returned.promise;
    const isClosed = vi.fn<() => void>();
    void closed.then(isClosed);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isClosed).not.toHaveBeenCalled();
    returned.resolve(0);
    await closed;
    expect(await outcome).toMatchObject([{ status: 'rejected' }]);
  });
});
