import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { preparedRowsOf, rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import {
  type AuditBody,
  type AuditEntry,
  canonicalParts,
  CHAIN_FORMAT,
  chainHash,
  GENESIS_HASH,
} from '../domain/audit-entry.js';
import type { AuditFilter, AuditListKey, AuditStore } from '../domain/audit-store.js';
import { AuditListReader } from './audit-list-reader.js';

/**
 * One statement moves the head and inserts the entry, so no second round trip holds the lock. Time does not run backwards within
 * a chain: where replicas' clocks differ, the later one counts, so that order by time is order in the chain. The hash is `chainHash()`
 * of the domain, in SQL, over a place and a time that are known only when the head is locked.
 */
const APPEND = `
  WITH head AS (
    UPDATE audit_chain_head AS h SET
      sequence = h.sequence + 1,
      previous_hash = h.hash,
      occurred_at = GREATEST(h.occurred_at, $6),
      hash = encode(sha256(convert_to(concat_ws(E'\\n', $2::text, h.hash, h.sequence + 1, $3::text ||
        to_char(GREATEST(h.occurred_at, $6) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || $4::text), 'UTF8')), 'hex')
    WHERE tenant_id = $1
    RETURNING sequence, previous_hash, hash, occurred_at
  ), actor AS (
    INSERT INTO audit_actor (tenant_id, actor_id, actor_name) VALUES ($1, $9, $10) ON CONFLICT DO NOTHING
  )
  INSERT INTO audit_entry (id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id,
    subject_type, subject_id, subject_label, details, correlation_id, previous_hash, hash)
  SELECT $5, $1, head.sequence, head.occurred_at, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, head.previous_hash, head.hash
  FROM head RETURNING sequence`;

/** A chain before its first entry; whoever comes second waits for the first to commit. */
const BEGIN_CHAIN = `
  INSERT INTO audit_chain_head (tenant_id, sequence, previous_hash, hash) VALUES ($1, 0, $2, $2) ON CONFLICT DO NOTHING`;

/**
 * The head as it is until the transaction ends, its time as a body has it. That it names the entries, of which it reads none, locks
 * their table before the head, as an append and an archive do: in the other order an archive that has the table and waits for the head
 * and entries that wait for the table would wait for each other.
 */
const LOCK_HEAD = `
  SELECT sequence, hash, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt"
  FROM audit_chain_head WHERE tenant_id = $1 AND NOT EXISTS (SELECT FROM audit_entry WHERE false) FOR UPDATE`;

const APPEND_ALL = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS given (id uuid, sequence bigint, "occurredAt" timestamptz, operation text,
      outcome text, "actorId" text, "actorName" text, "connectionId" uuid, "subjectType" text, "subjectId" text, "subjectLabel" text,
      details jsonb, "correlationId" text, "previousHash" text, hash text)
  ), head AS (
    UPDATE audit_chain_head AS h SET sequence = given.sequence, previous_hash = given."previousHash", hash = given.hash,
      occurred_at = given."occurredAt"
    FROM given WHERE h.tenant_id = $1 AND given.sequence = (SELECT max(sequence) FROM given)
  ), actor AS (
    INSERT INTO audit_actor (tenant_id, actor_id, actor_name)
    SELECT DISTINCT $1, "actorId", "actorName" FROM given ON CONFLICT DO NOTHING
  )
  INSERT INTO audit_entry (id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id,
    subject_type, subject_id, subject_label, details, correlation_id, previous_hash, hash)
  SELECT id, $1, sequence, "occurredAt", operation, outcome, "actorId", "actorName", "connectionId", "subjectType", "subjectId",
    "subjectLabel", details, "correlationId", "previousHash", hash
  FROM given ORDER BY sequence`;

interface LockedHead {
  sequence: string;
  hash: string;
  /** Null before the first entry. */
  occurredAt: string | null;
}

@Injectable()
export class AuditEntryRepository implements AuditStore {
  readonly #reader: AuditListReader;

  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) dataSource: DataSource) {
    this.#reader = new AuditListReader(dataSource);
  }

  async append(tx: Transaction, body: AuditBody): Promise<void> {
    const { before, after } = canonicalParts(body);
    const values = [
      body.tenantId,
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
    ];
    const append = (): Promise<object[]> => preparedRowsOf(managerOf(tx), APPEND, values);
    if ((await append()).length > 0) return;
    await this.beginChain(tx, body.tenantId);
    if ((await append()).length === 0) throw new Error('An audit entry was not written');
  }

  async appendAll(tx: Transaction, bodies: readonly AuditBody[]): Promise<void> {
    for (const [tenantId, own] of Map.groupBy(bodies, (body) => body.tenantId)) {
      await this.appendToChain(tx, tenantId, own);
    }
  }

  private async appendToChain(
    tx: Transaction,
    tenantId: string,
    bodies: readonly AuditBody[],
  ): Promise<void> {
    if (bodies.length === 0) return;
    const head = (await this.lockHead(tx, tenantId)) ?? (await this.beginChain(tx, tenantId));
    await rowsOf(managerOf(tx), APPEND_ALL, [tenantId, JSON.stringify(chainedTo(head, bodies))]);
  }

  private async lockHead(tx: Transaction, tenantId: string): Promise<LockedHead | undefined> {
    const [head] = await rowsOf<LockedHead>(managerOf(tx), LOCK_HEAD, [tenantId]);
    return head;
  }

  private async beginChain(tx: Transaction, tenantId: string): Promise<LockedHead> {
    await rowsOf(managerOf(tx), BEGIN_CHAIN, [tenantId, GENESIS_HASH]);
    const head = await this.lockHead(tx, tenantId);
    if (head === undefined) throw new Error('A chain was not begun');
    return head;
  }

  list(
    tenantId: string,
    filter: AuditFilter,
    { limit }: PageRequest,
    before: AuditListKey | undefined,
  ): Promise<Page<AuditEntry>> {
    return this.#reader.list({ tenantId, filter, limit, before });
  }
}

/** Rows for entries that follow a head, each with its hash over the one before it. */
function chainedTo(head: LockedHead, bodies: readonly AuditBody[]): object[] {
  let { sequence, hash, occurredAt } = head;
  return bodies.map((body) => {
    const previousHash = hash;
    sequence = (BigInt(sequence) + 1n).toString();
    // Time does not run backwards within a chain; both are ISO texts of the same form.
    occurredAt = occurredAt === null || body.occurredAt > occurredAt ? body.occurredAt : occurredAt;
    hash = chainHash(previousHash, sequence, { ...body, occurredAt });
    const { id, operation, outcome, actor, connectionId, subject, details, correlationId } = body;
    return {
      id,
      sequence,
      occurredAt,
      operation,
      outcome,
      actorId: actor.id,
      actorName: actor.name,
      connectionId,
      subjectType: subject.type,
      subjectId: subject.id,
      subjectLabel: subject.label,
      details,
      correlationId,
      previousHash,
      hash,
    };
  });
}
