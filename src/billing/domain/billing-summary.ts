import type { CurrencyCode } from '../../kernel/currency.js';
import type { Money } from '../../kernel/money.js';

/** What of one connection's billing waits for somebody. */
export interface BillingSummary {
  connectionId: string;
  /** Operations that failed and were neither retried nor dismissed. */
  failedOperations: number;
  /** Operations on their way to the PSA. */
  openOperations: number;
  /** Subscriptions with changes that no plan has decided on yet. */
  waitingSubscriptions: number;
  /** Plans that need one more approver. */
  plansToApprove: number;
  openDrift: number;
  /** Of one billing period: what the PSA holds, less what was applied; of the open findings. */
  driftImpact: Money;
  /** Why nothing is sent; null while it is. */
  stopReason: string | null;
}

export interface BillingSummaryReader {
  /** One for each of these connections. */
  of(connections: readonly { id: string; currency: CurrencyCode }[]): Promise<BillingSummary[]>;
}

export const BILLING_SUMMARY_READER = Symbol('BILLING_SUMMARY_READER');
