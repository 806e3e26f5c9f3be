import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type {
  BillingCycle,
  SubscriptionKind,
  SubscriptionStatus,
} from '../../ports/host/subscription-source.port.js';

/** What of a subscription decides about billing, from a day on. */
export interface BillableState {
  /** Rises with every change; of several on one day the last counts. */
  revision: number;
  effectiveOn: LocalDate;
  quantity: number;
  status: SubscriptionStatus;
  /** Customer currency. */
  unitPrice: Decimal;
  /** Internal currency of the instance. */
  unitCost: Decimal;
  /** First day of the term. */
  startsOn: LocalDate;
  /** Last day of the commitment, included. */
  commitmentEndsOn: LocalDate | null;
  /** What was bought: product, sku, segment and term, as one text. */
  offer: string;
  /** The period its price and cost are for. */
  billingCycle: BillingCycle;
  friendlyName: string | null;
  autoRenew: boolean | null;
}

/** A mapped subscription: what it should be billed from which day on. */
export interface DesiredLine {
  connectionId: string;
  /** The customer in the host's truth. */
  accountId: string;
  subscriptionId: string;
  kind: SubscriptionKind;
  contractExternalId: string;
  serviceExternalId: string;
  /** The line that is ours by identity; null until one was bound. */
  lineExternalId: string | null;
  /** Lines of the same contract that belong to other subscriptions. */
  foreignLineExternalIds: readonly string[];
  /** The state that was planned last; null when the subscription was just mapped. */
  known: BillableState | null;
  /** What was recorded since, in any order; nothing where the subscription is over and only the contract may change. */
  changes: readonly BillableState[];
}

/** Seats that are billed: none once cancelled. A suspended licence is still owed to Microsoft, so it stays billed. */
export function billedUnits({ status, quantity }: BillableState): number {
  return status === 'cancelled' ? 0 : quantity;
}

/** Whether a subscription is to have no units in the end. */
export function isOver({ known, changes }: DesiredLine): boolean {
  const last = inOrder(changes).at(-1) ?? known;
  return last !== null && billedUnits(last) === 0;
}

/** Price that is billed: an Azure plan costs nothing while it is suspended. */
export function billedPrice(kind: SubscriptionKind, { status, unitPrice }: BillableState): Decimal {
  return kind === 'azurePlan' && status === 'suspended' ? unitPrice.times(0) : unitPrice;
}

/**
 * The states in the order of their days: several of one day are merged to the last, and a later revision replaces whatever an
 * earlier one had foreseen for its own day and after.
 */
export function inOrder<State extends Pick<BillableState, 'revision' | 'effectiveOn'>>(
  changes: readonly State[],
): State[] {
  const kept: State[] = [];
  for (const change of changes.toSorted((left, right) => left.revision - right.revision)) {
    while ((kept.at(-1)?.effectiveOn ?? '') >= change.effectiveOn) kept.pop();
    kept.push(change);
  }
  return kept;
}
