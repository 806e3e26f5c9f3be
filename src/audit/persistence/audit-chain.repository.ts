import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import type { AuditChainReader, AuditFilter, ChainPoint } from '../domain/audit-store.js';
import { addFilter, SqlConditions } from './audit-filter-sql.js';
import { AUDIT_COLUMNS, type AuditRow, fromRow } from './audit-row.js';
import { rawRows } from './raw-rows.js';

/** `AuditChainReader` by keyset on (tenant, sequence): no long transaction, and no more than a page in memory on either side. */
@Injectable()
export class AuditChainRepository implements AuditChainReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async tenants(): Promise<string[]> {
    const sql = 'SELECT tenant_id FROM audit_chain_head ORDER BY tenant_id';
    return (await rawRows<[string]>(this.dataSource, sql, [])).map(([tenantId]) => tenantId);
  }

  async head(tenantId: string): Promise<ChainPoint | null> {
    const sql = 'SELECT sequence, hash FROM audit_chain_head WHERE tenant_id = $1';
    const [row] = await rawRows<[string, string]>(this.dataSource, sql, [tenantId]);
    return row === undefined ? null : { sequence: row[0], hash: row[1] };
  }

  async read(
    tenantId: string,
    after: string,
    through: string,
    limit: number,
    filter: AuditFilter = {},
  ): Promise<AuditEntry[]> {
    const where = new SqlConditions()
      .add('tenant_id = ?', tenantId)
      .add('sequence > ?', after)
      .add('sequence <= ?', through);
    addFilter(where, filter);
    const sql = `SELECT ${AUDIT_COLUMNS} FROM audit_entry WHERE ${where.text} ORDER BY sequence LIMIT ${where.bind(limit)}`;
    return (await rawRows<AuditRow>(this.dataSource, sql, where.parameters)).map(fromRow);
  }
}
