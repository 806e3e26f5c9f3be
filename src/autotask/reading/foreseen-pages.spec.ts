import { describe, expect, it } from 'vitest';
import { FakeIdTable } from '../../../test/support/fakes/fake-id-table.js';
import {
  dense,
  differenceOf,
  idsAndSizesOf,
  idsOf,
  NO_DIFFERENCE,
  START,
  walk,
} from '../../../test/support/id-walks.js';
import { ALL_IDS, PAGE_SIZE } from '../client/keyset-page.js';
import { ForeseenPages } from './foreseen-pages.js';
import type { OpenIds } from './pull-position.js';

const ALL_INSTANT = { instantMs: Number.POSITIVE_INFINITY };
const MAX_PAGES = 6;
const BEGINNING: OpenIds = { list: 0, ...ALL_IDS };

/** A table that shows the last ids of its pages. */
function glimpsed(pages: number): FakeIdTable {
  const table = new FakeIdTable(dense(pages * PAGE_SIZE));
  table.glimpse = (lastId) => lastId;
  return table;
}

function foreseen(table: FakeIdTable, mayForesee = () => true): ForeseenPages {
  const { signal } = new AbortController();
  return new ForeseenPages((ids, foresee) => table.readPage(ids, signal, foresee), mayForesee);
}

describe('a page that is foreseen', () => {
  it('is under way before the one before it was read', async () => {
    const table = glimpsed(4);
    const pages = foreseen(table);
    const { lastId } = await pages.read(BEGINNING);
    expect(table.calls).toBe(2);
    const second = await pages.read({ ...BEGINNING, after: lastId ?? 0n });
    expect(second.firstId).toBe(BigInt(PAGE_SIZE));
    expect(table.calls).toBe(3);
    await pages.settled();
  });

  it('is not asked for behind the end of a range, behind the last page, or where there is no room', async () => {
    const table = glimpsed(2);
    await foreseen(table, () => false).read(BEGINNING);
    const pages = foreseen(table);
    await pages.read({ ...BEGINNING, upTo: BigInt(PAGE_SIZE - 1) });
    await pages.read({ ...BEGINNING, after: BigInt(PAGE_SIZE - 1) });
    expect(table.calls).toBe(3);
  });

  it('is used where its range has become shorter since', async () => {
    const table = glimpsed(4);
    const pages = foreseen(table);
    await pages.read(BEGINNING);
    const second = await pages.read({ ...BEGINNING, after: BigInt(PAGE_SIZE - 1), upTo: 700n });
    expect(second.lastId).toBe(BigInt(2 * PAGE_SIZE - 1));
    await pages.settled();
  });

  it('costs one call where it was foreseen wrongly, and no more are', async () => {
    const table = glimpsed(20);
    table.glimpse = (lastId) => (lastId ?? 0n) - 7n;
    const read = await idsOf(walk(table, ALL_INSTANT));
    expect(differenceOf(read, table.ids)).toBe(NO_DIFFERENCE);
    expect(table).toMatchObject({ calls: 20 + 1 + table.counts, underWay: 0 });
  });
});

describe('a walk that foresees its pages', () => {
  it('reads every page once, in order, and in full batches', async () => {
    const table = glimpsed(50);
    const { ids: read, sizes } = await idsAndSizesOf(walk(table, ALL_INSTANT));
    expect(read).toEqual(table.ids);
    expect(sizes).toEqual([6, 6, 6, 6, 6, 6, 6, 6, 2]);
    expect(table).toMatchObject({ counts: 1, calls: 51 });
  });

  it('reads no further ahead than it may', async () => {
    const table = glimpsed(50);
    let handedOut = 0;
    for await (const { pages } of walk(table, { ...ALL_INSTANT, maxPages: MAX_PAGES })) {
      handedOut += pages;
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      expect(table.calls - table.counts - handedOut).toBeLessThanOrEqual(MAX_PAGES);
    }
  });

  it('hands out what was read before a page that fails', async () => {
    const table = glimpsed(20);
    table.beforeAnswer = () =>
      table.calls > 10 ? Promise.reject(new Error('out of order')) : Promise.resolve();
    const read: bigint[] = [];
    let open: readonly OpenIds[] = START;
    const reading = (async () => {
      for await (const batch of walk(table, ALL_INSTANT)) {
        read.push(...batch.packed.flat());
        ({ open } = batch);
      }
    })();
    await expect(reading).rejects.toThrow('out of order');
    expect(read.length).toBe(9 * PAGE_SIZE);
    table.beforeAnswer = () => Promise.resolve();
    const others = await idsOf(walk(table, { open: [...open] }));
    expect(differenceOf([...read, ...others], table.ids)).toBe(NO_DIFFERENCE);
  });

  it('leaves no request under way when the caller stops early', async () => {
    const table = glimpsed(50);
    table.beforeAnswer = async (signal) => {
      if (table.calls <= 8) return;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    for await (const { packed } of walk(table, { ...ALL_INSTANT, maxPages: 2 })) {
      expect(packed.flat().length).toBeGreaterThan(0);
      if (table.underWay > 0) break;
    }
    expect(table.underWay).toBe(0);
  });

  it('takes no more than it needs of ids with gaps', async () => {
    const table = new FakeIdTable(dense(10_000).map((id) => id * 3n));
    table.glimpse = (lastId) => lastId;
    const read = await idsOf(walk(table, ALL_INSTANT));
    expect(read).toEqual(table.ids);
    expect(table.calls - table.counts).toBe(20);
  });
});
