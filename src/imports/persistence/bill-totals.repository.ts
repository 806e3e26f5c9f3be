import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { PoolClient } from 'pg';
import QueryStream from 'pg-query-stream';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { type BillTotal, BillTotals } from '../domain/bill-totals.js';

/** Rows fetched at once while streaming. */
const FETCH_ROWS = 1_000;
const SEAT_TYPES = `('new', 'renew', 'cycleCharge', 'addQuantity', 'removeQuantity', 'moveQuantity', 'cancelImmediate', 'convert',
  'changeBillingPlan', 'extendTerm')`;

const CLASS = `
  CASE WHEN charge_type IN ${SEAT_TYPES} THEN 'seats'
    WHEN charge_type IN ('usage', 'oneTime', 'fee', 'reservation', 'tax') THEN charge_type
    WHEN charge_type = 'customerCredit' THEN 'credit' ELSE 'other' END`;
/** A charge, not the refund beside it. */
const CHARGED = `subtotal >= 0 AND quantity > 0`;
const LATEST = `ORDER BY charge_start DESC, order_date DESC NULLS LAST, id DESC`;

const OF_MONTH = `
  SELECT customer_id AS "customerId", max(customer_name) AS "customerName", subscription_id AS "subscriptionId",
    max(product_name) AS "productName", bill_class AS "billClass", source, currency, count(*)::int AS lines,
    sum(subtotal) AS subtotal, min(charge_start)::text AS "chargeStart", max(charge_end)::text AS "chargeEnd",
    (array_agg(quantity::text ${LATEST}) FILTER (WHERE ${CHARGED}))[1] AS quantity,
    (array_agg(unit_price::text ${LATEST}) FILTER (WHERE ${CHARGED}))[1] AS "unitPrice",
    (array_agg(charge_start::text ${LATEST}) FILTER (WHERE ${CHARGED}))[1] AS "from",
    max(charge_start) FILTER (WHERE subtotal < 0)::text AS "refundedFrom",
    max(charge_start) FILTER (WHERE charge_type = 'cancelImmediate')::text AS "cancelledFrom",
    count(DISTINCT quantity) FILTER (WHERE ${CHARGED} AND is_last)::int AS candidates
  FROM (
    SELECT *, ${CLASS} AS bill_class,
      rank() OVER (PARTITION BY customer_id, subscription_id, source, currency, charge_type IN ${SEAT_TYPES}
        ORDER BY (${CHARGED}) DESC, charge_start DESC, order_date DESC NULLS LAST) = 1 AS is_last
    FROM imported_line
    WHERE tenant_id = $1 AND billing_month = $2::date AND superseded_by IS NULL
  ) AS line
  GROUP BY customer_id, subscription_id, bill_class, source, currency
  ORDER BY subscription_id COLLATE "C" NULLS FIRST, customer_id COLLATE "C", bill_class, source, currency`;

type TotalRow = Omit<BillTotal, 'subtotal' | 'lastSeats' | 'isAmbiguous'> & {
  subtotal: string;
  quantity: string | null;
  unitPrice: string | null;
  from: LocalDate | null;
  refundedFrom: LocalDate | null;
  cancelledFrom: LocalDate | null;
  candidates: number;
};

@Injectable()
export class PostgresBillTotals extends BillTotals {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {
    super();
  }

  async *ofMonth(tenantId: string, month: LocalDate): AsyncGenerator<BillTotal> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const rows = client.query(new QueryStream(OF_MONTH, [tenantId, month], { batchSize: FETCH_ROWS }));
      for await (const row of rows) yield fromRow(row as TotalRow);
    } finally {
      await runner.release();
    }
  }

  async hasSeats(tenantId: string, month: LocalDate): Promise<boolean> {
    const rows = await rowsOf(
      this.dataSource.manager,
      `SELECT 1 FROM imported_line
       WHERE tenant_id = $1 AND billing_month = $2::date AND superseded_by IS NULL AND charge_type IN ${SEAT_TYPES} LIMIT 1`,
      [tenantId, month],
    );
    return rows.length > 0;
  }
}

function fromRow(total: TotalRow): BillTotal {
  const { quantity, unitPrice, from, refundedFrom, cancelledFrom, candidates, subtotal, ...row } = total;
  const isSeats = row.billClass === 'seats';
  // A change of seats charges what is left on the day it refunds; a cancellation does not.
  const isOver =
    from === null ||
    (refundedFrom !== null && refundedFrom > from) ||
    (cancelledFrom !== null && cancelledFrom >= from);
  return {
    ...row,
    subtotal: new MoneyDecimal(subtotal),
    lastSeats: isSeats
      ? {
          quantity: new MoneyDecimal(isOver ? 0 : (quantity ?? 0)),
          unitPrice: new MoneyDecimal(unitPrice ?? 0),
          from: isOver ? (cancelledFrom ?? refundedFrom ?? row.chargeStart) : from,
        }
      : null,
    isAmbiguous: isSeats && !isOver && candidates > 1,
  };
}
