import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { Touched, Watermark } from '../domain/pull-plan.js';
import type { WatermarkStore } from '../domain/watermark-store.js';

const TOUCHED: Readonly<Record<Touched['kind'], { table: string; column: string }>> = {
  contracts: { table: 'sync_touched_contract', column: 'contract_external_id' },
  invoices: { table: 'sync_touched_invoice', column: 'invoice_external_id' },
};

@Injectable()
export class WatermarkRepository implements WatermarkStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  list(connectionId: string): Promise<Watermark[]> {
    return rowsOf<Watermark>(
      this.dataSource.manager,
      `SELECT entity, synced_from AS "syncedFrom", highest_external_id AS "highestExternalId", tracking,
         full_pages AS "fullPages", full_rows AS "fullRows"
       FROM sync_watermark WHERE connection_id = $1`,
      [connectionId],
    );
  }

  async save(tx: Transaction, connectionId: string, watermarks: readonly Watermark[]): Promise<void> {
    await managerOf(tx).query(
      `INSERT INTO sync_watermark (connection_id, entity, synced_from, highest_external_id, tracking, full_pages, full_rows)
       SELECT $1, * FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::integer[], $7::integer[])
       ON CONFLICT (connection_id, entity) DO UPDATE SET synced_from = excluded.synced_from,
         highest_external_id = excluded.highest_external_id, tracking = excluded.tracking,
         full_pages = excluded.full_pages, full_rows = excluded.full_rows`,
      [
        connectionId,
        watermarks.map(({ entity }) => entity),
        watermarks.map(({ syncedFrom }) => syncedFrom),
        watermarks.map(({ highestExternalId }) => highestExternalId),
        watermarks.map(({ tracking }) => tracking),
        watermarks.map(({ fullPages }) => fullPages),
        watermarks.map(({ fullRows }) => fullRows),
      ],
    );
  }

  async touch(tx: Transaction, connectionId: string, { kind, externalIds }: Touched): Promise<void> {
    if (externalIds.length === 0) return;
    const { table, column } = TOUCHED[kind];
    await managerOf(tx).query(
      `INSERT INTO ${table} (connection_id, ${column}) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
      [connectionId, externalIds],
    );
  }

  async touchedAfter(
    connectionId: string,
    kind: Touched['kind'],
    after: string | null,
    limit: number,
  ): Promise<string[]> {
    const { table, column } = TOUCHED[kind];
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      `SELECT ${column} AS id FROM ${table}
       WHERE connection_id = $1 AND ($2::text IS NULL OR ${column} > $2) ORDER BY ${column} LIMIT $3`,
      [connectionId, after, limit],
    );
    return rows.map(({ id }) => id);
  }

  async forgetTouched(tx: Transaction, connectionId: string): Promise<void> {
    for (const { table } of Object.values(TOUCHED)) {
      await managerOf(tx).query(`DELETE FROM ${table} WHERE connection_id = $1`, [connectionId]);
    }
  }
}
