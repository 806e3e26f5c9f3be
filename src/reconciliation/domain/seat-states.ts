import type { ConnectionPolicies } from '../../connections/domain/connection-policies.js';
import { billingPeriodAround } from '../../contracts/domain/billing-period.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { addDays, earlierOf, laterOf } from '../../kernel/period.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { ExpectedSubscription, SeatState } from './month-facts.js';

type Contract = ExpectedSubscription['contract'];
type DatingPolicies = Pick<ConnectionPolicies, 'decrease' | 'cancel'>;

/**
 * What a subscription should have been billed from which day on: the recorded states in the order of their days (a later revision replaces
 * what an earlier one had foreseen for its day and after), with decreases, cancellations and price changes moved to the day that the
 * connection's policies date them to. The first state that is known counts from the first day of its term.
 */
export function expectedStates(
  history: readonly Subscription[],
  contract: Contract,
  policies: DatingPolicies,
): SeatState[] {
  const states: SeatState[] = [];
  for (const [index, subscription] of inOrder(history).entries()) {
    const before = states.at(-1) ?? null;
    const from =
      index === 0 ? earlierOf(subscription.startsOn, subscription.effectiveOn) : subscription.effectiveOn;
    const wanted = stateOf(subscription, from);
    for (const state of dated(before, wanted, subscription, contract, policies)) push(states, state);
  }
  return states;
}

function inOrder(history: readonly Subscription[]): Subscription[] {
  const kept: Subscription[] = [];
  for (const state of history.toSorted((left, right) => left.revision - right.revision)) {
    while ((kept.at(-1)?.effectiveOn ?? '') >= state.effectiveOn) kept.pop();
    kept.push(state);
  }
  return kept;
}

/** A suspended licence is still owed to Microsoft; a suspended Azure plan costs nothing; a cancelled one has no seats. */
function stateOf({ kind, status, quantity, unitPrice, unitCost }: Subscription, from: LocalDate): SeatState {
  const isFree = kind === 'azurePlan' && status === 'suspended';
  return {
    from,
    units: status === 'cancelled' ? 0 : quantity,
    unitPrice: isFree ? { ...unitPrice, amount: unitPrice.amount.times(0) } : unitPrice,
    unitCost,
  };
}

function dated(
  before: SeatState | null,
  wanted: SeatState,
  { status, kind }: Subscription,
  contract: Contract,
  { decrease, cancel }: DatingPolicies,
): SeatState[] {
  if (before === null || contract === null) return [wanted];
  const period = billingPeriodAround(wanted.from, contract);
  const next = addDays(period.endsOn, 1);
  const isLater = status === 'cancelled' ? cancel === 'periodEnd' : decrease === 'nextPeriod';
  const unitsFrom = wanted.units < before.units && isLater ? next : wanted.from;
  const hasNewPrice = !before.unitPrice.amount.equals(wanted.unitPrice.amount);
  // While nothing is billed there is nothing to price.
  if (!hasNewPrice || status === 'cancelled' || before.units === 0) {
    const price = status === 'cancelled' ? before : wanted;
    return [{ ...wanted, from: unitsFrom, unitPrice: price.unitPrice, unitCost: price.unitCost }];
  }
  const priceFrom = kind === 'azurePlan' ? next : laterOf(period.startsOn, before.from);
  if (priceFrom === unitsFrom) return [{ ...wanted, from: unitsFrom }];
  const first = { ...wanted, from: earlierOf(priceFrom, unitsFrom) };
  const partly =
    priceFrom < unitsFrom
      ? { ...first, units: before.units }
      : { ...first, unitPrice: before.unitPrice, unitCost: before.unitCost };
  return [partly, { ...wanted, from: laterOf(priceFrom, unitsFrom) }];
}

/** A state that begins on the day of another replaces it; one that changes nothing adds nothing. */
function push(states: SeatState[], state: SeatState): void {
  while ((states.at(-1)?.from ?? '') >= state.from) states.pop();
  const last = states.at(-1);
  const isSame =
    last?.units === state.units &&
    last.unitPrice.amount.equals(state.unitPrice.amount) &&
    last.unitCost.amount.equals(state.unitCost.amount);
  if (!isSame) states.push(state);
}
