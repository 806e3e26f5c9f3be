import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import type { AuditTextIndex, TextBlock } from '../domain/audit-text-index.js';
import { rawRows } from './raw-rows.js';

@Injectable()
export class AuditTextRepository implements AuditTextIndex {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async newestBlock(tenantId: string): Promise<number> {
    const sql = 'SELECT block FROM audit_text_block WHERE tenant_id = $1 ORDER BY block DESC LIMIT 1';
    const [row] = await rawRows<[string]>(this.dataSource, sql, [tenantId]);
    return row === undefined ? -1 : Number(row[0]);
  }

  async add(tenantId: string, blocks: readonly TextBlock[]): Promise<void> {
    const rows = blocks.map(({ block, firstAt, lastAt, terms }) => ({
      block,
      begins_at: firstAt,
      ends_at: lastAt,
      terms: `{${terms.join(',')}}`,
    }));
    await this.dataSource.query(
      `INSERT INTO audit_text_block (tenant_id, block, begins_at, ends_at, terms)
      SELECT $1, block, begins_at, ends_at, terms::integer[]
      FROM json_to_recordset($2) AS r(block bigint, begins_at timestamptz, ends_at timestamptz, terms text)
      ON CONFLICT DO NOTHING`,
      [tenantId, JSON.stringify(rows)],
    );
  }
}
