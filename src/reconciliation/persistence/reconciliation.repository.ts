import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { PoolClient } from 'pg';
import QueryStream from 'pg-query-stream';
import type { DataSource } from 'typeorm';
import { MoneyDecimal } from '../../kernel/money.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import { type BillingMonth, firstDayOf } from '../domain/billing-month.js';
import type { Finding, FindingKind } from '../domain/finding.js';
import { MonthClosedError } from '../domain/reconciliation.errors.js';
import type {
  ChangesSinceClosing,
  CustomerTotals,
  FindingFilter,
  FindingKey,
  ReconciliationReport,
  ReconciliationStore,
  ReportTotals,
} from '../domain/reconciliation-report.js';
import {
  FINDING_COLUMNS,
  type ChangeRow,
  type FindingRow,
  fromRow,
  INSERT_FINDINGS,
  STORED_COLUMNS,
  toChange,
  toRow,
} from './finding.mapping.js';
import { CHANGES, filterParameters, findingsOf, INPUTS, matching, SUMS } from './reconciliation-queries.js';

/** A company of the PSA that nobody mapped has no customer id, so its name tells it from the others. */
const WHOSE = `CASE WHEN customer_id = '' THEN ' ' || customer_name ELSE customer_id END`;

/** A report that is not complete after this long was given up. */
const GIVEN_UP = `interval '1 hour'`;
/** A report that a newer one replaced is still read by those who began with it. */
const LAST_READ = `interval '10 minutes'`;
const REPORT = `id, connection_id AS "connectionId", tenant_id AS "tenantId", to_char(month, 'YYYY-MM') AS month, currency, inputs,
  computed_at AS "computedAt"`;

interface SumsRow {
  findings: number;
  loss: string;
  gain: string;
  net: string;
  expected: string;
  actual: string;
}

type ReportRow = Omit<ReconciliationReport, 'closing'>;
type SnapshotRow = ReportRow & { closedAt: Date; closedById: string; closedByName: string };

