import type { EntityDefinition } from '../metadata/entity-catalogue.js';
import type { Row } from '../world/table.js';
import type { Table } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { isJsonObject, memberOf } from './json-members.js';
import { everyRow } from './permissions.js';
import { type CompiledFilter, compileFilter, fieldNamed } from './query-filter.js';

/** A checked query: what matches, which fields are wanted (all when null), how many rows a page holds. */
export interface QueryRequest {
  readonly filter: CompiledFilter;
  readonly includeFields: readonly string[] | null;
  readonly pageSize: number;
}

const MAX_PAGE_SIZE = 500;

/**
 * Reads a query body, whose member names may have any casing (Autotask REST reference, §2.2).
 *
 * @throws AutotaskRefusal when the body is no object, has no usable filter, names an unknown field, or asks for a page
 *   size outside 1 to 500.
 */
export function readQuery(entity: EntityDefinition, body: unknown): QueryRequest {
  if (!isJsonObject(body)) throw new AutotaskRefusal('Invalid query. The body must be a JSON object.');
  return {
    filter: compileFilter(entity, memberOf(body, 'filter')),
    includeFields: readIncludeFields(entity, memberOf(body, 'includeFields')),
    pageSize: readPageSize(memberOf(body, 'maxRecords')),
  };
}

function readIncludeFields(entity: EntityDefinition, value: unknown): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || value.some((name) => typeof name !== 'string')) {
    throw new AutotaskRefusal('Invalid query. IncludeFields must be an array of field names.');
  }
  if (value.length === 0) return null;
  return value.map((name: string) => fieldNamed(entity, name).name);
}

function readPageSize(value: unknown): number {
  if (value === undefined || value === null) return MAX_PAGE_SIZE;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_PAGE_SIZE) {
    throw new AutotaskRefusal(`Invalid query. MaxRecords must be between 1 and ${MAX_PAGE_SIZE}.`);
  }
  return value;
}

/** One page of matches by ascending id, and whether another follows. */
export interface RowPage {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** Reads the page that starts after an id; starts where the page starts, stops at the first row of the next one. */
export function readRows(
  table: Table,
  request: { filter: CompiledFilter; pageSize: number },
  isVisible: (row: Row) => boolean,
  afterId = -Infinity,
): RowPage {
  const rows: Row[] = [];
  const { matches, lastId, isIdRange } = request.filter;
  for (const row of candidates(table, request.filter, afterId + 1)) {
    if (row.id > lastId) break;
    if (!(isIdRange || matches(row)) || !isVisible(row)) continue;
    if (rows.length === request.pageSize) return { rows, hasMore: true };
    rows.push(row);
  }
  return { rows, hasMore: false };
}

/** Number of matches, for `query/count`. */
export function countRows(table: Table, filter: CompiledFilter, isVisible: (row: Row) => boolean): number {
  const { firstId, lastId, matches } = filter;
  if (filter.isIdRange && isVisible === everyRow) return table.countBetween(firstId, lastId);
  let count = 0;
  for (const row of candidates(table, filter)) {
    if (row.id > lastId) break;
    if (matches(row) && isVisible(row)) count += 1;
  }
  return count;
}

function candidates(table: Table, filter: CompiledFilter, fromId = -Infinity): Iterable<Row> {
  const from = Math.max(filter.firstId, firstOf(table, filter), fromId);
  const { lookup } = filter;
  return lookup === null ? table.rowsFrom(from) : table.rowsWhereIn(lookup.field, lookup.values, from);
}

/** Of alternatives, those that no row can fulfil do not make the table be searched from its beginning. */
function firstOf(table: Table, { anyOf }: CompiledFilter): number {
  if (anyOf === null) return -Infinity;
  return Math.min(...anyOf.filter((filter) => table.mayHold(filter)).map(({ firstId }) => firstId));
}
