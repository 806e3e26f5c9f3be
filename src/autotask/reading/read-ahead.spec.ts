import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FakeIdTable } from '../../../test/support/fakes/fake-id-table.js';
import { dense, differenceOf, idsOf, NO_DIFFERENCE, START, walk } from '../../../test/support/id-walks.js';
import { PsaRateLimitedError } from '../../ports/psa/psa.errors.js';
import { PAGE_SIZE } from '../client/keyset-page.js';
import type { OpenIds } from './pull-position.js';

describe('the end of a walk', () => {
  it('ends the other requests when one fails, and hands out what was read before', async () => {
    const table = new FakeIdTable(dense(50_000));
    const ends: string[] = [];
    table.beforeAnswer = async (signal) => {
      if (table.calls < 12) return;
      if (table.calls === 12) throw new Error('out of order');
      await new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => {
          ends.push('ended');
          resolve();
        }),
      );
    };
    let rows = 0;
    const reading = (async () => {
      for await (const batch of walk(table)) rows += batch.packed.flat().length;
    })();
    await expect(reading).rejects.toThrow('out of order');
    expect(rows).toBeGreaterThanOrEqual(8 * PAGE_SIZE);
    expect(table.underWay).toBe(0);
    expect(ends.length).toBeLessThanOrEqual(2);
  });

  it('raises what packing a page raises, and hands out neither the page nor a place behind it', async () => {
    const table = new FakeIdTable(dense(5_000));
    const packRows = table.packRows.bind(table);
    table.packRows = (rows) => {
      if (rows.includes(2_600n)) throw new RangeError('cannot be packed');
      return packRows(rows);
    };
    const read: bigint[] = [];
    let open: readonly OpenIds[] = START;
    const reading = (async () => {
      for await (const batch of walk(table, { maxPages: 2 })) {
        read.push(...batch.packed.flat());
        ({ open } = batch);
      }
    })();
    await expect(reading).rejects.toThrow('cannot be packed');
    expect(table.underWay).toBe(0);
    table.packRows = packRows;
    const others = await idsOf(walk(table, { open: [...open] }));
    expect(differenceOf([...read, ...others], table.ids)).toBe(NO_DIFFERENCE);
  });

  it('has ended all requests when the caller stops early', async () => {
    const table = new FakeIdTable(dense(50_000));
    table.beforeAnswer = async (signal) => {
      if (table.calls <= 8) return;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    for await (const { packed } of walk(table)) {
      expect(packed.flat().length).toBeGreaterThan(0);
      if (table.underWay > 0) break;
    }
    expect(table.underWay).toBe(0);
  });

  it('raises the reason of the signal and asks for nothing more', async () => {
    const table = new FakeIdTable(dense(50_000));
    const controller = new AbortController();
    table.beforeAnswer = () => {
      if (table.calls === 9) controller.abort(new Error('shutting down'));
      return Promise.resolve();
    };
    await expect(idsOf(walk(table, { signal: controller.signal }))).rejects.toThrow('shutting down');
    expect(table.underWay).toBe(0);
    expect(table.calls).toBeLessThanOrEqual(11);
    const already = new FakeIdTable(dense(1));
    await expect(idsOf(walk(already, { signal: AbortSignal.abort(new Error('too late')) }))).rejects.toThrow(
      'too late',
    );
    expect(already.calls).toBe(0);
  });

  it('comes once what was under way is read, where there is no room for more requests', async () => {
    const table = new FakeIdTable(dense(50_000));
    const isAborted: boolean[] = [];
    table.beforeAnswer = async (signal) => {
      const { calls } = table;
      if (calls === 12) throw new PsaRateLimitedError('No room', 60);
      await wait(calls > 12 ? 10 : 2);
      isAborted.push(signal.aborted);
    };
    let rows = 0;
    const reading = (async () => {
      for await (const { packed } of walk(table)) rows += packed.flat().length;
    })();
    await expect(reading).rejects.toThrow('No room');
    expect(isAborted).not.toContain(true);
    // The counts aside, nothing that was asked for is asked for again.
    expect(rows).toBe((table.calls - table.counts - 1) * PAGE_SIZE);
    expect(table).toMatchObject({ underWay: 0 });
  });
});

describe('what is read ahead', () => {
  it('reads no further ahead than it may while the caller is busy', async () => {
    const table = new FakeIdTable(dense(50_000));
    const batches = walk(table, { maxPages: 4 });
    let handedOut = 0;
    for await (const { pages } of batches) {
      handedOut += pages;
      expect(pages).toBeLessThanOrEqual(4);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      expect(table.calls - table.counts - handedOut).toBeLessThanOrEqual(4);
    }
  });

  it('is less by what is not stored yet', async () => {
    const table = new FakeIdTable(dense(50_000));
    table.beforeAnswer = () => wait(1);
    const maxPages = 6;
    let handedOut = 0;
    let stored = 0;
    const read: bigint[] = [];
    for await (const { packed, pages } of walk(table, { maxPages, storedPages: () => stored })) {
      read.push(...packed.flat());
      handedOut += pages;
      await wait(4);
      // What is stored is two pages behind; should those fill the room, one more page is read.
      expect(table.calls - table.counts - stored).toBeLessThanOrEqual(maxPages + 1);
      stored = Math.max(stored, handedOut - 2);
    }
    expect(differenceOf(read, table.ids)).toBe(NO_DIFFERENCE);
  });

  it('goes on page by page where nothing is ever stored', async () => {
    const table = new FakeIdTable(dense(10_000));
    table.beforeAnswer = () => wait(1);
    const read: bigint[] = [];
    const ahead: number[] = [];
    let handedOut = 0;
    for await (const { packed, pages } of walk(table, { maxPages: 2, storedPages: () => 0 })) {
      read.push(...packed.flat());
      handedOut += pages;
      if (handedOut > 2) ahead.push(table.calls - table.counts - handedOut);
    }
    expect(Math.max(...ahead)).toBe(1);
    expect(differenceOf(read, table.ids)).toBe(NO_DIFFERENCE);
  });
});
