import type { MappingCandidate, MappingOutcome, MappingRow } from '../../api/mapping-rows.js';
import { MOST_ACCEPTED } from '../../api/mappings.js';
import type { MappingCalls } from '../../api/mappings.js';

/** A row whose mapping is gone. */
export function unmapped(row: MappingRow): MappingRow {
  return {
    ...row,
    state: 'unmapped',
    targetId: null,
    targetName: null,
    reason: null,
    syncState: null,
    // An offer is removed by the id of its mapping; the others by their own.
    removeBy: row.offer !== null && row.removeBy !== row.key ? null : row.removeBy,
  };
}

/** Removes the mapping or exclusion of a row that has one. */
export async function removeMapping(calls: MappingCalls, row: MappingRow): Promise<MappingRow> {
  if (row.state !== 'unmapped') await calls.remove(row);
  return unmapped(row);
}

/** Maps a row, whatever it was before. Offers do not move from one service to another; they are taken off first. */
export async function mapRow(
  calls: MappingCalls,
  row: MappingRow,
  targetId: string,
  movesFreely: boolean,
): Promise<MappingRow> {
  const from = row.state === 'mapped' && !movesFreely ? await removeMapping(calls, row) : row;
  return calls.put(from, targetId);
}

/** Brings a row back to what it was. */
export async function restoreRow(
  calls: MappingCalls,
  before: MappingRow,
  now: MappingRow,
  movesFreely: boolean,
): Promise<MappingRow> {
  if (before.state === 'mapped' && before.targetId !== null) {
    return mapRow(calls, now, before.targetId, movesFreely);
  }
  if (before.state === 'excluded') return calls.exclude(now, before.reason ?? '');
  return removeMapping(calls, now);
}

export interface BulkResult {
  outcomes: MappingOutcome[];
  /** The rows that are mapped now, as far as it is known here. */
  mapped: { before: MappingRow; now: MappingRow }[];
}

/** Accepts the best candidate of each row, in as many calls as it takes. */
export async function acceptBest(
  calls: MappingCalls,
  wanted: readonly { row: MappingRow; candidate: MappingCandidate }[],
): Promise<BulkResult> {
  const outcomes: MappingOutcome[] = [];
  for (let start = 0; start < wanted.length; start += MOST_ACCEPTED) {
    const some = wanted.slice(start, start + MOST_ACCEPTED);
    outcomes.push(
      ...(await calls.accept(some.map(({ row, candidate }) => ({ row, targetId: candidate.id })))),
    );
  }
  const refused = new Set(outcomes.filter(({ outcome }) => outcome === 'refused').map(({ key }) => key));
  const mapped = wanted
    .filter(({ row }) => !refused.has(row.key))
    .map(({ row, candidate }) => ({
      before: row,
      now: { ...row, state: 'mapped' as const, targetId: candidate.id, targetName: candidate.name },
    }));
  return { outcomes, mapped };
}

/** The rows as they stand now; for offers, whose mapping has an id that only the list tells. */
export async function readAgain(
  calls: MappingCalls,
  rows: readonly MappingRow[],
  signal: AbortSignal,
): Promise<MappingRow[]> {
  const missing = new Map(rows.map((row) => [row.key, row]));
  const found: MappingRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await calls.list({ state: 'mapped', cursor }, signal);
    for (const row of page.items) {
      if (missing.delete(row.key)) found.push(row);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && missing.size > 0);
  return found;
}
