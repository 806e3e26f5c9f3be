import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { ConnectionOfCustomer, CustomerLineStore, LineOfCustomer } from '../domain/customer-line.js';
import { fromLine, IS_KEPT, LINE, type LineRow } from './line-row.js';

@Injectable()
export class CustomerLineRepository implements CustomerLineStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  connectionsOfCustomers(
    tx: Transaction,
    tenantId: string,
    customerIds: readonly string[],
  ): Promise<ConnectionOfCustomer[]> {
    return rowsOf<ConnectionOfCustomer>(
      managerOf(tx),
      `SELECT DISTINCT connection_id AS "connectionId", customer_id AS "customerId" FROM (
         SELECT line.connection_id, coalesce(line.known ->> 'customerId', (
           SELECT change.subscription ->> 'customerId' FROM billing_change AS change
           WHERE change.connection_id = line.connection_id AND change.subscription_id = line.subscription_id LIMIT 1)) AS customer_id
         FROM billing_line AS line WHERE line.tenant_id = $1 AND line.is_mapped AND ${IS_KEPT}) AS line
       WHERE customer_id = ANY($2::text[])`,
      [tenantId, customerIds],
    );
  }

  async linesOfCustomers(tenantId: string, customerIds: readonly string[]): Promise<LineOfCustomer[]> {
    // A line that was never planned is told by the change that waits for it.
    const rows = await rowsOf<LineRow & Pick<LineOfCustomer, 'customerId' | 'kind' | 'currency'>>(
      this.dataSource.manager,
      `SELECT ${LINE}, told ->> 'customerId' AS "customerId", told ->> 'kind' AS kind,
         (SELECT currency FROM connection WHERE connection.id = line.connection_id) AS currency FROM (
         SELECT line.*, coalesce(line.known, (
           SELECT subscription FROM billing_change AS change
           WHERE change.connection_id = line.connection_id AND change.subscription_id = line.subscription_id
           ORDER BY revision DESC LIMIT 1)) AS told
         FROM billing_line AS line WHERE line.tenant_id = $1 AND line.is_mapped AND ${IS_KEPT}) AS line
       WHERE told ->> 'customerId' = ANY($2::text[]) ORDER BY subscription_id COLLATE "C", connection_id, id`,
      [tenantId, customerIds],
    );
    return rows.map(({ customerId, kind, currency, ...row }) => ({
      ...fromLine(row),
      customerId,
      kind,
      currency,
    }));
  }
}
