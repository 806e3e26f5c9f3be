import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { BillingMonth } from './billing-month.js';
import type { Finding, FindingKind, FindingStage } from './finding.js';

/** A month as it is worked on, or as it was closed. */
export interface ReconciliationReport {
  id: string;
  connectionId: string;
  tenantId: string;
  month: BillingMonth;
  currency: CurrencyCode;
  /** What it was made from; another text means that something has changed. */
  inputs: string;
  computedAt: Date;
  /** Null while the month is open. */
  closing: { at: Date; by: { id: string; name: string } } | null;
}

export interface FindingFilter {
  kind?: FindingKind | undefined;
  stage?: FindingStage | undefined;
  customerId?: string | undefined;
  /** Text anywhere in the name of the customer, the title or the subscription's id, whatever its case. */
  search?: string | undefined;
}

/** Money of some findings, in the connection's currency. */
export interface ImpactTotals {
  findings: number;
  /** Sum of what is below 0: the tenant loses it. */
  loss: Decimal;
  /** Sum of what is above 0. */
  gain: Decimal;
  /** Both together. */
  net: Decimal;
}

export interface ReportTotals extends ImpactTotals {
  /** What customers are expected to be billed, and what Autotask holds. */
  expected: Decimal;
  actual: Decimal;
  byKind: (ImpactTotals & { kind: FindingKind })[];
}

export interface CustomerTotals extends ImpactTotals {
  customerId: string;
  customerName: string;
  expected: Decimal;
  actual: Decimal;
  /** Findings that are not `matched`. */
  differences: number;
}

/** How one finding differs between a closed month and now; null where it is not there. */
export interface FindingChange {
  id: string;
  customerId: string;
  customerName: string;
  title: string;
  before: { kind: FindingKind; impact: Decimal; actualAmount: Decimal | null } | null;
  now: { kind: FindingKind; impact: Decimal; actualAmount: Decimal | null } | null;
}

export interface ChangesSinceClosing {
  count: number;
  /** How much the net impact moved since then. */
  impact: Decimal;
  /** The first of them, by customer. */
  items: FindingChange[];
}

/** Sort key of findings: customer, finding. */
export type FindingKey = readonly [customerId: string, findingId: string];

export interface ReconciliationStore {
  /** A text that changes when anything does that the month of a connection is made from. */
  inputs(connectionId: string, tenantId: string): Promise<string>;
  /** The newest complete report of the month that is worked on. */
  findOpen(connectionId: string, month: BillingMonth): Promise<ReconciliationReport | null>;
  findClosed(connectionId: string, month: BillingMonth): Promise<ReconciliationReport | null>;
  /** Begins a report that nobody sees until it is complete, and drops those that were given up. */
  begin(report: Omit<ReconciliationReport, 'computedAt' | 'closing'>, at: Date): Promise<void>;
  addFindings(reportId: string, findings: readonly Finding[]): Promise<void>;
  /** Makes it the report of its month; those before it go, when nobody can be reading them any more. */
  complete(tx: Transaction, reportId: string, at: Date): Promise<void>;
  drop(reportId: string): Promise<void>;
  page(
    report: ReconciliationReport,
    filter: FindingFilter,
    page: PageRequest,
    after: FindingKey | undefined,
  ): Promise<Page<Finding>>;
  /** All of them, read as they are taken. */
  all(report: ReconciliationReport, filter: FindingFilter): AsyncIterable<Finding>;
  find(report: ReconciliationReport, ids: readonly string[]): Promise<Finding[]>;
  totals(report: ReconciliationReport, filter: FindingFilter): Promise<ReportTotals>;
  /** Largest loss or gain first. */
  customers(
    report: ReconciliationReport,
    page: PageRequest,
    after: readonly [moved: string, customerId: string] | undefined,
  ): Promise<Page<CustomerTotals>>;
  /** Copies a report into the closed months. @throws MonthClosedError @returns false when the report is no longer there */
  close(
    tx: Transaction,
    report: ReconciliationReport,
    snapshotId: string,
    closing: NonNullable<ReconciliationReport['closing']>,
  ): Promise<boolean>;
  changes(
    closed: ReconciliationReport,
    open: ReconciliationReport,
    limit: number,
  ): Promise<ChangesSinceClosing>;
}

export const RECONCILIATION_STORE = Symbol('RECONCILIATION_STORE');
