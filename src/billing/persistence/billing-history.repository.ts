import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { BillingHistoryReader, PushedCharge } from '../domain/billing-history.js';
import { fromSubscriptionJson } from './json-codec.js';

@Injectable()
export class BillingHistoryRepository implements BillingHistoryReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async reportedStates(connectionId: string, subscriptionIds: readonly string[]): Promise<Subscription[]> {
    const rows = await this.rows<{ subscription: object }>(
      `SELECT DISTINCT ON (subscription_id, revision) subscription FROM billing_change
       WHERE connection_id = $1 AND subscription_id = ANY($2::text[]) ORDER BY subscription_id, revision, recorded_at DESC`,
      [connectionId, subscriptionIds],
    );
    return rows.map(({ subscription }) => fromSubscriptionJson(subscription));
  }

  pushedCharges(connectionId: string, subscriptionIds: readonly string[]): Promise<PushedCharge[]> {
    return this.rows<PushedCharge>(
      `SELECT subscription_id AS "subscriptionId", external_id AS "externalId", state, effective_on::text AS "effectiveOn"
       FROM billing_operation
       WHERE connection_id = $1 AND subscription_id = ANY($2::text[]) AND kind IN ('createCharge', 'updateCharge') AND state <> 'dismissed'
       ORDER BY sequence`,
      [connectionId, subscriptionIds],
    );
  }

  async ownLines(connectionId: string, subscriptionIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.rows<{ subscriptionId: string; externalId: string }>(
      `SELECT subscription_id AS "subscriptionId", line_external_id AS "externalId" FROM billing_line
       WHERE connection_id = $1 AND subscription_id = ANY($2::text[]) AND is_mapped AND line_external_id IS NOT NULL`,
      [connectionId, subscriptionIds],
    );
    return new Map(rows.map(({ subscriptionId, externalId }) => [subscriptionId, externalId]));
  }

  private rows<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}
