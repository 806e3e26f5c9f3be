import { describe, expect, it } from 'vitest';
import { FakeIdTable } from '../../../test/support/fakes/fake-id-table.js';
import { dense, idsAndSizesOf, READERS, walk } from '../../../test/support/id-walks.js';
import { PAGE_SIZE } from '../client/keyset-page.js';

const MAX_PAGES = 6;
const ALL_INSTANT = { instantMs: Number.POSITIVE_INFINITY };

describe('answers that come at once', () => {
  it('are asked for one after the other, and handed out in order and in full batches', async () => {
    const table = new FakeIdTable(dense(50 * PAGE_SIZE));
    const { ids: read, sizes } = await idsAndSizesOf(walk(table, ALL_INSTANT));
    expect(read).toEqual(table.ids);
    expect(sizes).toEqual([6, 6, 6, 6, 6, 6, 6, 6, 2]);
    expect(table).toMatchObject({ counts: 1, highestUnderWay: 1, calls: 51 });
  });

  it('are asked for at several places where order is worth nothing, and handed out in full batches', async () => {
    const table = new FakeIdTable(dense(200 * PAGE_SIZE));
    const { ids: read, sizes } = await idsAndSizesOf(walk(table, { ...ALL_INSTANT, prefersOrder: false }));
    expect(new Set(read)).toEqual(new Set(table.ids));
    expect(read.length).toBe(table.ids.length);
    expect(sizes.slice(0, -1).every((pages) => pages === MAX_PAGES)).toBe(true);
    expect(table.highestUnderWay).toBe(READERS);
  });

  it('are handed out before what ends them is raised', async () => {
    const table = new FakeIdTable(dense(20 * PAGE_SIZE));
    table.beforeAnswer = () =>
      table.calls > 10 ? Promise.reject(new Error('out of order')) : Promise.resolve();
    let rows = 0;
    const reading = (async () => {
      for await (const { packed } of walk(table, ALL_INSTANT)) rows += packed.flat().length;
    })();
    await expect(reading).rejects.toThrow('out of order');
    // One of the ten answers was a count.
    expect(rows).toBe(9 * PAGE_SIZE);
  });

  it('are waited for at several places once they take longer', async () => {
    const table = new FakeIdTable(dense(200 * PAGE_SIZE));
    table.beforeAnswer = async () => {
      if (table.calls > 20) await new Promise((resolve) => setTimeout(resolve, 3));
    };
    let rows = 0;
    for await (const { packed } of walk(table, { instantMs: 2 })) rows += packed.flat().length;
    expect(rows).toBe(200 * PAGE_SIZE);
    expect(table.highestUnderWay).toBe(READERS);
  });
});
