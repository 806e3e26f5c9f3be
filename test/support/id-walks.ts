import { ALL_IDS } from '../../src/autotask/client/keyset-page.js';
import type { OpenIds } from '../../src/autotask/reading/pull-position.js';
import { RangePlan } from '../../src/autotask/reading/range-plan.js';
import { type ReadAhead, type ReadBatch, RangeReader } from '../../src/autotask/reading/range-reader.js';
import type { FakeIdTable } from './fakes/fake-id-table.js';

/** One more than there are slots: the limiter, which is not part of these walks, holds it back. */
export const READERS = 4;
export const START: OpenIds[] = [{ list: 0, ...ALL_IDS }];

export interface WalkOptions extends Partial<Omit<ReadAhead, 'readers' | 'storage'>> {
  open?: OpenIds[];
  /** Pages that are stored by now; all that were handed out unless told. */
  storedPages?: (handedOut: number) => number;
  knownSplits?: bigint[];
  signal?: AbortSignal;
}

/** A walk over a table whose answers, unless told, have to be waited for. */
export function walk(
  table: FakeIdTable,
  options: WalkOptions = {},
): AsyncGenerator<ReadBatch<readonly bigint[]>> {
  const { open = START, knownSplits = [], signal = new AbortController().signal } = options;
  const { maxPages = 6, instantMs = 0, prefersOrder = true } = options;
  const { storedPages = (handedOut) => handedOut } = options;
  const readers = Math.min(READERS, maxPages);
  const plan = new RangePlan({ open, readers, maySplit: true, knownSplits });
  const storage = { maxUnstored: maxPages, storedPages };
  const ahead = { readers, maxPages, instantMs, prefersOrder, storage };
  return new RangeReader(plan, table, ahead).batches(signal);
}

export async function idsOf(batches: AsyncIterable<ReadBatch<readonly bigint[]>>): Promise<bigint[]> {
  const ids: bigint[] = [];
  for await (const { packed } of batches) ids.push(...packed.flat());
  return ids;
}

/** The ids in the order in which they came, and how many pages each batch had. */
export async function idsAndSizesOf(
  batches: AsyncIterable<ReadBatch<readonly bigint[]>>,
): Promise<{ ids: bigint[]; sizes: number[] }> {
  const ids: bigint[] = [];
  const sizes: number[] = [];
  for await (const { packed, pages } of batches) {
    ids.push(...packed.flat());
    sizes.push(pages);
  }
  return { ids, sizes };
}

/** So many ids without a gap. */
export const dense = (count: number, from = 0n): bigint[] =>
  Array.from({ length: count }, (_, index) => from + BigInt(index));

/** In few words, because a list of thousands of ids helps nobody. */
export function differenceOf(read: readonly bigint[], wanted: readonly bigint[]): string {
  const known = new Set(read);
  const lost = wanted.filter((id) => !known.has(id));
  return `${lost.length} lost, first ${lost[0]}; ${read.length - known.size} doubled; ${known.size - wanted.length + lost.length} more`;
}

export const NO_DIFFERENCE = differenceOf([], []);
