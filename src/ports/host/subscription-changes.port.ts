import type { Transaction } from '../../kernel/transaction.js';
import type { SourceCharge, Subscription } from './subscription-source.port.js';

/** One change of a subscription: what it was (null: it is new) and what it is now. */
export interface SubscriptionChange {
  before: Subscription | null;
  after: Subscription;
  /** Who caused it, and the id that ties log, audit and operations together. */
  actor: { id: string; name: string; tenantId: string };
  correlationId: string;
}

/** A charge that was recorded. */
export interface RecordedCharge {
  charge: SourceCharge;
  actor: SubscriptionChange['actor'];
  correlationId: string;
}

/**
 * Takes what changed in the platform. Implemented by billing; called by the store in the transaction that saves the change, so that
 * the change and the work it causes commit together.
 */
export interface SubscriptionChangeListener {
  subscriptionChanged(tx: Transaction, change: SubscriptionChange): Promise<void>;
  chargeRecorded(tx: Transaction, recorded: RecordedCharge): Promise<void>;
}

/** Token of the `SubscriptionChangeListener`. */
export const SUBSCRIPTION_CHANGE_LISTENER = Symbol('SUBSCRIPTION_CHANGE_LISTENER');
