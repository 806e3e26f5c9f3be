import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeIdTable } from '../../../test/support/fakes/fake-id-table.js';
import { dense, differenceOf, idsOf, NO_DIFFERENCE, READERS, walk } from '../../../test/support/id-walks.js';
import type { PullScope } from '../../ports/psa/psa-session.port.js';
import { PAGE_SIZE } from '../client/keyset-page.js';
import { positionText, readPosition } from './pull-position.js';

const ALL: PullScope = { kind: 'all' };
/** Takes every answer for one that came at once, or none. */
const instants = fc.constantFrom(0, Number.POSITIVE_INFINITY);

const started = (rows: number): number => Math.max(1, Math.ceil(rows / PAGE_SIZE));
/** What a pull of so many rows may cost. */
const budget = (rows: number): number => started(rows) + 2 + Math.floor(started(rows) * 0.02);

/** Ids in a few clusters with gaps between them and inside, also beyond the range of a double. */
const clusters = fc.array(
  fc.record({
    gap: fc.oneof(fc.bigInt(1n, 50n), fc.bigInt(10_000n, 10_000_000n), fc.bigInt(2n ** 50n, 2n ** 55n)),
    rows: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 9000 })),
    step: fc.oneof(fc.constant(1n), fc.bigInt(1n, 40n)),
  }),
  { maxLength: 4 },
);

function idsIn(parts: readonly { gap: bigint; rows: number; step: bigint }[]): bigint[] {
  const ids: bigint[] = [];
  for (const { gap, rows, step } of parts) {
    const first = (ids.at(-1) ?? 0n) + gap;
    for (let row = 0; row < rows; row += 1) ids.push(first + BigInt(row) * step);
  }
  return ids;
}

