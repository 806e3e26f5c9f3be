import type { CurrencyCode } from '../../kernel/currency.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from './billing-line.js';
import type { PendingChange } from './pending-change.js';
import { type BillableState, type DesiredLine, inOrder } from './desired-line.js';
import { type ExchangeRates, toInternalAmount } from '../../kernel/exchange-rates.js';
import type { PlanRefusal } from './plan-step.js';

/** What the changes of a line ask for in the currencies the PSA keeps, or why it cannot be said. */
export function desiredLineOf(
  line: BillingLine,
  changes: readonly PendingChange[],
  foreignLineExternalIds: readonly string[],
  currency: CurrencyCode,
  rates: ExchangeRates,
): DesiredLine | PlanRefusal {
  const states: BillableState[] = [];
  // What a later change replaces may have been wrong.
  for (const subscription of inOrder(changes.map((change) => change.subscription))) {
    const state = billableStateOf(subscription, currency, rates);
    if ('problem' in state) return refusalOf(line, subscription, state);
    states.push(state);
  }
  const known = line.known === null ? null : billableStateOf(line.known, currency, rates);
  const subscription = changes[0]?.subscription ?? line.known;
  if (subscription === null) throw new TypeError('A line is desired because it has changes, or had some');
  return {
    connectionId: line.connectionId,
    accountId: subscription.customerId,
    subscriptionId: line.subscriptionId,
    kind: subscription.kind,
    contractExternalId: line.contractExternalId,
    serviceExternalId: line.serviceExternalId,
    lineExternalId: line.lineExternalId,
    foreignLineExternalIds,
    known: known === null || 'problem' in known ? null : known,
    changes: states,
  };
}

interface Unpriced {
  code: 'billing.currency_mismatch' | 'billing.cost_currency_unknown';
  problem: string;
}

function billableStateOf(
  subscription: Subscription,
  currency: CurrencyCode,
  rates: ExchangeRates,
): BillableState | Unpriced {
  const { unitPrice, unitCost, offer } = subscription;
  if (unitPrice.currency !== currency) {
    const problem = `Its price is in ${unitPrice.currency}, but the connection bills in ${currency}.`;
    return { code: 'billing.currency_mismatch', problem };
  }
  const cost = toInternalAmount(unitCost, rates);
  if (cost === null) {
    const problem = `Its cost is in ${unitCost.currency}, for which the instance has no exchange rate to ${rates.internal}.`;
    return { code: 'billing.cost_currency_unknown', problem };
  }
  return {
    revision: subscription.revision,
    effectiveOn: subscription.effectiveOn,
    quantity: subscription.quantity,
    status: subscription.status,
    unitPrice: unitPrice.amount,
    unitCost: cost.amount,
    startsOn: subscription.startsOn,
    commitmentEndsOn: subscription.commitmentEndsOn,
    offer: JSON.stringify([offer.productId, offer.skuId, offer.segment, offer.term]),
    billingCycle: offer.billingCycle,
    friendlyName: subscription.friendlyName,
    autoRenew: subscription.autoRenew,
  };
}

function refusalOf(
  line: BillingLine,
  { id, revision }: Subscription,
  { code, problem }: Unpriced,
): PlanRefusal {
  return {
    code,
    subscriptionId: line.subscriptionId,
    contractExternalId: line.contractExternalId,
    detail: `Subscription ${id} cannot be billed: ${problem}`,
    revision,
  };
}
