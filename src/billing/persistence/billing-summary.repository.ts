import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { CurrencyCode } from '../../kernel/currency.js';
import { money } from '../../kernel/money.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { BillingSummary, BillingSummaryReader } from '../domain/billing-summary.js';

type Row = Omit<BillingSummary, 'driftImpact'> & { driftImpact: string };

/** `$1` connections. A finding in another currency than the connection's cannot arise; it is left out of the sum all the same. */
const SUMMARIES = `
  SELECT connection.id AS "connectionId",
    (SELECT count(*)::int FROM billing_operation WHERE connection_id = connection.id AND state = 'failed') AS "failedOperations",
    (SELECT count(*)::int FROM billing_operation
     WHERE connection_id = connection.id AND state IN ('pending', 'sending', 'verifying')) AS "openOperations",
    (SELECT count(DISTINCT subscription_id)::int FROM billing_change
     WHERE connection_id = connection.id AND state = 'pending') AS "waitingSubscriptions",
    (SELECT count(*)::int FROM billing_plan WHERE connection_id = connection.id AND state = 'approved') AS "plansToApprove",
    drift.findings AS "openDrift", drift.impact::text AS "driftImpact",
    (SELECT stop_reason FROM billing_push WHERE connection_id = connection.id) AS "stopReason"
  FROM connection
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS findings,
      coalesce(sum(impact_amount) FILTER (WHERE impact_currency = connection.currency), 0) AS impact
    FROM billing_drift WHERE connection_id = connection.id AND state = 'open'
  ) AS drift
  WHERE connection.id = ANY($1::uuid[])`;

@Injectable()
export class BillingSummaryRepository implements BillingSummaryReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async of(connections: readonly { id: string; currency: CurrencyCode }[]): Promise<BillingSummary[]> {
    const currencies = new Map(connections.map(({ id, currency }) => [id, currency]));
    const rows = await rowsOf<Row>(this.dataSource.manager, SUMMARIES, [[...currencies.keys()]]);
    return rows.flatMap(({ driftImpact, ...row }) => {
      const currency = currencies.get(row.connectionId);
      return currency === undefined ? [] : [{ ...row, driftImpact: money(driftImpact, currency) }];
    });
  }
}
