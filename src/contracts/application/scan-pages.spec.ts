import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, type Page, type PageRequest, toPage } from '../../kernel/page.js';
import { scanPages } from './scan-pages.js';

/** A source of the numbers from 1 to `count`, as text. */
function sourceOf(count: number): {
  read: (page: PageRequest) => Promise<Page<string>>;
  reads: () => number;
} {
  let reads = 0;
  const read = async ({ limit, cursor }: PageRequest): Promise<Page<string>> => {
    reads += 1;
    const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, 1)?.[0]);
    const rows = Array.from({ length: Math.min(limit + 1, count - after) }, (_, index) =>
      String(after + index + 1),
    );
    return toPage(rows, limit, (row) => [row]);
  };
  return { read, reads: () => reads };
}

async function collect(count: number, limit: number, isWanted: (row: string) => boolean, keepsAll = false) {
  const { read } = sourceOf(count);
  const seen: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page: Page<string> = await scanPages(
      { limit, cursor },
      { read, isWanted, keyOf: (row) => row, keepsAll },
    );
    expect(page.items.length).toBeLessThanOrEqual(limit);
    seen.push(...page.items);
    if (page.nextCursor === null) return seen;
    cursor = page.nextCursor;
  }
}

describe('scanning for wanted rows', () => {
  it('gives each wanted row once, in order, whatever the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 250 }),
        async (count, limit, step) => {
          const all = Array.from({ length: count }, (_, index) => String(index + 1));
          const isWanted = (row: string) => Number(row) % step === 0;
          expect(await collect(count, limit, isWanted)).toEqual(all.filter(isWanted));
          expect(await collect(count, limit, () => true, true)).toEqual(all);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads no more than was asked for when everything is wanted', async () => {
    const { read, reads } = sourceOf(1000);
    await scanPages({ limit: 50 }, { read, isWanted: () => true, keyOf: (row) => row, keepsAll: true });
    expect(reads()).toBe(1);
  });

  it('stops after many pages without a wanted row, and goes on from there', async () => {
    const { read, reads } = sourceOf(25_000);
    const scan = {
      read,
      isWanted: (row: string) => row === '25000',
      keyOf: (row: string) => row,
      keepsAll: false,
    };
    const first = await scanPages({ limit: 10 }, scan);
    expect([first.items, reads()]).toEqual([[], 50]);
    let { nextCursor } = first;
    let items: string[] = [];
    while (nextCursor !== null)
      ({ items, nextCursor } = await scanPages({ limit: 10, cursor: nextCursor }, scan));
    expect(items).toEqual(['25000']);
  });
});
