import type { BillingCycle, SourceCharge, Term } from '../../ports/host/subscription-source.port.js';
import type { SubscriptionValues } from './record-values.js';

/** A rule between several fields that a record breaks. */
export interface RuleProblem {
  /** JSON Pointer of the field to correct. */
  pointer: string;
  detail: string;
}

/**
 * How often each term can be billed: never less often than it is renewed. Terms and cycles as Microsoft names them
 * (subscription resource: `termDuration`, `billingCycle`).
 */
const CYCLES_OF_TERM: Readonly<Record<Term, readonly BillingCycle[]>> = {
  P1M: ['monthly'],
  P1Y: ['monthly', 'annual'],
  P3Y: ['monthly', 'annual', 'triennial'],
};

/** Rules between the fields of a subscription; the fields themselves are well-formed. */
export function subscriptionProblems({
  offer,
  kind,
  startsOn,
  commitmentEndsOn,
}: Pick<SubscriptionValues, 'offer' | 'kind' | 'startsOn' | 'commitmentEndsOn'>): RuleProblem[] {
  const cycles = CYCLES_OF_TERM[offer.term];
  const rules: [boolean, string, string][] = [
    [
      cycles.includes(offer.billingCycle),
      '/offer/billingCycle',
      `must be one of ${cycles.join(', ')} for the term ${offer.term}`,
    ],
    [
      kind !== 'azurePlan' || offer.billingCycle === 'monthly',
      '/offer/billingCycle',
      'must be monthly for an Azure plan',
    ],
    [
      commitmentEndsOn === null || commitmentEndsOn >= startsOn,
      '/commitmentEndsOn',
      'must not be before startsOn',
    ],
  ];
  return problemsOf(rules);
}

/** Rules between the fields of a charge; the fields themselves are well-formed. */
export function chargeProblems({
  kind,
  servicePeriod,
  unitCost,
  unitPrice,
}: Pick<SourceCharge, 'kind' | 'servicePeriod' | 'unitCost' | 'unitPrice'>): RuleProblem[] {
  const mayBeNegative = kind === 'correction';
  const sign = 'must not be negative; money that is given back is a charge of the kind correction';
  return problemsOf([
    [servicePeriod.to >= servicePeriod.from, '/servicePeriod/to', 'must not be before from'],
    [mayBeNegative || !unitCost.amount.isNegative(), '/unitCost', sign],
    [mayBeNegative || !unitPrice.amount.isNegative(), '/unitPrice', sign],
  ]);
}

function problemsOf(rules: [boolean, string, string][]): RuleProblem[] {
  return rules.filter(([isMet]) => !isMet).map(([, pointer, detail]) => ({ pointer, detail }));
}
