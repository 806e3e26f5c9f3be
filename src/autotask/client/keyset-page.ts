import { PsaUnexpectedAnswerError } from '../../ports/psa/psa.errors.js';
import { RowReader } from '../mapping/row-reader.js';
import type { JsonObject } from './failure-table.js';
import { jsonInteger } from './lossless-json.js';

/** The vendor's largest page (Autotask REST reference, §2.3). */
export const PAGE_SIZE = 500;

/** Ids from one (not included; -1 is before the very first) to another (included; null is without end). */
export interface IdBounds {
  readonly after: bigint;
  readonly upTo: bigint | null;
}

/** Every id; the tenant's own company has the id 0. */
export const ALL_IDS: IdBounds = { after: -1n, upTo: null };

export interface KeysetPage {
  /** In ascending order of id. */
  rows: unknown[];
  /** Null when there are no rows. */
  firstId: bigint | null;
  lastId: bigint | null;
  /** Whether no page follows within the bounds. */
  isLast: boolean;
}

/**
 * Body of a query for the first page within the bounds. Pages are asked for by id rather than by the vendor's next-page URL:
 * those expire, and a row inserted or rewritten meanwhile would shift them (Autotask REST reference, §2.3). Ids are compared
 * as numbers; a string would silently match nothing (§2.2).
 */
export function keysetQuery(
  fields: readonly string[],
  bounds: IdBounds = ALL_IDS,
  conditions: readonly object[] = [],
  maxRecords = PAGE_SIZE,
): object {
  return { filter: boundedFilter(bounds, conditions), includeFields: [...fields], maxRecords };
}

/** The filter of a query, and of a count. */
export function boundedFilter({ after, upTo }: IdBounds, conditions: readonly object[] = []): object[] {
  return [
    after < 0n ? { op: 'gte', field: 'id', value: 0 } : { op: 'gt', field: 'id', value: jsonId(after) },
    ...(upTo === null ? [] : [{ op: 'lte', field: 'id', value: jsonId(upTo) }]),
    ...conditions,
  ];
}

/**
 * Reads the answer to a `keysetQuery`.
 * @throws PsaUnexpectedAnswerError when the shape is another, or when rows are out of order or of bounds so that going on by
 * id would lose or repeat some; PsaRecordMalformedError when a row has no id
 */
export function keysetPage(entity: string, answer: JsonObject, { after, upTo }: IdBounds): KeysetPage {
  const rows = rowsOf(entity, answer);
  const isLast = rows.length === 0 || isLastPage(answer, rows.length);
  const keys = rows.map((row) => keyOf(entity, row));
  let ordered = rows;
  // Ascending order is what the vendor does rather than what it documents; a page that nothing follows may be sorted here.
  if (isLast && !isAscending(keys)) {
    const pairs = rows.map((row) => [keyOf(entity, row), row] as const);
    pairs.sort(([a], [b]) => (a < b ? -1 : 1));
    ordered = pairs.map(([, row]) => row);
    keys.splice(0, keys.length, ...pairs.map(([key]) => key));
  }
  const firstId = keys.length === 0 ? null : BigInt(keys[0] ?? 0);
  const lastId = keys.length === 0 ? null : BigInt(keys.at(-1) ?? 0);
  if ((firstId !== null && firstId <= after) || !isAscending(keys))
    throw unexpected(entity, 'rows out of order');
  if (upTo !== null && lastId !== null && lastId > upTo) {
    throw unexpected(entity, 'rows that were not asked for');
  }
  return { rows: ordered, firstId, lastId, isLast };
}

const DETAILS = '"pageDetails"';
const NEXT_PAGE = /"nextPageUrl"\s*:\s*"[^"]/;
const ID = '"id":';
const DIGITS = /\d+/y;

/**
 * The last id of a page that has a successor, seen at the end of the answer's text without parsing it; null where it cannot be seen so easily.
 * Most likely right and no more: whoever goes by it compares it with the page.
 */
export function glimpseLastId(body: string): bigint | null {
  const details = body.lastIndexOf(DETAILS);
  const row = body.lastIndexOf(ID, details);
  if (details < 0 || row < 0 || !NEXT_PAGE.test(body.slice(details))) return null;
  DIGITS.lastIndex = row + ID.length;
  const [digits] = DIGITS.exec(body) ?? [];
  return digits === undefined ? null : BigInt(digits);
}

function isAscending(keys: readonly (number | bigint)[]): boolean {
  for (let place = 1; place < keys.length; place += 1) {
    if ((keys[place] ?? 0) <= (keys[place - 1] ?? 0)) return false;
  }
  return true;
}

/** The `items` of a query's answer. @throws PsaUnexpectedAnswerError */
export function rowsOf(entity: string, answer: JsonObject): unknown[] {
  const { items } = answer;
  if (!Array.isArray(items)) throw unexpected(entity, 'no list of rows');
  return items;
}

/** @throws PsaRecordMalformedError when the row has none */
export function idOf(entity: string, row: unknown): bigint {
  return BigInt(keyOf(entity, row));
}

/** An id to compare by: a number where it is exact as one, which nearly all are. */
function keyOf(entity: string, row: unknown): number | bigint {
  const plain = typeof row === 'object' && row !== null ? (row as JsonObject)['id'] : undefined;
  if (typeof plain === 'number' && Number.isSafeInteger(plain) && plain >= 0) return plain;
  return BigInt(new RowReader(entity, row).id());
}

/** `nextPageUrl` decides where the vendor tells; a page may be smaller than asked for and still have a successor. */
function isLastPage(answer: JsonObject, rowCount: number): boolean {
  const details = answer['pageDetails'];
  if (typeof details !== 'object' || details === null) return rowCount < PAGE_SIZE;
  const next = (details as JsonObject)['nextPageUrl'];
  return typeof next !== 'string' || next === '';
}

function jsonId(id: bigint): unknown {
  return jsonInteger(id.toString());
}

function unexpected(entity: string, problem: string): PsaUnexpectedAnswerError {
  return new PsaUnexpectedAnswerError(`Autotask answered a query of ${entity} with ${problem}.`, {
    context: { entity },
  });
}
