import type { Transaction } from '../../kernel/transaction.js';
import type { Subscription, SubscriptionKind } from '../../ports/host/subscription-source.port.js';
import type { LineValues } from './line-timeline.js';

/** A mapped subscription and the contract service it feeds. */
export interface BillingLine {
  id: string;
  connectionId: string;
  tenantId: string;
  subscriptionId: string;
  contractExternalId: string;
  serviceExternalId: string;
  /** The contract service that is ours; null until one was found or made. */
  lineExternalId: string | null;
  /** The state of the subscription that was planned last; null when none was. */
  known: Subscription | null;
}

/** A mapped line with what its subscription says about it. */
export interface LineOfCustomer extends BillingLine {
  customerId: string;
  kind: SubscriptionKind;
}

export interface LineKey {
  connectionId: string;
  tenantId: string;
  subscriptionId: string;
  contractExternalId: string;
  serviceExternalId: string;
}

/** A connection on which a customer has lines. */
export interface ConnectionOfCustomer {
  connectionId: string;
  customerId: string;
}

/** What feeds which contract service, and what was billed last. */
export interface LineStore {
  /** The lines with these keys, made where they are missing; other lines of these subscriptions are no longer mapped. */
  ensureLines(tx: Transaction, keys: readonly LineKey[], at: Date): Promise<BillingLine[]>;
  /** A subscription was taken off its contract: its line stays for the history, and gets no more changes. */
  unmap(tx: Transaction, connectionId: string, subscriptionId: string): Promise<void>;
  /** The line a subscription feeds now; null while it is not mapped. */
  mappedLine(tx: Transaction, tenantId: string, subscriptionId: string): Promise<BillingLine | null>;
  /** Connections on which these customers of the tenant have mapped lines. */
  connectionsOfCustomers(
    tx: Transaction,
    tenantId: string,
    customerIds: readonly string[],
  ): Promise<ConnectionOfCustomer[]>;
  findMapped(tenantId: string, subscriptionId: string): Promise<BillingLine | null>;
  /** Of a connection; only those mapped now. */
  mappedLines(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]>;
  /** Mapped lines of these contracts whose subscription was planned last as cancelled, or with no units. */
  linesThatAreOver(connectionId: string, contractExternalIds: readonly string[]): Promise<BillingLine[]>;
  /** Every mapped line of these customers. */
  linesOfCustomers(connectionId: string, customerIds: readonly string[]): Promise<LineOfCustomer[]>;
  /** Until the transaction ends nobody else decides about these lines. */
  lockLines(tx: Transaction, ids: readonly string[]): Promise<void>;
  findLines(ids: readonly string[]): Promise<BillingLine[]>;
  /** Contract services of these contracts that belong to a subscription. */
  boundLines(
    connectionId: string,
    contractExternalIds: readonly string[],
  ): Promise<{ contractExternalId: string; lineExternalId: string; lineId: string }[]>;
  /** Lines these subscriptions fed before and do no longer, that are bound to a contract service. */
  formerLines(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]>;
  bind(tx: Transaction, bound: readonly { lineId: string; lineExternalId: string }[]): Promise<void>;
  /** What lines have in force that were mapped and not written to yet; the first one stays. */
  setBaselines(tx: Transaction, baselines: readonly { lineId: string; values: LineValues }[]): Promise<void>;
  setKnown(tx: Transaction, states: readonly { lineId: string; known: Subscription }[]): Promise<void>;
  /** Takes the recorded state of a revision as known, where it was recorded. */
  setKnownFromChange(tx: Transaction, lineId: string, revision: number): Promise<void>;
  /** Subscriptions of a connection that have something unfinished: a change that waits, or an operation not applied. */
  unsettledSubscriptions(connectionId: string, subscriptionIds: readonly string[]): Promise<Set<string>>;
}

export const LINE_STORE = Symbol('LINE_STORE');
