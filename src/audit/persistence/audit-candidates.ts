import type { AuditEntry } from '../domain/audit-entry.js';
import type { AuditFilter, AuditListKey } from '../domain/audit-store.js';
import { addTexts, addTimes, SqlConditions } from './audit-filter-sql.js';
import { AUDIT_COLUMNS } from './audit-row.js';

/** What a page of the list is asked for. */
export interface ListRequest {
  tenantId: string;
  filter: AuditFilter;
  limit: number;
  /** The last entry already seen. */
  before: AuditListKey | undefined;
}

/** The part of the time a statement looks at: from a place on (included), and before another. */
export interface Window {
  from: Date | undefined;
  to: Date;
}

/** Months of each window after the first; planning a statement costs as much as it has partitions. */
const WINDOW_MONTHS = [3, 12, 48];

/**
 * Windows from a place back to the beginning. Most pages are found in the month they begin in, and then no other partition is even
 * planned for.
 * @param latest where the first window ends, beyond every entry
 * @param earliest where the last one begins; undefined when all of the log is meant
 */
export function* windowsBackFrom(begins: Date, latest: Date, earliest: Date | undefined): Generator<Window> {
  let to = latest;
  let from = new Date(Date.UTC(begins.getUTCFullYear(), begins.getUTCMonth(), 1));
  for (const months of WINDOW_MONTHS) {
    yield { from, to };
    if (earliest !== undefined && earliest >= from) return;
    to = from;
    from = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() - months, 1));
  }
  yield { from, to };
  if (earliest === undefined || earliest < from) yield { from: undefined, to: from };
}

/** The entries a page chooses from, newest first, and what is left to check on each. */
export interface Candidates {
  sql: string;
  /** Reads the entry at the place `p`, where `sql` gives places and what an index has beside them; null: it gives whole entries. */
  entryAt: string | null;
  /** Number of candidates to look at. */
  budget: number;
  rest: string;
  /** Of `sql`. */
  parameters: unknown[];
  /** Of `rest`, numbered after those of `sql`. */
  restParameters: unknown[];
}

/** Entries of a page, and the place where the next goes on; null when there is nothing further. */
export interface Found {
  entries: AuditEntry[];
  next: AuditListKey | null;
}

export const NEWEST_FIRST = 'ORDER BY occurred_at DESC, sequence DESC';

/**
 * The entry at the place `p`, within the bounds that let partitions be left out. LIMIT keeps it a look at one place of the index of
 * one partition: as a join the planner may walk the index of a month to meet the places.
 */
const entryAtPlace = (bounds: string): string => `
  SELECT ${AUDIT_COLUMNS} FROM audit_entry
  WHERE ${bounds} AND occurred_at = p.occurred_at AND sequence = p.sequence LIMIT 1`;

/** How many entries a page looks at: in an index, in the table, and where texts are compared. */
export interface Budgets {
  index: number;
  table: number;
  text: number;
}

/**
 * Picks the index that narrows most; whatever it does not cover is checked on a bounded number of entries.
 * @param actors ids of the actors the filter means, where they are few; whether an entry's name fits is then not checked here
 */
export function candidatesOf(
  { tenantId, filter, limit, before }: ListRequest,
  actors: string[] | undefined,
  window: Window,
  budgets: Budgets,
): Candidates {
  const where = new SqlConditions().add('tenant_id = ?', tenantId);
  addPlace(where, { from: laterOf(filter.from, window.from), to: earlierOf(filter.to, window.to) }, before);
  const entryAt = entryAtPlace(where.text);
  const left: Left = { ...filter, actors };
  if (filter.connectionId !== undefined) {
    where.add('connection_id = ?', filter.connectionId);
  } else if (actors?.length === 1) {
    where.add('actor_id = ?', actors[0]);
    delete left.actor;
  } else if (actors !== undefined) {
    delete left.actor;
    return ofSeveralActors({ where, entryAt }, left, actors, limit);
  } else if (filter.operation !== undefined) {
    where.add('operation = ?', filter.operation);
    delete left.operation;
  } else if (filter.outcome !== undefined) {
    where.add('outcome = ?', filter.outcome);
    delete left.outcome;
  }
  const isInIndex = left.text === undefined && (left.actor === undefined || actors !== undefined);
  return isInIndex
    ? withinIndex({ where, entryAt }, left, budgets, limit)
    : withinTable(where, left, budgets, limit);
}