describe('reading ranges', () => {
  it.each([
    [0, 1],
    [1, 1],
    [500, 1],
    [501, 2],
    [1499, 3],
    [1500, 3],
  ])('reads %i rows in exactly %i calls', async (rows, calls) => {
    const table = new FakeIdTable(dense(rows));
    expect(differenceOf(await idsOf(walk(table)), table.ids)).toBe(NO_DIFFERENCE);
    expect(table.calls).toBe(calls);
  });

  it('reads one page after another, and never more, where one page at a time is asked for', async () => {
    const table = new FakeIdTable(dense(5000));
    expect(differenceOf(await idsOf(walk(table, { maxPages: 1 })), table.ids)).toBe(NO_DIFFERENCE);
    expect(table).toMatchObject({ calls: 10, counts: 0, highestUnderWay: 1 });
  });

  const SHAPES: Record<string, () => bigint[]> = {
    dense: () => dense(100_000),
    'with holes': () => dense(150_000).filter((id) => id % 7n !== 0n && (id / 1000n) % 5n !== 3n),
    'old and new': () => [...dense(3000), ...dense(97_000, 2n ** 60n)],
    'thinning out': () => dense(100_000).map((id) => id + (id * id) / 100n),
    thickening: () => dense(100_000).map((id) => 10n ** 12n + id * 3000n - (id * id) / 100n),
    'many clusters': () => dense(100_000).map((id) => id + (id / 700n) * 100_000n),
    'a million': () => dense(1_000_000, 100_000_001n),
  };
  it.each(Object.keys(SHAPES))(
    'stays within its calls and reads each row once: %s',
    async (shape) => {
      const ids = SHAPES[shape]?.() ?? [];
      const table = new FakeIdTable(ids);
      table.beforeAnswer = inOrderOf([5]);
      const read = await idsOf(walk(table, { maxPages: 12 }));
      expect(differenceOf(read, table.ids)).toBe(NO_DIFFERENCE);
      expect(table.calls).toBeLessThanOrEqual(budget(ids.length));
      expect(table).toMatchObject({ counts: 1, highestUnderWay: READERS });
    },
    120_000,
  );

  it('asks for no count where the caller knows ids among the rows', async () => {
    const table = new FakeIdTable(dense(100_000, 7n));
    table.beforeAnswer = inOrderOf([5]);
    const knownSplits = Array.from({ length: 15 }, (_, index) => BigInt((index + 1) * 6250));
    expect(differenceOf(await idsOf(walk(table, { knownSplits })), table.ids)).toBe(NO_DIFFERENCE);
    expect(table).toMatchObject({ counts: 0, highestUnderWay: READERS });
    expect(table.calls).toBeLessThanOrEqual(budget(table.ids.length));
  });

  it('reads every row once in any order of answers, within its calls and its places', async () => {
    await fc.assert(
      fc.asyncProperty(
        clusters,
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }),
        fc.array(fc.bigInt(0n, 2n ** 56n), { maxLength: 4 }),
        instants,
        async (parts, maxPages, delays, knownSplits, instantMs) => {
          const ids = idsIn(parts);
          const table = new FakeIdTable(ids);
          table.beforeAnswer = inOrderOf(delays);
          const read = await idsOf(walk(table, { maxPages, knownSplits, instantMs }));
          expect(differenceOf(read, ids)).toBe(NO_DIFFERENCE);
          expect(table.calls).toBeLessThanOrEqual(budget(ids.length));
          expect(table.highestUnderWay).toBeLessThanOrEqual(Math.min(READERS, maxPages));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('loses and doubles nothing that stays while rows come and go', async () => {
    await fc.assert(
      fc.asyncProperty(
        clusters,
        fc.array(fc.record({ place: fc.nat(40_000), isNew: fc.boolean(), offset: fc.bigInt(1n, 5000n) }), {
          maxLength: 60,
        }),
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }),
        instants,
        async (parts, changes, delays, instantMs) => {
          const ids = idsIn(parts);
          const table = new FakeIdTable(ids);
          const left = [...changes];
          const touched = new Set<bigint>();
          const wait = inOrderOf(delays);
          table.beforeAnswer = async (signal) => {
            for (const { place, isNew, offset } of left.splice(0, 3)) {
              const id = (ids[place % Math.max(1, ids.length)] ?? 0n) + (isNew ? offset : 0n);
              touched.add(id);
              if (isNew) table.insert(id);
              else table.remove(id);
            }
            await wait(signal);
          };
          const read = await idsOf(walk(table, { instantMs }));
          expect(new Set(read).size).toBe(read.length);
          const stayed = ids.filter((id) => !touched.has(id));
          const known = new Set(read);
          expect(stayed.filter((id) => !known.has(id)).length).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on from the position of every batch without losing or doubling a row', async () => {
    await fc.assert(
      fc.asyncProperty(
        clusters,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }),
        instants,
        async (parts, maxPages, delays, instantMs) => {
          const ids = idsIn(parts);
          const table = new FakeIdTable(ids);
          table.beforeAnswer = inOrderOf(delays);
          const before: bigint[] = [];
          for await (const { packed, open } of walk(table, { maxPages, instantMs })) {
            before.push(...packed.flat());
            const position = positionText(ALL, open);
            const rest =
              position === null
                ? []
                : await idsOf(walk(new FakeIdTable(ids), { maxPages, open: readPosition(position, ALL, 1) }));
            expect(differenceOf([...before, ...rest], ids)).toBe(NO_DIFFERENCE);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

/** Answers requests after so many turns of the event loop, so that they overtake each other. */
function inOrderOf(delays: readonly number[]): (signal: AbortSignal) => Promise<void> {
  let request = 0;
  return async () => {
    const turns = (delays[request % delays.length] ?? 0) % 7;
    request += 1;
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  };
}

describe('a walk that was interrupted', () => {
  it('expects whole rows, which is how they are stored', async () => {
    // Rows at every third id, and what is left of two ranges, one of them bounded in the middle of a gap.
    const ids = dense(14_000).map((id) => id * 3n + (id % 7n));
    const open = [
      { list: 0, after: 5_000n, upTo: 20_000n },
      { list: 0, after: 20_000n, upTo: null },
    ];
    const expected: (number | null)[] = [];
    for await (const { expectedRows } of walk(new FakeIdTable(ids), { open })) expected.push(expectedRows);
    const counted = expected.filter((rows) => rows !== null);
    expect(counted.length).toBeGreaterThan(0);
    expect(counted.filter((rows) => !Number.isInteger(rows))).toEqual([]);
  });
});
