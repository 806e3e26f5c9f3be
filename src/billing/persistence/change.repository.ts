import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { preparedRowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { BillingLine } from '../domain/billing-line.js';
import type { ChangeStore, PendingChange } from '../domain/pending-change.js';
import { fromSubscriptionJson, toSubscriptionJson } from './json-codec.js';

type ChangeRow = Omit<PendingChange, 'subscription'> & { subscription: object };

const CHANGE = `id, connection_id AS "connectionId", tenant_id AS "tenantId", subscription_id AS "subscriptionId",
  subscription, hold_reason AS "holdReason", actor_id AS "actorId", actor_name AS "actorName",
  correlation_id AS "correlationId", recorded_at AS "recordedAt"`;

@Injectable()
export class ChangeRepository implements ChangeStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async add(tx: Transaction, changes: readonly PendingChange[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ subscription, ...change }) => ({
      ...change,
      revision: subscription.revision,
      subscription: toSubscriptionJson(subscription),
    }));
    await preparedRowsOf(
      managerOf(tx),
      `INSERT INTO billing_change (id, connection_id, tenant_id, subscription_id, revision, subscription, state, actor_id,
         actor_name, correlation_id, recorded_at)
       SELECT id, "connectionId", "tenantId", "subscriptionId", revision, subscription, 'pending', "actorId", "actorName",
         "correlationId", "recordedAt"
       FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, "connectionId" uuid, "tenantId" text, "subscriptionId" text,
         revision integer, subscription jsonb, "actorId" text, "actorName" text, "correlationId" text, "recordedAt" timestamptz)
       ON CONFLICT (connection_id, subscription_id, revision) WHERE state = 'pending' DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  async pending(
    connectionId: string,
    options: { subscriptionIds?: readonly string[]; isHeldIncluded: boolean; limit: number },
  ): Promise<PendingChange[]> {
    // Whole subscriptions: a line is planned from all its changes or not at all.
    const rows = await this.rows<ChangeRow>(
      `SELECT ${CHANGE} FROM billing_change
       WHERE connection_id = $1 AND state = 'pending' AND subscription_id IN (
         SELECT subscription_id FROM billing_change
         WHERE connection_id = $1 AND state = 'pending' AND ($2::text[] IS NULL OR subscription_id = ANY($2))
         GROUP BY subscription_id HAVING $3::boolean OR bool_and(hold_reason IS NULL)
         ORDER BY min(recorded_at), subscription_id LIMIT $4)
       ORDER BY recorded_at, revision`,
      [connectionId, options.subscriptionIds ?? null, options.isHeldIncluded, options.limit],
    );
    return rows.map((row) => ({ ...row, subscription: fromSubscriptionJson(row.subscription) }));
  }

  async lock(tx: Transaction, ids: readonly string[]): Promise<boolean> {
    const rows = await preparedRowsOf(
      managerOf(tx),
      `SELECT id FROM billing_change WHERE id = ANY($1::uuid[]) AND state = 'pending' ORDER BY id FOR UPDATE`,
      [ids],
    );
    return rows.length === ids.length;
  }

  async close(tx: Transaction, ids: readonly string[], state: 'planned' | 'dismissed'): Promise<void> {
    if (ids.length === 0) return;
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_change SET state = $2, hold_reason = NULL WHERE id = ANY($1::uuid[]) AND state = 'pending'`,
      [ids, state],
    );
  }

  async dismissOf(tx: Transaction, connectionId: string, subscriptionIds: readonly string[]): Promise<void> {
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_change SET state = 'dismissed', hold_reason = NULL
       WHERE connection_id = $1 AND subscription_id = ANY($2::text[]) AND state = 'pending'`,
      [connectionId, subscriptionIds],
    );
  }

  async hold(tx: Transaction, ids: readonly string[], reason: string): Promise<void> {
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_change SET hold_reason = $2 WHERE id = ANY($1::uuid[]) AND state = 'pending'`,
      [ids, reason],
    );
  }

  async reopen(tx: Transaction, line: BillingLine, fromRevision: number): Promise<void> {
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_change AS change SET state = 'pending'
       WHERE connection_id = $1 AND subscription_id = $2 AND revision >= $3 AND state = 'planned'
         AND NOT EXISTS (SELECT FROM billing_change AS other WHERE other.connection_id = $1 AND other.subscription_id = $2
           AND other.revision = change.revision AND other.state = 'pending')
         AND id = (SELECT id FROM billing_change AS newest WHERE newest.connection_id = $1 AND newest.subscription_id = $2
           AND newest.revision = change.revision ORDER BY recorded_at DESC, id LIMIT 1)`,
      [line.connectionId, line.subscriptionId, fromRevision],
    );
  }

  async connections(now: Date, recordedBefore: Date): Promise<string[]> {
    const rows = await this.rows<{ id: string }>(
      `SELECT DISTINCT change.connection_id AS id FROM billing_change AS change
       JOIN connection ON connection.id = change.connection_id
       LEFT JOIN billing_push AS push ON push.connection_id = change.connection_id
       WHERE change.state = 'pending' AND change.hold_reason IS NULL AND change.recorded_at < $2
         AND connection.state = 'active' AND connection.policies ->> 'applyMode' = 'automatic'
         AND (push.leased_until IS NULL OR push.leased_until < $1)`,
      [now, recordedBefore],
    );
    return rows.map(({ id }) => id);
  }

  private rows<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return preparedRowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}
