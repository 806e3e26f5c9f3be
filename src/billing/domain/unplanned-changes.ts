import { periodOf } from '../../contracts/domain/mapping.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal, roundMoney } from '../../kernel/money.js';
import { addDays, periodOn } from '../../kernel/period.js';
import type { BillingCycle } from '../../ports/host/subscription-source.port.js';
import { type ContractState, extended, gridOf } from './contract-state.js';
import type { BillableState, DesiredLine } from './desired-line.js';
import { LineTimeline, valueOf } from './line-timeline.js';
import type { PlanRefusal, PlanStep } from './plan-step.js';

/**
 * What a change alters that Autotask has no place for: reported and never written (product: billing cycle, friendly name and
 * auto-renew are unsupported). A suspended licence stays billed, which is worth saying too.
 */
export function unsupportedChange(
  { subscriptionId, contractExternalId, kind }: DesiredLine,
  before: BillableState | null,
  after: BillableState,
): PlanRefusal | null {
  if (before === null) return null;
  const what = [
    before.billingCycle === after.billingCycle ? [] : ['the billing cycle'],
    before.friendlyName === after.friendlyName ? [] : ['the friendly name'],
    before.autoRenew === after.autoRenew ? [] : ['auto-renew'],
    kind === 'license' && isSuspension(before, after) ? ['the suspension of a licence'] : [],
  ].flat();
  if (what.length === 0) return null;
  return {
    code: 'billing.unsupported',
    subscriptionId,
    contractExternalId,
    detail: `A change of ${what.join(' and ')} is unsupported: the contract has nothing to write it to.`,
    revision: after.revision,
  };
}

function isSuspension(before: BillableState, after: BillableState): boolean {
  const statuses = [before.status, after.status];
  return before.status !== after.status && statuses.includes('suspended') && !statuses.includes('cancelled');
}

/** Whether a price for a cycle is one for a billing period of the contract. */
export function fitsPeriod({ periodType }: Pick<ContractState, 'periodType'>, cycle: BillingCycle): boolean {
  return periodOf(cycle) === periodType;
}

/** A price for another period than the contract is billed by: ten a month are not a hundred and ten a year. */
export function periodMismatch(
  { subscriptionId, contractExternalId }: DesiredLine,
  contract: ContractState,
  { billingCycle, revision }: BillableState,
): PlanRefusal | null {
  if (fitsPeriod(contract, billingCycle)) return null;
  return {
    code: 'billing.period_mismatch',
    subscriptionId,
    contractExternalId,
    detail:
      `The subscription is billed ${billingCycle}, and contract ${contractExternalId} has the period '${contract.periodType}': its price and cost are not ` +
      'written. Map its offer to a service, and the subscription to a contract, of its own period; or dismiss the change.',
    revision,
  };
}

/** A renewed subscription on a contract that ends before the new term does: the contract's end moves along. */
export function renewalOf(
  desired: DesiredLine,
  contract: ContractState,
  before: BillableState | null,
  after: BillableState,
  currency: CurrencyCode,
): { step: PlanStep; contractEndsOn: LocalDate } | null {
  const endsOn = after.commitmentEndsOn;
  const isRenewed =
    before !== null &&
    after.status !== 'cancelled' &&
    endsOn !== null &&
    (before.commitmentEndsOn === null || endsOn > before.commitmentEndsOn);
  if (!isRenewed || endsOn <= contract.endsOn) return null;
  const { connectionId, accountId, subscriptionId, contractExternalId, serviceExternalId } = desired;
  const effectiveOn = after.startsOn > before.startsOn ? after.startsOn : after.effectiveOn;
  const period = periodOn(gridOf({ ...contract, endsOn }), effectiveOn);
  const longer = extended(contract, endsOn);
  const lines = longer.lines.map((line) => ({ id: line.externalId, timeline: LineTimeline.of(line) }));
  const own = lines.find(({ id }) => id === desired.lineExternalId)?.timeline ?? LineTimeline.of(null);
  const values = own.on(contract.endsOn);
  const added = addDays(contract.endsOn, 1);
  const impact = lines.reduce(
    (sum, { timeline }) => sum.plus(timeline.billedFrom(added, longer)),
    new MoneyDecimal(0),
  );
  const perPeriod = lines.reduce(
    (sum, { timeline }) => sum.plus(valueOf(timeline.on(added))),
    new MoneyDecimal(0),
  );
  const step: PlanStep = {
    kind: 'extendContract',
    identity: `${connectionId}/${accountId}/${subscriptionId}/${effectiveOn}`,
    subscriptionId,
    contractExternalId,
    serviceExternalId,
    lineExternalId: desired.lineExternalId,
    before: values,
    after: values,
    effectiveOn,
    notBefore: effectiveOn,
    period: {
      startsOn: period?.startsOn ?? effectiveOn,
      endsOn: period?.endsOn ?? effectiveOn,
      fullDays: period?.fullDays ?? 1,
      isPosted: false,
    },
    impactPerPeriod: roundMoney(money(perPeriod, currency)),
    impact: roundMoney(money(impact, currency)),
    reason:
      `The subscription was renewed from ${effectiveOn} to ${endsOn}; the contract, which ends on ${contract.endsOn}, ` +
      'is extended to the end of the new term.',
    rule: 'renew.termStart',
    revision: after.revision,
    contractEndsOn: endsOn,
    charge: null,
  };
  return { step, contractEndsOn: endsOn };
}

/** A renewed subscription that is to be billed on the next contract: which one that is, a person says by mapping it. */
export function waitsForNextContract(
  { subscriptionId, contractExternalId }: DesiredLine,
  { endsOn }: ContractState,
  { startsOn, commitmentEndsOn, revision }: BillableState,
): PlanRefusal {
  return {
    code: 'billing.renewal_next_contract',
    subscriptionId,
    contractExternalId,
    detail:
      `The subscription was renewed from ${startsOn} to ${commitmentEndsOn ?? 'no end'}, beyond contract ${contractExternalId}, which ends on ${endsOn}. ` +
      `Map it to the contract that covers ${startsOn}; its units are then taken off this one from that day on.`,
    revision,
  };
}
