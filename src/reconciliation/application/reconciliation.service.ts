import { Inject, Injectable } from '@nestjs/common';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { utcDay } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import { addMonths } from '../../kernel/period.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { type BillingMonth, monthOf } from '../domain/billing-month.js';
import type { Finding } from '../domain/finding.js';
import { reconcileMonth } from '../domain/reconcile-month.js';
import type { MonthContext } from '../domain/month-facts.js';
import {
  type ChangesSinceClosing,
  type CustomerTotals,
  type FindingFilter,
  type FindingKey,
  RECONCILIATION_STORE,
  type ReconciliationReport,
  type ReconciliationStore,
  type ReportTotals,
} from '../domain/reconciliation-report.js';
import { MonthReading } from './month-reading.service.js';
import { readAhead } from './read-ahead.js';

/** Findings stored at once. */
const BATCH = 500;
/** A source of the host's own does not say when it changes, so a report is never older than this. */
const FRESH_MS = 15 * 60_000;
/** Changes since closing that are told one by one. */
const TOLD_CHANGES = 50;

export interface ReportPage extends Page<Finding> {
  report: ReconciliationReport;
  totals: ReportTotals;
  /** Only of a closed month. */
  changes: ChangesSinceClosing | null;
}

/** Compares a month, and shows what was found; every method raises ConnectionNotFoundError for a connection of another tenant. */
@Injectable()
export class Reconciliation {
  /** Reports that are being made, by connection and month: who comes meanwhile waits for the same one. */
  readonly #making = new Map<string, Promise<ReconciliationReport>>();

  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly reading: MonthReading,
    @Inject(RECONCILIATION_STORE) private readonly store: ReconciliationStore,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A closed month as it was closed; an open one from what is known now. Later pages read the report of the first. */
  async page(
    context: UseCaseContext,
    connectionId: string,
    month: BillingMonth | undefined,
    filter: FindingFilter,
    page: PageRequest,
    after: FindingKey | undefined,
  ): Promise<ReportPage> {
    const connection = await this.connections.get(context, connectionId);
    const report = await this.shown(connection, month ?? this.lastMonth(), after !== undefined);
    const [found, totals, changes] = await Promise.all([
      this.store.page(report, filter, page, after),
      this.store.totals(report, filter),
      this.changesSince(connection, report),
    ]);
    return { ...found, report, totals, changes };
  }

  async customers(
    context: UseCaseContext,
    connectionId: string,
    month: BillingMonth | undefined,
    page: PageRequest,
    after: readonly [moved: string, customerId: string] | undefined,
  ): Promise<Page<CustomerTotals> & { report: ReconciliationReport }> {
    const connection = await this.connections.get(context, connectionId);
    const report = await this.shown(connection, month ?? this.lastMonth(), after !== undefined);
    return { ...(await this.store.customers(report, page, after)), report };
  }

  async all(
    context: UseCaseContext,
    connectionId: string,
    month: BillingMonth | undefined,
    filter: FindingFilter,
  ): Promise<{ report: ReconciliationReport; findings: AsyncIterable<Finding> }> {
    const connection = await this.connections.get(context, connectionId);
    const report = await this.shown(connection, month ?? this.lastMonth(), false);
    return { report, findings: this.store.all(report, filter) };
  }

  /** What an open month says now. @param isOldAllowed also one that is no longer up to date, so that pages fit together */
  async open(
    connection: Connection,
    month: BillingMonth,
    isOldAllowed = false,
  ): Promise<ReconciliationReport> {
    const inputs = await this.store.inputs(connection.id, connection.tenantId);
    const known = await this.store.findOpen(connection.id, month);
    const age = this.clock.now().getTime() - (known?.computedAt.getTime() ?? 0);
    if (known !== null && (isOldAllowed || (known.inputs === inputs && age < FRESH_MS))) return known;
    const key = `${connection.id} ${month} ${inputs}`;
    let making = this.#making.get(key);
    if (making === undefined) {
      making = this.make(connection, month, inputs).finally(() => this.#making.delete(key));
      this.#making.set(key, making);
    }
    return making;
  }

  /** The month before the present one, which is the one people reconcile. */
  private lastMonth(): BillingMonth {
    return monthOf(addMonths(utcDay(this.clock.now()), -1));
  }

  private async shown(
    connection: Connection,
    month: BillingMonth,
    isOldAllowed: boolean,
  ): Promise<ReconciliationReport> {
    const closed = await this.store.findClosed(connection.id, month);
    return closed ?? this.open(connection, month, isOldAllowed);
  }

  private async changesSince(
    connection: Connection,
    report: ReconciliationReport,
  ): Promise<ChangesSinceClosing | null> {
    if (report.closing === null) return null;
    return this.store.changes(report, await this.open(connection, report.month), TOLD_CHANGES);
  }

  /** Reads and compares part by part, and stores what was found: nothing is held but two parts and two batches. */
  private async make(
    connection: Connection,
    month: BillingMonth,
    inputs: string,
  ): Promise<ReconciliationReport> {
    const { tenantId, currency } = connection;
    const begun = { id: newId(), connectionId: connection.id, tenantId, month, currency, inputs };
    await this.store.begin(begun, this.clock.now());
    try {
      const context = await this.reading.contextOf(connection, month);
      await this.storeAll(begun.id, this.compared(connection, month, context));
      const computedAt = this.clock.now();
      await this.transactions.run((tx) => this.store.complete(tx, begun.id, computedAt));
      return { ...begun, computedAt, closing: null };
    } catch (error) {
      await this.store.drop(begun.id);
      throw error;
    }
  }

  private async *compared(
    connection: Connection,
    month: BillingMonth,
    context: MonthContext,
  ): AsyncGenerator<Finding[]> {
    for await (const facts of readAhead(this.reading.parts(connection, month, context))) {
      yield reconcileMonth(facts, context);
    }
  }

  /** One batch is being stored while the next one is found. */
  private async storeAll(reportId: string, found: AsyncIterable<Finding[]>): Promise<void> {
    let waiting: Finding[] = [];
    let storing: Promise<void> = Promise.resolve();
    try {
      for await (const findings of found) {
        waiting.push(...findings);
        if (waiting.length < BATCH) continue;
        await storing;
        storing = this.store.addFindings(reportId, waiting);
        // What fails is told by whoever waits for it next.
        storing.catch(() => undefined);
        waiting = [];
      }
    } finally {
      // Whoever drops the report must not be overtaken by a batch of it.
      await storing;
    }
    if (waiting.length > 0) await this.store.addFindings(reportId, waiting);
  }
}