/**
 * One bound on either side: beside a comparison of rows PostgreSQL (18) begins a backward scan at the first upper bound it finds, and
 * would read an index from the end of the month to the place.
 */
function addPlace(where: SqlConditions, { from, to }: Window, before: AuditListKey | undefined): void {
  if (before === undefined || new Date(before.occurredAt) >= to) return addTimes(where, { from, to });
  addTimes(where, { from });
  const { occurredAt, sequence } = before;
  // The first condition lets partitions be left out, the second is the place.
  where.add(`occurred_at <= ? AND (occurred_at, sequence) < (?, ${where.bind(sequence)})`, occurredAt);
}

const laterOf = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;
const earlierOf = (a: Date | undefined, b: Date): Date => (a === undefined || b < a ? b : a);

/** What is left of a filter when an index was chosen; the actors as well by their ids, where they are few. */
type Left = AuditFilter & { actors: string[] | undefined };

/** Conditions of the index that was chosen, and how an entry is read at a place found in it. */
interface Chosen {
  where: SqlConditions;
  entryAt: string;
}

/** Everything to check stands in the index that was chosen (migration 1764000016000): only the entries that are shown are read. */
function withinIndex({ where, entryAt }: Chosen, left: Left, budgets: Budgets, limit: number): Candidates {
  const { operation, outcome, actor, actors } = left;
  const columns = ['occurred_at', 'sequence'];
  if (operation !== undefined) columns.push('operation');
  if (outcome !== undefined) columns.push('outcome');
  if (actor !== undefined) columns.push('actor_id');
  const sql = `SELECT ${columns.join(', ')} FROM audit_entry WHERE ${where.text} ${NEWEST_FIRST}`;
  const rest = new SqlConditions(where.parameters.length);
  if (operation !== undefined) rest.add('operation = ?', operation);
  if (outcome !== undefined) rest.add('outcome = ?', outcome);
  if (actor !== undefined) rest.add('actor_id = ANY(?)', actors);
  if (rest.text === 'true') return withinTable(where, left, budgets, limit);
  return bounded({ sql, entryAt, where, rest }, budgets.index, limit);
}

function withinTable(where: SqlConditions, left: Left, budgets: Budgets, limit: number): Candidates {
  const sql = `SELECT ${AUDIT_COLUMNS} FROM audit_entry WHERE ${where.text} ${NEWEST_FIRST}`;
  const budget = left.text === undefined ? budgets.table : budgets.text;
  return bounded({ sql, entryAt: null, where, rest: restOf(where, left) }, budget, limit);
}

/** The newest entries of each actor, merged; an index per actor gives them in order. */
function ofSeveralActors(
  { where, entryAt }: Chosen,
  left: Left,
  actors: string[],
  limit: number,
): Candidates {
  const each = `SELECT occurred_at, sequence FROM audit_entry WHERE actor_id = a.actor AND ${where.text} ${NEWEST_FIRST} LIMIT ${limit + 1}`;
  const list = where.bind(actors);
  const places = `SELECT p.* FROM unnest(${list}::text[]) AS a(actor) CROSS JOIN LATERAL (${each}) AS p ${NEWEST_FIRST} LIMIT ${limit + 1}`;
  // Their places first, which stand in the index; only those that are left are read.
  const sql = `SELECT e.* FROM (${places}) AS p CROSS JOIN LATERAL (${entryAt}) AS e
    ORDER BY e.occurred_at DESC, e.sequence DESC`;
  return bounded({ sql, entryAt: null, where, rest: restOf(where, left) }, limit + 1, limit);
}

function restOf({ parameters }: SqlConditions, filter: AuditFilter): SqlConditions {
  const rest = new SqlConditions(parameters.length);
  if (filter.operation !== undefined) rest.add('operation = ?', filter.operation);
  if (filter.outcome !== undefined) rest.add('outcome = ?', filter.outcome);
  return addTexts(rest, filter);
}

function bounded(
  {
    sql,
    entryAt,
    where,
    rest,
  }: Pick<Candidates, 'sql' | 'entryAt'> & Record<'where' | 'rest', SqlConditions>,
  budget: number,
  limit: number,
): Candidates {
  return {
    sql,
    entryAt,
    budget: rest.text === 'true' ? limit + 1 : budget,
    rest: rest.text,
    parameters: where.parameters,
    restParameters: rest.parameters,
  };
}
