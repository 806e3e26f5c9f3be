import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { MappedSubscription } from './mapped-subscription.js';

/** Where a subscription was and is bound; null: it was, or is, not mapped on this connection. */
export interface SubscriptionMappingChange {
  before: MappedSubscription | null;
  after: MappedSubscription | null;
  /** What the host said of it before the transaction began; null where it is no longer mapped, or the host does not know it. */
  subscription: Subscription | null;
}

/**
 * Takes what changed in the mapping of subscriptions. Implemented by billing, which plans the difference between a subscription and the
 * contract it is bound to. Called in the transaction that saves the mapping; what it throws undoes the change.
 */
export interface MappingChangeListener {
  subscriptionMappingsChanged(
    tx: Transaction,
    context: UseCaseContext,
    changes: readonly SubscriptionMappingChange[],
  ): Promise<void>;
}

/** Token of the `MappingChangeListener`; optional. */
export const MAPPING_CHANGE_LISTENER = Symbol('MAPPING_CHANGE_LISTENER');

export type SyncState = 'synced' | 'outOfSync';

/** Tells whether everything that was intended for a subscription has reached the PSA. Implemented by billing. */
export interface SyncStateReader {
  /** States of these subscriptions on the connection; one that is missing is synced. */
  syncStatesOf(connectionId: string, subscriptionIds: readonly string[]): Promise<Map<string, SyncState>>;
}

/** Token of the `SyncStateReader`; every subscription is synced while there is none. */
export const SYNC_STATE_READER = Symbol('SYNC_STATE_READER');
