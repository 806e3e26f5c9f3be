import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { AuditCheckpoint } from '../../ports/host/audit-anchor.port.js';
import { ArchiveRefusedError } from '../domain/audit.errors.js';
import type { ChainPoint } from '../domain/audit-store.js';
import { TEXT_BLOCK } from '../domain/audit-text.js';
import type { ArchivedChain, CheckpointStore } from '../domain/checkpoint-store.js';

interface CheckpointRow {
  tenant_id: string;
  sequence: string;
  hash: string;
  created_at: Date;
  key_id: string;
  public_key: string;
  signature: string;
}

const COLUMNS = 'tenant_id, sequence, hash, created_at, key_id, public_key, signature';
const PARTITIONS = `
  SELECT c.relname AS name FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'audit_entry'::regclass AND audit_partition_bound(c.relname, 'TO') <= $1`;

@Injectable()
export class CheckpointRepository implements CheckpointStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async list(tenantId: string): Promise<AuditCheckpoint[]> {
    const sql = `SELECT ${COLUMNS} FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY sequence`;
    return (await rowsOf<CheckpointRow>(this.dataSource.manager, sql, [tenantId])).map(fromRow);
  }

  async newest(tenantId: string): Promise<AuditCheckpoint | null> {
    const sql = `SELECT ${COLUMNS} FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY sequence DESC LIMIT 1`;
    const [row] = await rowsOf<CheckpointRow>(this.dataSource.manager, sql, [tenantId]);
    return row === undefined ? null : fromRow(row);
  }

  async add(checkpoint: AuditCheckpoint): Promise<void> {
    await rowsOf(
      this.dataSource.manager,
      `INSERT INTO audit_checkpoint (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      toRow(checkpoint),
    );
  }

  async unpublished(limit: number, passedOver: readonly string[]): Promise<AuditCheckpoint[]> {
    const sql = `SELECT ${COLUMNS} FROM audit_checkpoint
      WHERE published_at IS NULL AND tenant_id <> ALL($2::text[]) ORDER BY created_at, tenant_id, sequence LIMIT $1`;
    return (await rowsOf<CheckpointRow>(this.dataSource.manager, sql, [limit, passedOver])).map(fromRow);
  }

  async countUnpublished(): Promise<number> {
    const sql = 'SELECT count(*)::int AS count FROM audit_checkpoint WHERE published_at IS NULL';
    const [row] = await rowsOf<{ count: number }>(this.dataSource.manager, sql);
    return row?.count ?? 0;
  }

  async markPublished({ tenantId, sequence }: AuditCheckpoint, at: Date): Promise<void> {
    const sql = 'UPDATE audit_checkpoint SET published_at = $3 WHERE tenant_id = $1 AND sequence = $2';
    await rowsOf(this.dataSource.manager, sql, [tenantId, sequence, at]);
  }

  async seal(tenantId: string): Promise<ChainPoint | null> {
    const sql = `SELECT s.sequence, c.hash FROM audit_seal AS s JOIN audit_checkpoint AS c USING (tenant_id, sequence)
      WHERE tenant_id = $1 ORDER BY s.sequence DESC LIMIT 1`;
    const [row] = await rowsOf<ChainPoint>(this.dataSource.manager, sql, [tenantId]);
    return row ?? null;
  }

  async lastBefore(instant: Date): Promise<{ tenantId: string; sequence: string; isContiguous: boolean }[]> {
    // Only whole partitions leave, so what the last of them holds counts, wherever the instant lies.
    const sql = `
      WITH bound AS (SELECT max(audit_partition_bound(name, 'TO')) AS at FROM (${PARTITIONS}) AS p)
      SELECT h.tenant_id AS "tenantId", old.sequence, COALESCE(later.sequence > old.sequence, true) AS "isContiguous"
      FROM bound CROSS JOIN audit_chain_head AS h
      CROSS JOIN LATERAL (SELECT max(sequence) AS sequence FROM audit_entry WHERE tenant_id = h.tenant_id AND occurred_at < bound.at) AS old
      CROSS JOIN LATERAL (SELECT min(sequence) AS sequence FROM audit_entry WHERE tenant_id = h.tenant_id AND occurred_at >= bound.at) AS later
      WHERE old.sequence IS NOT NULL ORDER BY 1`;
    return rowsOf(this.dataSource.manager, sql, [instant]);
  }

  async dropBefore(
    tx: Transaction,
    instant: Date,
    archived: readonly ArchivedChain[],
    sealedAt: Date,
  ): Promise<void> {
    const manager = managerOf(tx);
    await manager.query(`SET LOCAL lock_timeout = '10s'`);
    await manager.query('LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE');
    const names = (await rowsOf<{ name: string }>(manager, PARTITIONS, [instant])).map(({ name }) => name);
    await this.demandArchived(tx, names, archived);
    for (const { checkpoint, fileName } of archived) {
      const { tenantId, sequence } = checkpoint;
      await manager.query(
        `INSERT INTO audit_checkpoint (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        toRow(checkpoint),
      );
      await manager.query('INSERT INTO audit_seal VALUES ($1, $2, $3, $4)', [
        tenantId,
        sequence,
        sealedAt,
        fileName,
      ]);
      await manager.query(
        'DELETE FROM audit_text_block WHERE tenant_id = $1 AND (block + 1) * $3::bigint <= $2',
        [tenantId, sequence, TEXT_BLOCK],
      );
    }
    const [bound] = await rowsOf<{ at: Date }>(
      manager,
      'SELECT max(audit_partition_bound(name, $2)) AS at FROM unnest($1::text[]) AS p(name)',
      [names, 'TO'],
    );
    for (const name of names) await manager.query(`DROP TABLE "${name}"`);
    await manager.query(`SELECT audit_add_partition('audit_entry_earlier', NULL, $1)`, [bound?.at]);
  }

  async addMonths(through: Date): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      // Appends wait for this lock, so it gives up rather than wait behind a long transaction.
      await manager.query(`SET LOCAL lock_timeout = '5s'`);
      const [row] = await rowsOf<{ added: number }>(manager, 'SELECT audit_add_months($1) AS added', [
        through,
      ]);
      return row?.added ?? 0;
    });
  }

  /** Entries may have come into the old partitions since they were written out. */
  private async demandArchived(
    tx: Transaction,
    names: string[],
    archived: readonly ArchivedChain[],
  ): Promise<void> {
    const known = new Map(archived.map(({ checkpoint }) => [checkpoint.tenantId, checkpoint.sequence]));
    for (const name of names) {
      const sql = `SELECT tenant_id AS "tenantId", max(sequence) AS sequence FROM "${name}" GROUP BY tenant_id`;
      for (const { tenantId, sequence } of await rowsOf<{ tenantId: string; sequence: string }>(
        managerOf(tx),
        sql,
      )) {
        if (BigInt(known.get(tenantId) ?? 0) >= BigInt(sequence)) continue;
        throw new ArchiveRefusedError(
          `entry ${sequence} of tenant ${tenantId} came in meanwhile; start again.`,
          tenantId,
        );
      }
    }
  }
}

function fromRow(row: CheckpointRow): AuditCheckpoint {
  return {
    tenantId: row.tenant_id,
    sequence: row.sequence,
    hash: row.hash,
    createdAt: row.created_at.toISOString(),
    keyId: row.key_id,
    publicKey: row.public_key,
    signature: row.signature,
  };
}

function toRow(checkpoint: AuditCheckpoint): unknown[] {
  const { tenantId, sequence, hash, createdAt, keyId, publicKey, signature } = checkpoint;
  return [tenantId, sequence, hash, createdAt, keyId, publicKey, signature];
}
