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
 * Picks the index that narrows most; whatever it does not cover is checked on at most `budget` entries.
 * @param actors ids of the actors the filter means, where they are few
 */
export function candidatesOf(
  { tenantId, filter, limit, before }: ListRequest,
  actors: string[] | undefined,
  window: Window,
  budget: number,
): Candidates {
  const where = new SqlConditions().add('tenant_id = ?', tenantId);
  addTimes(where, filter);
  addTimes(where, window);
  if (before !== undefined) {
    const { occurredAt, sequence } = before;
    // The first condition lets partitions be left out, the second is the place.
    where.add(`occurred_at <= ? AND (occurred_at, sequence) < (?, ${where.bind(sequence)})`, occurredAt);
  }
  const rest: AuditFilter = { ...filter };
  if (filter.connectionId !== undefined) {
    where.add('connection_id = ?', filter.connectionId);
  } else if (actors?.length === 1) {
    where.add('actor_id = ?', actors[0]);
    if (actors[0] === filter.actor) delete rest.actor;
  } else if (actors !== undefined) {
    return ofSeveralActors(where, rest, actors, limit);
  } else if (filter.operation !== undefined) {
    where.add('operation = ?', filter.operation);
    delete rest.operation;
  } else if (filter.outcome !== undefined) {
    where.add('outcome = ?', filter.outcome);
    delete rest.outcome;
  }
  return withRest(
    where,
    `SELECT ${AUDIT_COLUMNS} FROM audit_entry WHERE ${where.text} ${NEWEST_FIRST}`,
    rest,
    budget,
    limit,
  );
}

/** The newest entries of each actor, merged; an index per actor gives them in order. */
function ofSeveralActors(
  where: SqlConditions,
  rest: AuditFilter,
  actors: string[],
  limit: number,
): Candidates {
  const each = `SELECT ${AUDIT_COLUMNS} FROM audit_entry WHERE actor_id = a.actor AND ${where.text} ${NEWEST_FIRST} LIMIT ${limit + 1}`;
  const sql = `SELECT e.* FROM unnest(${where.bind(actors)}::text[]) AS a(actor) CROSS JOIN LATERAL (${each}) AS e ${NEWEST_FIRST}`;
  return withRest(where, sql, rest, limit + 1, limit);
}

function withRest(
  { parameters }: SqlConditions,
  sql: string,
  filter: AuditFilter,
  budget: number,
  limit: number,
): Candidates {
  const rest = new SqlConditions(parameters.length);
  if (filter.operation !== undefined) rest.add('operation = ?', filter.operation);
  if (filter.outcome !== undefined) rest.add('outcome = ?', filter.outcome);
  addTexts(rest, filter);
  const isCovered = rest.text === 'true';
  return {
    sql,
    budget: isCovered ? limit + 1 : budget,
    rest: rest.text,
    parameters,
    restParameters: rest.parameters,
  };
}
