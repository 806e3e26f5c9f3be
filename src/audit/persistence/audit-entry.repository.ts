import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { encodeCursor, type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import {
  type AuditBody,
  type AuditEntry,
  canonicalParts,
  CHAIN_FORMAT,
  GENESIS_HASH,
} from '../domain/audit-entry.js';
import type { AuditFilter, AuditListKey, AuditStore } from '../domain/audit-store.js';
import { entryMatchesText } from '../domain/audit-text.js';
import { addTexts, addTimes, likePart, SqlConditions } from './audit-filter-sql.js';
import { AUDIT_COLUMNS, type AuditRow, fromRow } from './audit-row.js';
import { rawRows } from './raw-rows.js';

/** `chainHash()` of the domain, in SQL, over a place in the chain and a time that are known only when the head is locked. */
const hashOf = (previous: string, sequence: string, time: string) => `
  encode(sha256(convert_to(concat_ws(E'\\n', $3::text, ${previous}, ${sequence},
    $4::text || to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || $5::text), 'UTF8')), 'hex')`;

/**
 * One statement moves the head and inserts the entry, so no second round trip holds the lock. Time does not run backwards within
 * a chain: where replicas' clocks differ, the later one counts, so that order by time is order in the chain.
 */
const APPEND = `
  WITH head AS (
    INSERT INTO audit_chain_head AS h (tenant_id, sequence, previous_hash, hash, occurred_at)
    VALUES ($1, 1, $2, ${hashOf('$2::text', "'1'", '$7::timestamptz')}, $7)
    ON CONFLICT (tenant_id) DO UPDATE SET
      sequence = h.sequence + 1,
      previous_hash = h.hash,
      occurred_at = GREATEST(h.occurred_at, $7),
      hash = ${hashOf('h.hash', '(h.sequence + 1)::text', 'GREATEST(h.occurred_at, $7)')}
    RETURNING sequence, previous_hash, hash, occurred_at
  ), actor AS (
    INSERT INTO audit_actor (tenant_id, actor_id, actor_name) VALUES ($1, $10, $11) ON CONFLICT DO NOTHING
  )
  INSERT INTO audit_entry (id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id,
    subject_type, subject_id, subject_label, details, correlation_id, previous_hash, hash)
  SELECT $6, $1, head.sequence, head.occurred_at, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, head.previous_hash, head.hash
  FROM head`;

/** Entries one page looks at when a condition has no index of its own. */
const SCAN_BUDGET = 1500;
/** As many actors of one name part are looked up by index. */
const MAX_ACTORS = 20;
const ORDER = 'ORDER BY occurred_at DESC, sequence DESC';

/** The entries a page chooses from, newest first, and what is left to check on each. */
interface Candidates {
  sql: string;
  /** Number of candidates. */
  budget: number;
  rest: string;
  /** Of `sql`. */
  parameters: unknown[];
  /** Of `rest`, numbered after those of `sql`. */
  restParameters: unknown[];
}

@Injectable()
export class AuditEntryRepository implements AuditStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async append(tx: Transaction, body: AuditBody): Promise<void> {
    const { before, after } = canonicalParts(body);
    await managerOf(tx).query(APPEND, [
      body.tenantId,
      GENESIS_HASH,
      CHAIN_FORMAT,
      before,
      after,
      body.id,
      body.occurredAt,
      body.operation,
      body.outcome,
      body.actor.id,
      body.actor.name,
      body.connectionId,
      body.subject.type,
      body.subject.id,
      body.subject.label,
      JSON.stringify(body.details),
      body.correlationId,
    ]);
  }

  async list(
    tenantId: string,
    filter: AuditFilter,
    { limit }: PageRequest,
    before: AuditListKey | undefined,
  ): Promise<Page<AuditEntry>> {
    const actors = await this.actorsLike(tenantId, filter.actor);
    if (actors?.length === 0) return { items: [], nextCursor: null };
    const candidates = candidatesOf(tenantId, filter, actors, limit, before);
    const { sql, rest, parameters, restParameters, budget } = candidates;
    const rows = await rawRows<AuditRow>(
      this.dataSource,
      `SELECT * FROM (SELECT ${AUDIT_COLUMNS} FROM (${sql}) AS c LIMIT ${budget}) AS c WHERE ${rest} ${ORDER} LIMIT ${limit + 1}`,
      [...parameters, ...restParameters],
    );
    const page = toPage(rows.map(fromRow), limit, ({ occurredAt, sequence }) => [occurredAt, sequence]);
    const { text } = filter;
    const items =
      text === undefined ? page.items : page.items.filter((entry) => entryMatchesText(entry, text));
    return { items, nextCursor: page.nextCursor ?? (await this.placeAfter(candidates)) };
  }

  /** Where the next page goes on when every candidate was looked at; null when there were no more. */
  private async placeAfter({ sql, parameters, budget, rest }: Candidates): Promise<string | null> {
    if (rest === 'true') return null;
    const [key] = await rawRows<[string, string]>(
      this.dataSource,
      `SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), sequence FROM (${sql}) AS c OFFSET ${budget - 1} LIMIT 1`,
      parameters,
    );
    return key === undefined ? null : encodeCursor(key);
  }

  /** Ids of the actors a filter means; undefined when it means too many to look each up, or none is asked for. */
  private async actorsLike(tenantId: string, actor: string | undefined): Promise<string[] | undefined> {
    if (actor === undefined) return undefined;
    const sql = `SELECT DISTINCT actor_id FROM audit_actor
      WHERE tenant_id = $1 AND (actor_id = $2 OR actor_name ILIKE $3) LIMIT ${MAX_ACTORS + 1}`;
    const rows = await rawRows<[string]>(this.dataSource, sql, [tenantId, actor, likePart(actor)]);
    return rows.length > MAX_ACTORS ? undefined : rows.map(([id]) => id);
  }
}

/** Picks the index that narrows most; whatever it does not cover is checked on at most `SCAN_BUDGET` entries. */
function candidatesOf(
  tenantId: string,
  filter: AuditFilter,
  actors: string[] | undefined,
  limit: number,
  before: AuditListKey | undefined,
): Candidates {
  const where = new SqlConditions().add('tenant_id = ?', tenantId);
  addTimes(where, filter);
  if (before !== undefined) {
    const { occurredAt, sequence } = before;
    // The first condition lets partitions be left out, the second is the place.
    where.add(`occurred_at <= ? AND (occurred_at, sequence) < (?, ${where.bind(sequence)})`, occurredAt);
  }
  const rest: AuditFilter = { ...filter, from: undefined, to: undefined };
  if (filter.connectionId !== undefined) {
    where.add('connection_id = ?', filter.connectionId);
    delete rest.connectionId;
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
  return withRest(where, `SELECT * FROM audit_entry WHERE ${where.text} ${ORDER}`, rest, SCAN_BUDGET, limit);
}

/** The newest entries of each actor, merged; an index per actor gives them in order. */
function ofSeveralActors(
  where: SqlConditions,
  rest: AuditFilter,
  actors: string[],
  limit: number,
): Candidates {
  const each = `SELECT * FROM audit_entry WHERE actor_id = a.id AND ${where.text} ${ORDER} LIMIT ${limit + 1}`;
  const sql = `SELECT e.* FROM unnest(${where.bind(actors)}::text[]) AS a(id) CROSS JOIN LATERAL (${each}) AS e ${ORDER}`;
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
