import { PsaUnexpectedAnswerError } from '../../ports/psa/psa.errors.js';
import { RowReader } from '../mapping/row-reader.js';
import type { JsonObject } from './failure-table.js';
import { jsonInteger } from './lossless-json.js';

/** The vendor's largest page (Autotask REST reference, §2.3). */
export const PAGE_SIZE = 500;

export interface KeysetPage {
  /** In ascending order of id. */
  rows: unknown[];
  /** Id of the last row; null when no page follows. */
  nextCursor: string | null;
}

/**
 * Body of a query for the page after `cursor`. Pages are asked for by id rather than by the vendor's next-page URL: those
 * expire, and a row inserted or rewritten meanwhile would shift them (Autotask REST reference, §2.3). Ids are compared as
 * numbers; a string would silently match nothing (§2.2).
 */
export function keysetQuery(
  fields: readonly string[],
  cursor: string | null,
  maxRecords = PAGE_SIZE,
  conditions: readonly object[] = [],
): object {
  const condition =
    cursor === null
      ? // The tenant's own company has the id 0 and must be read too.
        { op: 'gte', field: 'id', value: 0 }
      : { op: 'gt', field: 'id', value: jsonInteger(cursor) };
  return { filter: [condition, ...conditions], includeFields: [...fields], maxRecords };
}

/**
 * Reads the answer to a `keysetQuery`.
 * @throws PsaUnexpectedAnswerError when the shape is another, or when rows are out of order so that going on by id would
 * lose or repeat some; PsaRecordMalformedError when a row has no id
 */
export function keysetPage(entity: string, answer: JsonObject, cursor: string | null): KeysetPage {
  const rows = rowsOf(entity, answer).map((row) => ({ row, key: BigInt(new RowReader(entity, row).id()) }));
  const isLast = rows.length === 0 || isLastPage(answer, rows.length);
  // Ascending order is what the vendor does rather than what it documents; a page that nothing follows may be sorted here.
  const ordered = isLast ? rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)) : rows;
  const start = cursor === null ? -1n : BigInt(cursor);
  const isAscending = ordered.every(({ key }, index) => key > (ordered[index - 1]?.key ?? start));
  if (!isAscending) throw unexpected(entity, 'rows out of order');
  return {
    rows: ordered.map(({ row }) => row),
    nextCursor: isLast ? null : String(ordered.at(-1)?.key),
  };
}

/** The `items` of a query's answer. @throws PsaUnexpectedAnswerError */
export function rowsOf(entity: string, answer: JsonObject): unknown[] {
  const { items } = answer;
  if (!Array.isArray(items)) throw unexpected(entity, 'no list of rows');
  return items;
}

/** `nextPageUrl` decides where the vendor tells; a page may be smaller than asked for and still have a successor. */
function isLastPage(answer: JsonObject, rowCount: number): boolean {
  const details = answer['pageDetails'];
  if (typeof details !== 'object' || details === null) return rowCount < PAGE_SIZE;
  const next = (details as JsonObject)['nextPageUrl'];
  return typeof next !== 'string' || next === '';
}

function unexpected(entity: string, problem: string): PsaUnexpectedAnswerError {
  return new PsaUnexpectedAnswerError(`Autotask answered a query of ${entity} with ${problem}.`, {
    context: { entity },
  });
}
