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

/** Bounds that only let partitions be left out. */
export interface Window {
  from: Date | undefined;
  to: Date;
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
  addTimes(where, filter);
  addTimes(where, window);
  if (before !== undefined) {
    const { occurredAt, sequence } = before;
    // The first condition lets partitions be left out, the second is the place.
    where.add(`occurred_at <= ? AND (occurred_at, sequence) < (?, ${where.bind(sequence)})`, occurredAt);
  }
  const left: Left = { ...filter, actors };
  if (filter.connectionId !== undefined) {
    where.add('connection_id = ?', filter.connectionId);
  } else if (actors?.length === 1) {
    where.add('actor_id = ?', actors[0]);
    delete left.actor;
  } else if (actors !== undefined) {
    delete left.actor;
    return ofSeveralActors(where, left, actors, limit);
  } else if (filter.operation !== undefined) {
    where.add('operation = ?', filter.operation);
    delete left.operation;
  } else if (filter.outcome !== undefined) {
    where.add('outcome = ?', filter.outcome);
    delete left.outcome;
  }
  const isInIndex = left.text === undefined && (left.actor === undefined || actors !== undefined);
  return isInIndex ? withinIndex(where, left, budgets, limit) : withinTable(where, left, budgets, limit);
}

/** What is left of a filter when an index was chosen; the actors as well by their ids, where they are few. */
type Left = AuditFilter & { actors: string[] | undefined };

/** Everything to check stands in the index that was chosen (migration 1764000016000): only the entries that are shown are read. */
function withinIndex(where: SqlConditions, left: Left, budgets: Budgets, limit: number): Candidates {
  const entryAt = `SELECT ${AUDIT_COLUMNS} FROM audit_entry
    WHERE ${where.text} AND occurred_at = p.occurred_at AND sequence = p.sequence`;
  const columns = ['occurred_at', 'sequence'];
  const { operation, outcome, actor, actors } = left;
  if (operation !== undefined) columns.push('operation');
  if (outcome !== undefined) columns.push('outcome');
  if (actor !== undefined) columns.push('actor_id');
  const sql = `SELECT ${columns.join(', ')} FROM audit_entry WHERE ${where.text} ${NEWEST_FIRST}`;
  const rest = new SqlConditions(where.parameters.length);
  if (operation !== undefined) rest.add('operation = ?', operation);
  if (outcome !== undefined) rest.add('outcome = ?', outcome);
  if (actor !== undefined) rest.add('actor_id = ANY(?)', actors);
  return bounded({ sql, entryAt, where, rest }, budgets.index, limit);
}

function withinTable(where: SqlConditions, left: Left, budgets: Budgets, limit: number): Candidates {
  const sql = `SELECT ${AUDIT_COLUMNS} FROM audit_entry WHERE ${where.text} ${NEWEST_FIRST}`;
  const budget = left.text === undefined ? budgets.table : budgets.text;
  return bounded({ sql, entryAt: null, where, rest: restOf(where, left) }, budget, limit);
}

/** The newest entries of each actor, merged; an index per actor gives them in order. */
function ofSeveralActors(where: SqlConditions, left: Left, actors: string[], limit: number): Candidates {
  const each = `SELECT occurred_at, sequence FROM audit_entry WHERE actor_id = a.actor AND ${where.text} ${NEWEST_FIRST} LIMIT ${limit + 1}`;
  const list = where.bind(actors);
  const places = `SELECT p.* FROM unnest(${list}::text[]) AS a(actor) CROSS JOIN LATERAL (${each}) AS p ${NEWEST_FIRST} LIMIT ${limit + 1}`;
  // Their places first, which stand in the index; only those that are left are read.
  const sql = `SELECT e.* FROM (${places}) AS p CROSS JOIN LATERAL (
      SELECT ${AUDIT_COLUMNS} FROM audit_entry WHERE ${where.text} AND occurred_at = p.occurred_at AND sequence = p.sequence
    ) AS e ORDER BY e.occurred_at DESC, e.sequence DESC`;
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
