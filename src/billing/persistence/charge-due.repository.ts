import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { ChargeDue, ChargeDueStore } from '../domain/charge-due.js';

@Injectable()
export class ChargeDueRepository implements ChargeDueStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async add(tx: Transaction, due: ChargeDue): Promise<void> {
    await rowsOf(
      managerOf(tx),
      `INSERT INTO billing_charge_due (id, connection_id, tenant_id, charge_id, customer_id, month, actor_id, actor_name,
         correlation_id, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (connection_id, charge_id) DO NOTHING`,
      [
        due.id,
        due.connectionId,
        due.tenantId,
        due.chargeId,
        due.customerId,
        due.month,
        due.actorId,
        due.actorName,
        due.correlationId,
        due.recordedAt,
      ],
    );
  }

  list(connectionId: string, limit: number): Promise<ChargeDue[]> {
    return rowsOf<ChargeDue>(
      this.dataSource.manager,
      `SELECT id, connection_id AS "connectionId", tenant_id AS "tenantId", charge_id AS "chargeId",
         customer_id AS "customerId", month::text AS month, actor_id AS "actorId", actor_name AS "actorName",
         correlation_id AS "correlationId", recorded_at AS "recordedAt"
       FROM billing_charge_due WHERE connection_id = $1 ORDER BY recorded_at, id LIMIT $2`,
      [connectionId, limit],
    );
  }

  async remove(tx: Transaction, ids: readonly string[]): Promise<void> {
    await rowsOf(managerOf(tx), 'DELETE FROM billing_charge_due WHERE id = ANY($1::uuid[])', [ids]);
  }

  async connections(now: Date, recordedBefore: Date): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      `SELECT DISTINCT due.connection_id AS id FROM billing_charge_due AS due
       JOIN connection ON connection.id = due.connection_id
       LEFT JOIN billing_push AS push ON push.connection_id = due.connection_id
       WHERE due.recorded_at < $2 AND connection.state = 'active' AND connection.policies ->> 'applyMode' = 'automatic'
         AND (push.leased_until IS NULL OR push.leased_until < $1)`,
      [now, recordedBefore],
    );
    return rows.map(({ id }) => id);
  }
}
