import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from './billing-line.js';
import { latestOf } from './former-line.js';
import type { PendingChange } from './pending-change.js';
import type { PlanRefusal } from './plan-step.js';

/**
 * What of a line counts as planned once its changes are decided; null where that is nothing new. A refused change stays unknown as far as
 * it was refused, so that the next plan compares with what is billed.
 */
export function settledState(
  { subscriptionId, known }: Pick<BillingLine, 'subscriptionId' | 'known'>,
  changes: readonly Pick<PendingChange, 'subscription'>[],
  refusals: readonly Pick<PlanRefusal, 'code' | 'written'>[],
): Subscription | null {
  const refused = refusals.filter(({ code }) => code !== 'billing.unsupported');
  const [first] = refused;
  if (first === undefined) return latestOf(changes).get(subscriptionId) ?? null;
  const { written } = first;
  // What another refusal keeps out is kept out altogether.
  if (written === undefined || refused.some((other) => other.written === undefined)) return null;
  const states = [...(known === null ? [] : [known]), ...changes.map(({ subscription }) => subscription)];
  const at = (revision: number | null) => states.findLast((one) => one.revision === revision);
  const [state, terms] = [at(written.state), at(written.terms)];
  if (state === undefined || terms === undefined) return null;
  const { unitPrice, unitCost, offer } = terms;
  return { ...state, unitPrice, unitCost, offer: { ...state.offer, billingCycle: offer.billingCycle } };
}
