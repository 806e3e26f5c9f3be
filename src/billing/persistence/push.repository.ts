import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { preparedRowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import { PushLeaseLostError } from '../domain/billing.errors.js';
import type { PushLease, PushState, PushStore } from '../domain/operation-store.js';

/** Of `push`: the lease is held, and nobody has stopped the pushes or the connection meanwhile. `$1` connection, `$2` lease. */
export const MAY_PUSH = `push.connection_id = $1 AND push.lease_token = $2 AND push.stopped_at IS NULL
  AND EXISTS (SELECT FROM connection WHERE connection.id = push.connection_id AND connection.state = 'active')`;

@Injectable()
export class PushRepository implements PushStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async take({ connectionId, token }: PushLease, now: Date, until: Date): Promise<boolean> {
    const taken = await preparedRowsOf(
      this.dataSource.manager,
      `INSERT INTO billing_push (connection_id, lease_token, leased_until) VALUES ($1, $2, $4)
       ON CONFLICT (connection_id) DO UPDATE SET lease_token = $2, leased_until = $4
       WHERE billing_push.leased_until IS NULL OR billing_push.leased_until < $3
       RETURNING connection_id`,
      [connectionId, token, now, until],
    );
    return taken.length > 0;
  }

  async hold(tx: Transaction, { connectionId, token }: PushLease): Promise<void> {
    const held = await preparedRowsOf(
      managerOf(tx),
      `SELECT FROM billing_push AS push WHERE ${MAY_PUSH} FOR SHARE OF push`,
      [connectionId, token],
    );
    if (held.length === 0) throw new PushLeaseLostError(connectionId);
  }

  async renew({ connectionId, token }: PushLease, until: Date): Promise<void> {
    const renewed = await preparedRowsOf(
      this.dataSource.manager,
      `UPDATE billing_push SET leased_until = $3 WHERE connection_id = $1 AND lease_token = $2 RETURNING connection_id`,
      [connectionId, token, until],
    );
    if (renewed.length === 0) throw new PushLeaseLostError(connectionId);
  }

  async release({ connectionId, token }: PushLease): Promise<void> {
    await preparedRowsOf(
      this.dataSource.manager,
      `UPDATE billing_push SET lease_token = NULL, leased_until = NULL WHERE connection_id = $1 AND lease_token = $2`,
      [connectionId, token],
    );
  }

  async isDue(connectionId: string, now: Date): Promise<boolean> {
    const [row] = await preparedRowsOf<{ isDue: boolean }>(
      this.dataSource.manager,
      `SELECT EXISTS (SELECT FROM billing_change WHERE connection_id = $1 AND state = 'pending' AND hold_reason IS NULL)
         OR EXISTS (SELECT FROM billing_charge_due WHERE connection_id = $1)
         OR EXISTS (SELECT FROM billing_operation WHERE connection_id = $1
           AND state IN ('pending', 'sending', 'verifying') AND not_before <= $2) AS "isDue"`,
      [connectionId, now],
    );
    return row?.isDue === true;
  }

  async read(connectionId: string): Promise<PushState> {
    const [row] = await preparedRowsOf<PushState>(
      this.dataSource.manager,
      `SELECT connection_id AS "connectionId", failures, stopped_at AS "stoppedAt", stop_reason AS "stopReason"
       FROM billing_push WHERE connection_id = $1`,
      [connectionId],
    );
    return row ?? { connectionId, failures: 0, stoppedAt: null, stopReason: null };
  }

  async save(tx: Transaction, { connectionId, failures, stoppedAt, stopReason }: PushState): Promise<void> {
    await preparedRowsOf(
      managerOf(tx),
      `INSERT INTO billing_push (connection_id, failures, stopped_at, stop_reason) VALUES ($1, $2, $3, $4)
       ON CONFLICT (connection_id) DO UPDATE SET failures = $2, stopped_at = $3, stop_reason = $4`,
      [connectionId, failures, stoppedAt, stopReason],
    );
  }
}
