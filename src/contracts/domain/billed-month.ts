import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type { DayRange } from './billing-period.js';
import type { MappedSubscription } from './mapped-subscription.js';

/** What was approved and posted of a unit row or a charge. */
export interface PostedItem {
  externalId: string;
  price: Decimal | null;
  invoice: { externalId: string; number: string | null; isVoided: boolean } | null;
}

/** A unit row of a contract service. */
export interface BilledUnits extends DayRange {
  externalId: string;
  units: number;
  /** Of the whole row, customer currency. */
  price: Decimal | null;
  isPosted: boolean;
  items: PostedItem[];
}

/** A contract service with the unit rows that touch a span of days. */
export interface BilledLine {
  externalId: string;
  contractExternalId: string;
  contractName: string;
  companyExternalId: string;
  companyName: string;
  /** The customer that is mapped to the company. */
  customerId: string | null;
  serviceExternalId: string;
  serviceName: string;
  /** Of the company; null where the PSA names none. */
  currency: string | null;
  /** In force when it was pulled. */
  unitPrice: Decimal | null;
  period: DayRange & { periodType: PeriodType };
  /** Ascending by start. */
  rows: BilledUnits[];
}

/** A contract charge. */
export interface ContractCharge {
  externalId: string;
  contractExternalId: string;
  name: string;
  chargedOn: LocalDate;
  /** Of all units, customer currency. */
  price: Decimal | null;
  currency: string | null;
  isBilled: boolean;
  items: PostedItem[];
}

/** Reads what the mirror shows of a span of days, for reconciliation; at most some hundred subscriptions at once. */
export interface BilledMonthReader {
  /**
   * Mapped subscriptions of a connection, streamed in the order of the bytes of their ids. Holds a database connection until it is read to the
   * end or given up.
   */
  mappedInOrder(connectionId: string): AsyncIterable<MappedSubscription>;
  /** The lines of these services on these contracts. */
  linesOf(
    scope: { connectionId: string; internalCurrency: string | null },
    contractExternalIds: readonly string[],
    span: { from: LocalDate; to: LocalDate },
  ): Promise<BilledLine[]>;
  chargesOf(
    scope: { connectionId: string; internalCurrency: string | null },
    externalIds: readonly string[],
  ): Promise<ContractCharge[]>;
  /**
   * Lines of services that offers of the connection are mapped to, which no mapped subscription stands behind; with units in the span.
   * Ascending by external id. @param afterId exclusive
   */
  strayLines(
    scope: { connectionId: string; internalCurrency: string | null },
    span: { from: LocalDate; to: LocalDate },
    afterId: string | undefined,
    limit: number,
  ): Promise<BilledLine[]>;
  /** How customers and subscriptions of the tenant are mapped: on which connection, or excluded from it. */
  bindingsOf(
    tenantId: string,
    customerIds: readonly string[],
    subscriptionIds: readonly string[],
  ): Promise<{ kind: 'customer' | 'subscription'; id: string; connectionId: string; isExcluded: boolean }[]>;
}

export const BILLED_MONTH_READER = Symbol('BILLED_MONTH_READER');
