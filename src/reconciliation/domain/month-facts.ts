import type { ConnectionPolicies } from '../../connections/domain/connection-policies.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Money } from '../../kernel/money.js';
import type { BillTotal } from '../../imports/domain/bill-totals.js';
import type { BillingCycle, SubscriptionKind } from '../../ports/host/subscription-source.port.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type { BilledLine, ContractCharge } from '../../contracts/domain/billed-month.js';
import type { DaySpan } from './billing-month.js';

/** Seats and their price from a day on; the last state holds to the end of the month and after it. */
export interface SeatState {
  from: LocalDate;
  units: number;
  /** Of one seat for a billing cycle. */
  unitPrice: Money;
  unitCost: Money;
}

/** An amount beside the seats that the customer is expected to pay in the month. */
export interface ExpectedCharge {
  description: string;
  kind: string;
  /** What the customer pays, rounded once. */
  price: Money;
  /** Where it is known from: `charge <id>`, or lines of an imported file. */
  reference: string;
}

/** A mapped subscription in the month. */
export interface ExpectedSubscription {
  subscriptionId: string;
  customerId: string;
  customerName: string;
  title: string;
  kind: SubscriptionKind;
  billingCycle: BillingCycle;
  /** Ascending; empty where it was not in force. */
  states: SeatState[];
  charges: ExpectedCharge[];
  contractExternalId: string;
  /** Null while the contract is not mirrored. */
  contract: { startsOn: LocalDate; endsOn: LocalDate; periodType: PeriodType } | null;
  /** Something of it is still on its way to the PSA, or failed. */
  isUnsettled: boolean;
}

/** What Autotask holds of a subscription in the month. */
export interface ActualSubscription {
  /** Null where the contract has no such service. */
  line: BilledLine | null;
  /** Charges of ours. */
  charges: ContractCharge[];
}

/** What Microsoft's bill says of one subscription, or of a customer without one. */
export interface BilledSubject {
  customerId: string;
  customerName: string;
  subscriptionId: string | null;
  totals: BillTotal[];
}

/** How a subject of the bill is bound, where it is not to a subscription of this connection. */
export type Binding = 'here' | 'elsewhere' | 'excluded' | 'unmapped';

/** A part of everything known of the month; parts are independent of each other. */
export interface MonthFacts {
  subscriptions: { expected: ExpectedSubscription; actual: ActualSubscription; bill: BilledSubject | null }[];
  /** Contract services of mapped offers that no subscription feeds. */
  strayLines: (BilledLine & { customerName: string })[];
  /** Subjects of the bill that no subscription of this connection stands for. */
  unknownSubjects: (BilledSubject & { binding: Binding })[];
}

export interface MonthContext {
  days: DaySpan;
  currency: CurrencyCode;
  rates: ExchangeRates;
  /** How Azure months are billed: by charges, or by the price of a month. */
  azure: ConnectionPolicies['azure'];
  /** Whether a bill with seats of the month was imported; else what is not on it says nothing. */
  hasBill: boolean;
}
