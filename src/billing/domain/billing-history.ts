import type { LocalDate } from '../../kernel/local-date.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { OperationState } from './operation.js';

/** A charge that we made, or are to make, on a contract. */
export interface PushedCharge {
  subscriptionId: string;
  /** Null while it was not sent. */
  externalId: string | null;
  state: OperationState;
  /** The day it was made for. */
  effectiveOn: LocalDate;
}

/** What billing remembers of subscriptions, for those who compare. */
export interface BillingHistoryReader {
  /** Every state that was reported while a subscription was mapped on the connection, in any order. */
  reportedStates(connectionId: string, subscriptionIds: readonly string[]): Promise<Subscription[]>;
  /** Charges of these subscriptions that are not dismissed. */
  pushedCharges(connectionId: string, subscriptionIds: readonly string[]): Promise<PushedCharge[]>;
  /** Contract services that belong to a subscription which is mapped now, by subscription. */
  ownLines(connectionId: string, subscriptionIds: readonly string[]): Promise<Map<string, string>>;
}

export const BILLING_HISTORY_READER = Symbol('BILLING_HISTORY_READER');
