import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, roundMoney } from '../../kernel/money.js';
import { addDays, laterOf, periodOn } from '../../kernel/period.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from './billing-line.js';
import type { PendingChange } from './pending-change.js';
import { type ContractLine, type ContractState, gridOf, isPosted, splitDays } from './contract-state.js';
import { LineTimeline, valueOf } from './line-timeline.js';
import type { PlanStep } from './plan-step.js';

/** Whether a line that is not mapped any more was left by a renewal: the subscription's term has moved on since it was last planned. */
export function isLeftByRenewal({ known }: BillingLine, now: Subscription): boolean {
  const before = known?.commitmentEndsOn ?? null;
  return before !== null && now.commitmentEndsOn !== null && now.commitmentEndsOn > before;
}

/** Why, from when on, and for which customer a line is left. */
export interface Leaving {
  on: LocalDate;
  customerId: string;
  revision: number;
  rule: 'renew.nextContract' | 'mapping.left';
  reason: string;
}

/**
 * The step that takes a subscription off a contract service it has left, from a day on; null where the contract has nothing of it then,
 * because it ends before or somebody was faster.
 */
export function leavingStep(
  line: BillingLine,
  contract: ContractState,
  own: ContractLine,
  { on: first, customerId, revision, rule, reason }: Leaving,
  currency: CurrencyCode,
): PlanStep | null {
  const taken = new Set<LocalDate>([...own.takenDays, ...splitDays(contract, own)]);
  let on = laterOf(first, contract.startsOn);
  while (taken.has(on)) on = addDays(on, 1);
  const period = periodOn(gridOf(contract), on);
  const timeline = LineTimeline.of(own);
  const before = timeline.on(on);
  if (period === null || before.units === 0) return null;
  const after = { ...before, units: 0 };
  const ended = timeline.with({ on, unitChange: -before.units, unitPrice: null, unitCost: null });
  const impact = ended.billedBeyond(timeline, on, contract);
  return {
    kind: 'adjustUnits',
    identity: `${line.connectionId}/${customerId}/${line.subscriptionId}/${on}`,
    subscriptionId: line.subscriptionId,
    contractExternalId: line.contractExternalId,
    serviceExternalId: line.serviceExternalId,
    lineExternalId: own.externalId,
    before,
    after,
    effectiveOn: on,
    notBefore: on,
    period: { ...period, isPosted: isPosted(own, period) },
    impactPerPeriod: roundMoney(money(valueOf(after).minus(valueOf(before)), currency)),
    impact: roundMoney(money(impact, currency)),
    reason,
    rule,
    revision,
    contractEndsOn: null,
    charge: null,
  };
}

/** What a subscription feeds now. */
export interface PresentLine {
  line: BillingLine;
  own: ContractLine;
}

/**
 * From when on a line that was left is to have no units: from the day on which its subscription is billed where it is mapped now, in the
 * current billing period of the line; from today where it is billed nowhere, an Azure plan from the next period on. Units that changed since then are taken off as they are now,
 * because one step takes the same off all days.
 */
export function leavingDay(
  line: BillingLine,
  contract: ContractState,
  own: ContractLine,
  present: PresentLine | null,
  today: LocalDate,
): LocalDate {
  const period = periodOn(gridOf(contract), today);
  if (period === null) return today;
  // The price of its unit may be the amounts of the month, which are billed nowhere else.
  const next = addDays(period.endsOn, 1);
  if (line.known?.kind === 'azurePlan' && next <= contract.endsOn) return next;
  if (present === null) return today;
  const now = present.line.known;
  const isRenewal = now !== null && isLeftByRenewal(line, now);
  // The term that was renewed elsewhere is owed here to its last day.
  const first = isRenewal ? laterOf(period.startsOn, now.startsOn) : period.startsOn;
  const there = LineTimeline.of(present.own);
  const billed = [first, ...there.changeDaysAfter(first)].find((day) => there.on(day).units > 0) ?? today;
  if (billed >= today) return today;
  const timeline = LineTimeline.of(own);
  const unitsOn = (day: LocalDate) => timeline.on(day).units;
  const changed = timeline
    .changeDaysAfter(billed)
    .findLast((day) => day <= today && unitsOn(day) !== unitsOn(addDays(day, -1)));
  return changed ?? billed;
}

/** Whether the term of a subscription ends later than when it was last planned, so that its contract may have to. */
export function isRenewed({ known }: BillingLine, { commitmentEndsOn }: Subscription): boolean {
  if (known === null || commitmentEndsOn === null) return false;
  return known.commitmentEndsOn === null || commitmentEndsOn > known.commitmentEndsOn;
}

function renewedElsewhere({ startsOn, customerId, revision }: Subscription): Leaving {
  return {
    on: startsOn,
    customerId,
    revision,
    rule: 'renew.nextContract',
    reason: `The subscription was renewed on ${startsOn} and is billed on the next contract from then on.`,
  };
}

/** The newest state of each changed subscription. */
export function latestOf(changes: readonly Pick<PendingChange, 'subscription'>[]): Map<string, Subscription> {
  const latest = new Map<string, Subscription>();
  for (const { subscription } of changes) {
    const known = latest.get(subscription.id);
    if (known === undefined || known.revision < subscription.revision)
      latest.set(subscription.id, subscription);
  }
  return latest;
}

/** What takes renewed subscriptions off the contracts they leave. */
export function leavingSteps(
  former: readonly BillingLine[],
  changes: readonly PendingChange[],
  { contracts, own }: { contracts: readonly ContractState[]; own: ReadonlyMap<string, ContractLine> },
  currency: CurrencyCode,
): { lineId: string; step: PlanStep }[] {
  const latest = latestOf(changes);
  return former.flatMap((line) => {
    const contract = contracts.find(({ externalId }) => externalId === line.contractExternalId);
    const ownLine = own.get(line.id);
    const now = latest.get(line.subscriptionId);
    if (contract === undefined || ownLine === undefined || now === undefined) return [];
    const step = leavingStep(line, contract, ownLine, renewedElsewhere(now), currency);
    return step === null ? [] : [{ lineId: line.id, step }];
  });
}
