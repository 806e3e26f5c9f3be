import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { containing } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import {
  type AuditBody,
  type AuditEntry,
  canonicalBody,
  CHAIN_FORMAT,
  GENESIS_HASH,
} from '../domain/audit-entry.js';
import type { AuditFilter, AuditStore } from '../domain/audit-store.js';
import { AuditEntryEntity } from './audit-entry.entity.js';

/** `chainHash()` of the domain, in SQL: one statement moves the head and inserts the entry, so no second round trip holds the lock. */
const APPEND = `
  WITH head AS (
    INSERT INTO audit_chain_head AS h (tenant_id, sequence, previous_hash, hash)
    VALUES ($1, 1, $2, encode(sha256(convert_to(concat_ws(E'\\n', $3::text, $2::text, '1', $4::text), 'UTF8')), 'hex'))
    ON CONFLICT (tenant_id) DO UPDATE SET
      sequence = h.sequence + 1,
      previous_hash = h.hash,
      hash = encode(sha256(convert_to(concat_ws(E'\\n', $3::text, h.hash, (h.sequence + 1)::text, $4::text), 'UTF8')), 'hex')
    RETURNING sequence, previous_hash, hash
  )
  INSERT INTO audit_entry (id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id,
    subject_type, subject_id, subject_label, details, correlation_id, previous_hash, hash)
  SELECT $5, $1, head.sequence, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, head.previous_hash, head.hash
  FROM head`;

@Injectable()
export class AuditEntryRepository implements AuditStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async append(tx: Transaction, body: AuditBody): Promise<void> {
    await managerOf(tx).query(APPEND, [
      body.tenantId,
      GENESIS_HASH,
      CHAIN_FORMAT,
      canonicalBody(body),
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
    before: string | undefined,
  ): Promise<Page<AuditEntry>> {
    const query = this.dataSource
      .getRepository(AuditEntryEntity)
      .createQueryBuilder('entry')
      .where('entry.tenantId = :tenantId', { tenantId })
      .orderBy('entry.sequence', 'DESC')
      .limit(limit + 1);
    if (before !== undefined) query.andWhere('entry.sequence < :before', { before });
    narrow(query, filter);
    const rows = await query.getMany();
    return toPage(rows.map(fromRow), limit, (entry) => [entry.sequence]);
  }
}

function narrow(query: SelectQueryBuilder<AuditEntryEntity>, filter: AuditFilter): void {
  const { from, to, operation, outcome, actor, connectionId, text } = filter;
  if (from !== undefined) query.andWhere('entry.occurredAt >= :from', { from });
  if (to !== undefined) query.andWhere('entry.occurredAt < :to', { to });
  if (operation !== undefined) query.andWhere('entry.operation = :operation', { operation });
  if (outcome !== undefined) query.andWhere('entry.outcome = :outcome', { outcome });
  if (connectionId !== undefined) query.andWhere('entry.connectionId = :connectionId', { connectionId });
  if (actor !== undefined) {
    query.andWhere('(entry.actorId = :actor OR entry.actorName ILIKE :actorPart)', {
      actor,
      actorPart: containing(actor),
    });
  }
  if (text !== undefined) {
    // Written as CAST, because TypeORM takes the second colon of `::text` for the start of a parameter.
    query.andWhere(
      '(entry.operation ILIKE :part OR entry.subjectLabel ILIKE :part OR CAST(entry.details AS text) ILIKE :jsonPart)',
      { part: containing(text), jsonPart: containing(insideJson(text)) },
    );
  }
}

/** A text as it stands inside a JSON string, where quotes and backslashes are escaped. */
function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function fromRow(row: AuditEntryEntity): AuditEntry {
  return {
    id: row.id,
    sequence: row.sequence,
    occurredAt: row.occurredAt.toISOString(),
    operation: row.operation,
    outcome: row.outcome,
    actor: { id: row.actorId, name: row.actorName },
    tenantId: row.tenantId,
    connectionId: row.connectionId,
    subject: { type: row.subjectType, id: row.subjectId, label: row.subjectLabel },
    details: row.details,
    correlationId: row.correlationId,
    previousHash: row.previousHash,
    hash: row.hash,
  };
}
