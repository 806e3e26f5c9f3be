import type { DataSource } from 'typeorm';
import type { AuditListKey } from '../domain/audit-store.js';
import {
  blockOf,
  entryMatchesText,
  groupTermsUpTo,
  TEXT_BLOCK,
  termsOfSearch,
} from '../domain/audit-text.js';
import { type Found, type ListRequest, NEWEST_FIRST } from './audit-candidates.js';
import { addFilter, addTimes, SqlConditions } from './audit-filter-sql.js';
import { AUDIT_COLUMNS, type AuditRow, fromRow } from './audit-row.js';
import { rawRows, rawRowsReadOneByOne } from './raw-rows.js';

/** Blocks one page looks into. */
const MAX_BLOCKS = 8;

/** Terms and groups of a block, as the index has them (migration 1764000029000). */
const TERMS = `(terms::bigint[] || ARRAY[block / 1024 * 5 + 4294967296, block / 8192 * 5 + 4294967297,
  block / 65536 * 5 + 4294967298, block / 524288 * 5 + 4294967299, block / 4194304 * 5 + 4294967300])`;

type BlockRow = [block: string, firstAt: string, lastAt: string];

/**
 * Goes on with a search for text from a place on, in the blocks that have every word of it. Where the place is younger than the
 * index, or no word is long enough, nothing is found here and the next page scans on from the same place.
 */
export async function searchBlocks(
  dataSource: DataSource,
  request: ListRequest & { before: AuditListKey },
): Promise<Found> {
  const { tenantId, filter, before } = request;
  const terms = termsOfSearch(tenantId, filter.text ?? '');
  const newest = blockOf(Number(before.sequence) - 1);
  const here = { entries: [], next: before };
  if (terms.length === 0 || newest < 0) return newest < 0 ? { entries: [], next: null } : here;
  if (!(await isIndexed(dataSource, tenantId, newest))) return here;
  const blocks = await blocksWith(dataSource, request, terms, newest);
  if (blocks.length === 0) return { entries: [], next: null };
  const found = await entriesIn(dataSource, request, blocks);
  const last = blocks.at(-1);
  const reached = {
    occurredAt: new Date(last?.[1] ?? 0).toISOString(),
    sequence: String(Number(last?.[0]) * TEXT_BLOCK + 1),
  };
  return { entries: found, next: blocks.length < MAX_BLOCKS ? null : reached };
}

/** Whether the text index has the place a page begins at, and a word of the search is long enough for it. */
export async function hasIndexAt(
  dataSource: DataSource,
  { tenantId, filter, before }: ListRequest,
): Promise<boolean> {
  if (before === undefined || termsOfSearch(tenantId, filter.text ?? '').length === 0) return false;
  const block = blockOf(Number(before.sequence) - 1);
  return block >= 0 && isIndexed(dataSource, tenantId, block);
}

async function isIndexed(dataSource: DataSource, tenantId: string, block: number): Promise<boolean> {
  const sql = 'SELECT FROM audit_text_block WHERE tenant_id = $1 AND block = $2';
  return (await rawRows(dataSource, sql, [tenantId, block])).length > 0;
}

/** The newest blocks that have all terms, group by group, so that a frequent word never makes more than a group be read. */
async function blocksWith(
  dataSource: DataSource,
  { tenantId, filter: { from, to } }: ListRequest,
  terms: number[],
  newest: number,
): Promise<BlockRow[]> {
  const where = new SqlConditions(2).add('tenant_id = ?', tenantId).add('block <= ?', newest);
  if (from !== undefined) where.add('ends_at >= ?', from.toISOString());
  if (to !== undefined) where.add('begins_at < ?', to.toISOString());
  // OFFSET 0 keeps the planner from walking every block in order instead of asking the index of terms.
  const sql = `
    SELECT b.block, b.begins_at, b.ends_at FROM unnest($1::bigint[]) AS g(term) CROSS JOIN LATERAL (
      SELECT block, begins_at, ends_at FROM (
        SELECT tenant_id, block, begins_at, ends_at FROM audit_text_block
        WHERE ${TERMS} @> (g.term || $2::bigint[]) OFFSET 0
      ) AS t WHERE ${where.text} ORDER BY block DESC LIMIT ${MAX_BLOCKS}
    ) AS b LIMIT ${MAX_BLOCKS}`;
  return rawRowsReadOneByOne<BlockRow>(dataSource, sql, [groupTermsUpTo(newest), terms, ...where.parameters]);
}

/** Entries of the blocks that pass the whole filter, newest first. */
async function entriesIn(
  dataSource: DataSource,
  { tenantId, filter, before }: ListRequest & { before: AuditListKey },
  blocks: BlockRow[],
): Promise<Found['entries']> {
  const where = new SqlConditions(3);
  addFilter(where, filter);
  where.add('sequence < ?', before.sequence);
  // The times of a block let partitions be left out while the statement runs, those of all blocks before it does.
  addTimes(where, { from: new Date(blocks.at(-1)?.[1] ?? 0) });
  where.add('occurred_at <= ?', blocks[0]?.[2]);
  // The bound keeps the planner from comparing the texts of every entry first and joining the blocks afterwards, and the order
  // makes it take the one index in which the entries of a block lie side by side.
  const sql = `
    SELECT e.* FROM json_to_recordset($1) AS b(block bigint, begins_at timestamptz, ends_at timestamptz) CROSS JOIN LATERAL (
      SELECT ${AUDIT_COLUMNS} FROM audit_entry
      WHERE tenant_id = $2 AND occurred_at BETWEEN b.begins_at AND b.ends_at
        AND sequence > b.block * $3::bigint AND sequence <= (b.block + 1) * $3::bigint AND ${where.text}
      ${NEWEST_FIRST} LIMIT ${TEXT_BLOCK}
    ) AS e ORDER BY sequence DESC`;
  const named = blocks.map(([block, firstAt, lastAt]) => ({ block, begins_at: firstAt, ends_at: lastAt }));
  const rows = await rawRows<AuditRow>(dataSource, sql, [
    JSON.stringify(named),
    tenantId,
    TEXT_BLOCK,
    ...where.parameters,
  ]);
  return rows.map(fromRow).filter((entry) => entryMatchesText(entry, filter.text ?? ''));
}
