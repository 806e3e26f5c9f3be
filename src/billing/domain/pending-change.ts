import type { Transaction } from '../../kernel/transaction.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from './billing-line.js';
import type { Originator } from './operation.js';

/** A recorded change of a mapped subscription that waits to be planned. */
export interface PendingChange extends Originator {
  id: string;
  connectionId: string;
  tenantId: string;
  subscriptionId: string;
  subscription: Subscription;
  /** Why it is not pushed although the connection pushes by itself; null when it is. */
  holdReason: string | null;
  recordedAt: Date;
}

/** Changes that wait to be planned. */
export interface ChangeStore {
  /** Reporting the same revision twice makes one change. */
  add(tx: Transaction, changes: readonly PendingChange[]): Promise<void>;
  /** Oldest first. @param subscriptionIds of these only @param isHeldIncluded also those held back */
  pending(
    connectionId: string,
    options: { subscriptionIds?: readonly string[]; isHeldIncluded: boolean; limit: number },
  ): Promise<PendingChange[]>;
  /** Whether all of them still wait; they are locked until the transaction ends. */
  lock(tx: Transaction, ids: readonly string[]): Promise<boolean>;
  close(tx: Transaction, ids: readonly string[], state: 'planned' | 'dismissed'): Promise<void>;
  /** Drops what waits of subscriptions that are no longer billed on a connection. */
  dismissOf(tx: Transaction, connectionId: string, subscriptionIds: readonly string[]): Promise<void>;
  hold(tx: Transaction, ids: readonly string[], reason: string): Promise<void>;
  /** Lets changes of a line from a revision on wait again. */
  reopen(tx: Transaction, line: BillingLine, fromRevision: number): Promise<void>;
  /** Connections with changes recorded before an instant that wait, are not held, and whose pushes nobody holds. */
  connections(now: Date, recordedBefore: Date): Promise<string[]>;
}

export const CHANGE_STORE = Symbol('CHANGE_STORE');
