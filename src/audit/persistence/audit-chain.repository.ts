import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import type { AuditChainReader, AuditFilter, ChainPoint } from '../domain/audit-store.js';
import { addFilter, SqlConditions } from './audit-filter-sql.js';
import { AUDIT_COLUMNS, type AuditRow, fromRow } from './audit-row.js';
import { rawRows } from './raw-rows.js';

/** Tables with rows of every tenant that was ever written to, beside its entries. */
const TRACES = ['audit_chain_head', 'audit_checkpoint', 'audit_seal', 'audit_actor'] as const;

/** One look into the indexes for each tenant, however many entries it has. */
const KNOWN_TENANTS = `
  WITH RECURSIVE entry (tenant_id) AS (
    (SELECT tenant_id FROM audit_entry ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.tenant_id FROM audit_entry AS e WHERE e.tenant_id > entry.tenant_id ORDER BY e.tenant_id LIMIT 1)
    FROM entry WHERE entry.tenant_id IS NOT NULL
  )
  SELECT tenant_id FROM entry WHERE tenant_id IS NOT NULL
  ${TRACES.map((table) => `UNION SELECT tenant_id FROM ${table}`).join(' ')} ORDER BY 1`;

/** In one statement, so that a chain that begins meanwhile lacks nothing. */
const LACKS_HEAD = `
  SELECT 1 WHERE NOT EXISTS (SELECT FROM audit_chain_head WHERE tenant_id = $1)
    AND (${['audit_entry', ...TRACES].map((table) => `EXISTS (SELECT FROM ${table} WHERE tenant_id = $1)`).join(' OR ')})`;

/** `AuditChainReader` by keyset on (tenant, sequence): no long transaction, and no more than a page in memory on either side. */
@Injectable()
export class AuditChainRepository implements AuditChainReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async tenants(): Promise<string[]> {
    const sql = 'SELECT tenant_id FROM audit_chain_head ORDER BY tenant_id';
    return (await rawRows<[string]>(this.dataSource, sql, [])).map(([tenantId]) => tenantId);
  }

  async knownTenants(): Promise<string[]> {
    return (await rawRows<[string]>(this.dataSource, KNOWN_TENANTS, [])).map(([tenantId]) => tenantId);
  }

  async lacksHead(tenantId: string): Promise<boolean> {
    return (await rawRows(this.dataSource, LACKS_HEAD, [tenantId])).length > 0;
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
