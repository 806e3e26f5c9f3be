import type { CurrencyCode } from '../../kernel/currency.js';
import { money } from '../../kernel/money.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from './billing-line.js';
import type { PlanRefusal, PlanStep } from './plan-step.js';

/**
 * Shows why something is not written: a step that writes nothing.
 * @param changes what was decided on with it; none where amounts beside the seats were refused
 */
export function refusedStep(
  { id, currency }: { id: string; currency: CurrencyCode },
  line: BillingLine,
  { detail: reason, revision, settles, written }: PlanRefusal,
  changes: readonly Subscription[],
): PlanStep {
  const changed = changes.find((change) => change.revision === revision);
  const effectiveOn = settles?.month ?? changed?.effectiveOn ?? line.known?.effectiveOn;
  if (effectiveOn === undefined) throw new TypeError('A refusal is about a change');
  const nothing = { units: 0, unitPrice: null, unitCost: null };
  const free = money(0, currency);
  return {
    kind: settles === undefined ? 'adjustUnits' : 'createCharge',
    identity: `${id}/${changed?.customerId ?? line.known?.customerId ?? ''}/${line.subscriptionId}/${effectiveOn}`,
    subscriptionId: line.subscriptionId,
    contractExternalId: line.contractExternalId,
    serviceExternalId: line.serviceExternalId,
    lineExternalId: line.lineExternalId,
    before: nothing,
    after: nothing,
    effectiveOn,
    notBefore: effectiveOn,
    period: { startsOn: effectiveOn, endsOn: effectiveOn, fullDays: 1, isPosted: false },
    impactPerPeriod: free,
    impact: free,
    reason,
    rule: 'refused',
    revision,
    fromRevision: firstKeptOut(changes, written) ?? revision,
    contractEndsOn: null,
    charge: null,
    ...(settles === undefined ? {} : { settles }),
  };
}

/** Whatever is newer than what counts as written; planned again, what was written after all changes nothing. */
function firstKeptOut(changes: readonly Subscription[], written: PlanRefusal['written']): number | null {
  const last = written === undefined ? null : Math.min(written.state ?? 0, written.terms ?? 0);
  const keptOut = changes
    .map(({ revision }) => revision)
    .filter((revision) => last === null || revision > last);
  return keptOut.length === 0 ? null : Math.min(...keptOut);
}