@Injectable()
export class ReconciliationRepository implements ReconciliationStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async inputs(connectionId: string, tenantId: string): Promise<string> {
    const [row] = await this.rows<{ inputs: string }>(INPUTS, [connectionId, tenantId]);
    return row?.inputs ?? '';
  }

  async findOpen(connectionId: string, month: BillingMonth): Promise<ReconciliationReport | null> {
    const [row] = await this.rows<ReportRow>(
      `SELECT ${REPORT} FROM reconciliation_report
       WHERE connection_id = $1 AND month = $2::date AND computed_at IS NOT NULL ORDER BY computed_at DESC, id LIMIT 1`,
      [connectionId, firstDayOf(month)],
    );
    return row === undefined ? null : { ...row, closing: null };
  }

  async findClosed(connectionId: string, month: BillingMonth): Promise<ReconciliationReport | null> {
    const [row] = await this.rows<SnapshotRow>(
      `SELECT ${REPORT}, closed_at AS "closedAt", closed_by_id AS "closedById", closed_by_name AS "closedByName"
       FROM reconciliation_snapshot WHERE connection_id = $1 AND month = $2::date`,
      [connectionId, firstDayOf(month)],
    );
    if (row === undefined) return null;
    const { closedAt, closedById, closedByName, ...report } = row;
    return { ...report, closing: { at: closedAt, by: { id: closedById, name: closedByName } } };
  }

  async begin(
    { id, connectionId, tenantId, month, currency, inputs }: Parameters<ReconciliationStore['begin']>[0],
    at: Date,
  ): Promise<void> {
    await this.rows(
      `DELETE FROM reconciliation_report WHERE computed_at IS NULL AND begun_at < $1::timestamptz - ${GIVEN_UP}`,
      [at],
    );
    await this.rows(
      `INSERT INTO reconciliation_report (id, connection_id, tenant_id, month, currency, inputs, begun_at)
       VALUES ($1, $2, $3, $4::date, $5, $6, $7)`,
      [id, connectionId, tenantId, firstDayOf(month), currency, inputs, at],
    );
  }

  async addFindings(reportId: string, findings: readonly Finding[]): Promise<void> {
    await this.rows(INSERT_FINDINGS, [reportId, JSON.stringify(findings.map(toRow))]);
  }

  async complete(tx: Transaction, reportId: string, at: Date): Promise<void> {
    const manager = managerOf(tx);
    await rowsOf(
      manager,
      `DELETE FROM reconciliation_report AS earlier USING reconciliation_report AS report
       WHERE report.id = $1 AND earlier.connection_id = report.connection_id AND earlier.month = report.month
         AND earlier.computed_at < $2::timestamptz - ${LAST_READ}`,
      [reportId, at],
    );
    await rowsOf(manager, 'UPDATE reconciliation_report SET computed_at = $2 WHERE id = $1', [reportId, at]);
  }

  async drop(reportId: string): Promise<void> {
    await this.rows('DELETE FROM reconciliation_report WHERE id = $1', [reportId]);
  }

  async page(
    report: ReconciliationReport,
    filter: FindingFilter,
    { limit }: PageRequest,
    after: FindingKey | undefined,
  ): Promise<Page<Finding>> {
    const { table, key } = findingsOf(report);
    const rows = await this.rows<FindingRow>(
      `SELECT ${FINDING_COLUMNS} FROM ${table} WHERE ${matching(key)}
         AND ($6::text IS NULL OR (customer_id, finding_id) > ($6::text, $7::text))
       ORDER BY customer_id, finding_id LIMIT $8`,
      [...filterParameters(report, filter), after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
    return toPage(rows.map(fromRow), limit, ({ customerId, id }) => [customerId, id]);
  }

  /** Holds one database connection until the last finding is taken or the loop is left. */
  async *all(report: ReconciliationReport, filter: FindingFilter): AsyncGenerator<Finding> {
    const { table, key } = findingsOf(report);
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const sql = `SELECT ${FINDING_COLUMNS} FROM ${table} WHERE ${matching(key)} ORDER BY customer_id, finding_id`;
      const stream = client.query(new QueryStream(sql, filterParameters(report, filter), { batchSize: 500 }));
      for await (const row of stream as AsyncIterable<FindingRow>) yield fromRow(row);
    } finally {
      await runner.release();
    }
  }

  async find(report: ReconciliationReport, ids: readonly string[]): Promise<Finding[]> {
    const { table, key } = findingsOf(report);
    const rows = await this.rows<FindingRow>(
      `SELECT ${FINDING_COLUMNS} FROM ${table} WHERE ${key} = $1 AND finding_id = ANY($2::text[])`,
      [report.id, ids],
    );
    return rows.map(fromRow);
  }

  async totals(report: ReconciliationReport, filter: FindingFilter): Promise<ReportTotals> {
    const { table, key } = findingsOf(report);
    const rows = await this.rows<SumsRow & { kind: FindingKind | null }>(
      `SELECT kind, ${SUMS} FROM ${table} WHERE ${matching(key)} GROUP BY GROUPING SETS ((), (kind)) ORDER BY kind NULLS FIRST`,
      filterParameters(report, filter),
    );
    const total = rows.find(({ kind }) => kind === null);
    if (total === undefined) throw new TypeError('A sum without groups always has a row');
    return {
      ...fromSums(total),
      byKind: rows.flatMap(({ kind, ...sums }) => {
        if (kind === null) return [];
        const { findings, loss, gain, net } = fromSums(sums);
        return [{ kind, findings, loss, gain, net }];
      }),
    };
  }

  async customers(
    report: ReconciliationReport,
    { limit }: PageRequest,
    after: readonly [moved: string, whose: string] | undefined,
  ): Promise<Page<CustomerTotals>> {
    const { table, key } = findingsOf(report);
    const rows = await this.rows<
      SumsRow & {
        customerId: string;
        customerName: string;
        whose: string;
        differences: number;
        moved: string;
      }
    >(
      `SELECT * FROM (
         SELECT customer_id AS "customerId", max(customer_name) AS "customerName", ${SUMS}, ${WHOSE} AS whose,
           count(*) FILTER (WHERE kind <> 'matched')::int AS differences, sum(abs(impact)) AS moved
         FROM ${table} WHERE ${key} = $1 GROUP BY customer_id, ${WHOSE}
       ) AS customer
       WHERE $2::numeric IS NULL OR moved < $2::numeric OR (moved = $2::numeric AND whose > $3::text)
       ORDER BY moved DESC, whose LIMIT $4`,
      [report.id, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
    const page = toPage(rows, limit, ({ moved, whose }) => [moved, whose]);
    return {
      ...page,
      items: page.items.map(({ customerId, customerName, differences, ...sums }) => ({
        customerId,
        customerName,
        differences,
        ...fromSums(sums),
      })),
    };
  }

  async close(
    tx: Transaction,
    { id, connectionId, tenantId, month, currency, inputs, computedAt }: ReconciliationReport,
    snapshotId: string,
    { at, by }: NonNullable<ReconciliationReport['closing']>,
  ): Promise<boolean> {
    const manager = managerOf(tx);
    const held = await rowsOf(
      manager,
      'SELECT 1 FROM reconciliation_report WHERE id = $1 AND computed_at IS NOT NULL FOR UPDATE',
      [id],
    );
    if (held.length === 0) return false;
    await rowsOf(
      manager,
      `INSERT INTO reconciliation_snapshot_finding (snapshot_id, ${STORED_COLUMNS})
       SELECT $2::uuid, ${STORED_COLUMNS} FROM reconciliation_finding WHERE report_id = $1`,
      [id, snapshotId],
    );
    await translatingViolations(
      rowsOf(
        manager,
        `INSERT INTO reconciliation_snapshot (id, connection_id, tenant_id, month, currency, inputs, computed_at, closed_at,
           closed_by_id, closed_by_name) VALUES ($1, $2, $3, $4::date, $5, $6, $7, $8, $9, $10)`,
        [
          snapshotId,
          connectionId,
          tenantId,
          firstDayOf(month),
          currency,
          inputs,
          computedAt,
          at,
          by.id,
          by.name,
        ],
      ),
      { reconciliation_snapshot_month_uq: () => new MonthClosedError(month) },
    );
    return true;
  }

  async changes(
    closed: ReconciliationReport,
    open: ReconciliationReport,
    limit: number,
  ): Promise<ChangesSinceClosing> {
    const keys = [closed.id, open.id];
    const [sums] = await this.rows<{ count: number; impact: string }>(
      `SELECT count(*)::int AS count, coalesce(sum(coalesce("impactNow", 0) - coalesce("impactBefore", 0)), 0) AS impact
       FROM (${CHANGES}) AS changed`,
      keys,
    );
    const rows = await this.rows<ChangeRow>(`${CHANGES} ORDER BY 2, 1 LIMIT ${limit}`, keys);
    return {
      count: sums?.count ?? 0,
      impact: new MoneyDecimal(sums?.impact ?? 0),
      items: rows.map(toChange),
    };
  }

  private rows<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}

const amount = (text: string) => new MoneyDecimal(text);

function fromSums({ findings, loss, gain, net, expected, actual }: SumsRow) {
  return {
    findings,
    loss: amount(loss),
    gain: amount(gain),
    net: amount(net),
    expected: amount(expected),
    actual: amount(actual),
  };
}
