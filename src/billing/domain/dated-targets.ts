import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { addDays, earlierOf, laterOf, type Period, periodOn } from '../../kernel/period.js';
import type { ConnectionPolicies } from '../../connections/domain/connection-policies.js';
import { type ContractLine, type ContractState, firstDayOf, gridOf, isPosted } from './contract-state.js';
import { type BillableState, billedPrice, billedUnits, type DesiredLine } from './desired-line.js';

/** Stable name of the rule that dated a step. */
export type DatingRule =
  | 'mapping.difference'
  | 'mapping.left'
  | 'quantity.sameDay'
  | 'decrease.nextPeriod'
  | 'cancel.sameDay'
  | 'cancel.periodEnd'
  | 'price.withFirstUnits'
  | 'price.periodStart'
  | 'price.nextOpenPeriod'
  | 'azure.followingPeriod'
  | 'renew.termStart'
  | 'renew.nextContract'
  | 'charge.billingMonth'
  | 'charge.lateUsage'
  | 'azure.monthPrice'
  | 'azure.resetPrice'
  | 'date.nextFreeDay'
  | 'date.byPerson'
  | 'compensate.restore'
  | 'drift.correct'
  | 'reconciliation.correct'
  | 'refused';

/** A value that counts from a day on, and why from that one. */
export interface Target<Value> {
  on: LocalDate;
  value: Value;
  rule: DatingRule;
  reason: string;
  /** Day on which the change was made in the platform. */
  changedOn: LocalDate;
  revision: number;
}

export interface TermsTarget {
  unitPrice: Decimal;
  unitCost: Decimal;
}

export type TargetPolicy = Pick<ConnectionPolicies, 'decrease' | 'cancel'> &
  Partial<Pick<ConnectionPolicies, 'azure' | 'renewal'>>;

interface Situation {
  desired: DesiredLine;
  contract: ContractState;
  /** Null: the line does not exist yet. */
  line: ContractLine | null;
  policy: TargetPolicy;
  today: LocalDate;
}

/**
 * From which day how many units count; null when the change is none of units.
 * @param unitsOn units of a day as everything up to this change leaves them: fewer than those is a decrease, whatever the quantity was
 */
export function unitsTarget(
  situation: Situation,
  before: BillableState | null,
  after: BillableState,
  unitsOn: (day: LocalDate) => number,
): Target<number> | null {
  const { contract, policy } = situation;
  const units = billedUnits(after);
  const common = { value: units, changedOn: after.effectiveOn, revision: after.revision };
  if (before === null) return mappedTarget(situation, after, unitsOn);
  const unitsBefore = billedUnits(before);
  // A cancellation may count before the decrease to nothing that went before it.
  if (after.status === 'cancelled' && before.status !== 'cancelled') return cancelledTarget(situation, after);
  if (units === unitsBefore) return null;
  const on = laterOf(after.effectiveOn, contract.startsOn);
  const what = `The quantity changed from ${unitsBefore} to ${units} on ${after.effectiveOn}`;
  if (units < unitsOn(on) && policy.decrease === 'nextPeriod') {
    const reason = `${what}; fewer units count from the next period on.`;
    return { ...common, on: startOfNext(contract, on), rule: 'decrease.nextPeriod', reason };
  }
  return { ...common, on, rule: 'quantity.sameDay', reason: `${what}.` };
}

/** The policies count for fewer units also where nothing is known of before, as when what was excluded is included again. */
function mappedTarget(
  situation: Situation,
  after: BillableState,
  unitsOn: (day: LocalDate) => number,
): Target<number> {
  const { contract, policy } = situation;
  const units = billedUnits(after);
  const on = mappedFrom(situation, after);
  const reason = `The subscription has ${counted(units)} since ${after.effectiveOn}.`;
  const target: Target<number> = {
    value: units,
    changedOn: after.effectiveOn,
    revision: after.revision,
    on,
    rule: 'mapping.difference',
    reason,
  };
  const isCancelled = after.status === 'cancelled';
  const isAtOnce = (isCancelled ? policy.cancel : policy.decrease) === 'sameDay';
  if (isAtOnce || units >= unitsOn(on)) return target;
  const next = startOfNext(contract, laterOf(after.effectiveOn, contract.startsOn));
  return {
    ...target,
    on: laterOf(next, on),
    rule: isCancelled ? 'cancel.periodEnd' : 'decrease.nextPeriod',
    reason: `${reason} ${isCancelled ? 'It is billed until the period of that day ends.' : 'Fewer units count from the period after that day on.'}`,
  };
}

/** From which day a subscription that has no units any more is to have none. */
export function noUnitsTarget(situation: Situation, known: BillableState): Target<number> {
  if (known.status === 'cancelled') return cancelledTarget(situation, known);
  const on = laterOf(known.effectiveOn, situation.contract.startsOn);
  const reason = `The subscription has no units since ${known.effectiveOn}.`;
  const common = { value: 0, reason, changedOn: known.effectiveOn, revision: known.revision };
  return situation.policy.decrease === 'sameDay'
    ? { ...common, on, rule: 'quantity.sameDay' }
    : { ...common, on: startOfNext(situation.contract, on), rule: 'decrease.nextPeriod' };
}

function cancelledTarget({ contract, policy }: Situation, after: BillableState): Target<number> {
  const common = { value: 0, changedOn: after.effectiveOn, revision: after.revision };
  const on = laterOf(after.effectiveOn, contract.startsOn);
  const what = `The subscription was cancelled on ${after.effectiveOn}`;
  if (policy.cancel === 'sameDay') return { ...common, on, rule: 'cancel.sameDay', reason: `${what}.` };
  const reason = `${what}; it is billed until the period ends.`;
  return { ...common, on: startOfNext(contract, on), rule: 'cancel.periodEnd', reason };
}

/**
 * From which day which price and cost count; null when the change is none of them. A period that is approved and posted keeps its
 * price: the change then counts from the next one that is open (reference §8.4).
 */
export function termsTarget(
  situation: Situation,
  before: BillableState | null,
  after: BillableState,
): Target<TermsTarget> | null {
  const { desired, contract, line, policy } = situation;
  if (after.status === 'cancelled') return null;
  const isThere = line !== null && firstDayOf(line) !== null;
  // The price of the month is what its amounts come to; it is not the subscription's, but where the line begins.
  if (desired.kind === 'azurePlan' && policy.azure === 'priceReset' && isThere) return null;
  const unitPrice = billedPrice(desired.kind, after);
  const { unitCost } = after;
  // While cancelled nothing is priced, so what the line costs now says only the line itself; a line to be made has no price at all.
  const hasChanged =
    before === null ||
    !isThere ||
    before.status === 'cancelled' ||
    !billedPrice(desired.kind, before).equals(unitPrice) ||
    !before.unitCost.equals(unitCost);
  if (!hasChanged) return null;
  const common = { value: { unitPrice, unitCost }, changedOn: after.effectiveOn, revision: after.revision };
  if (isAzureSwitch(desired, before, after)) {
    const next = startOfNext(contract, laterOf(after.effectiveOn, contract.startsOn));
    const first = laterOf(next, firstDayToPrice(contract, line));
    const verb = after.status === 'suspended' ? 'suspended' : 'reactivated';
    const reason = `The Azure plan was ${verb} on ${after.effectiveOn}; its price changes with the following period.`;
    return { ...common, on: firstOpen(contract, line, first), rule: 'azure.followingPeriod', reason };
  }
  return { ...common, ...atPeriodStart(situation, before, after) };
}

function atPeriodStart(
  situation: Situation,
  before: BillableState | null,
  after: BillableState,
): { on: LocalDate; rule: DatingRule; reason: string } {
  const { contract, line, desired } = situation;
  const changed = desired.known === null ? mappedFrom(situation, after) : after.effectiveOn;
  const day = laterOf(changed, contract.startsOn);
  const period = periodOn(gridOf(contract), day);
  // Days before the line's first units have nothing to price, unless they get units by this change.
  const begins = firstDayToPrice(contract, line);
  const units = billedUnits(after);
  const isWithUnits = units > 0 && (before === null || billedUnits(before) !== units);
  const first = laterOf(period?.startsOn ?? day, isWithUnits ? earlierOf(begins, day) : begins);
  const on = firstOpen(contract, line, first);
  const what = `Price or cost changed on ${after.effectiveOn}`;
  return on === first
    ? { on, rule: 'price.periodStart', reason: `${what}; it counts from the start of that period.` }
    : {
        on,
        rule: 'price.nextOpenPeriod',
        reason: `${what}; the period of that day is approved and posted, so it counts from the next open one.`,
      };
}

/** Days before the line's first units have nothing to price. */
function firstDayToPrice(contract: ContractState, line: ContractLine | null): LocalDate {
  return (line === null ? null : firstDayOf(line)) ?? contract.startsOn;
}

/** A subscription that is mapped late is not billed for periods before the current one. */
function mappedFrom({ contract, today }: Situation, { effectiveOn }: BillableState): LocalDate {
  const current = periodOn(gridOf(contract), today)?.startsOn ?? contract.startsOn;
  return laterOf(laterOf(effectiveOn, current), contract.startsOn);
}

function isAzureSwitch({ kind }: DesiredLine, before: BillableState | null, after: BillableState): boolean {
  return (
    kind === 'azurePlan' &&
    before !== null &&
    before.status !== after.status &&
    (before.status === 'suspended' || after.status === 'suspended')
  );
}

/** First day of the period after that of a day; the day behind the contract's end when there is none. */
function startOfNext(contract: ContractState, day: LocalDate): LocalDate {
  const period = periodOn(gridOf(contract), day);
  return period === null ? laterOf(day, addDays(contract.endsOn, 1)) : addDays(period.endsOn, 1);
}

function firstOpen(contract: ContractState, line: ContractLine | null, from: LocalDate): LocalDate {
  if (line === null) return from;
  let day = from;
  let period: Period | null = periodOn(gridOf(contract), day);
  while (period !== null && isPosted(line, period)) {
    day = addDays(period.endsOn, 1);
    period = periodOn(gridOf(contract), day);
  }
  return day;
}

function counted(units: number): string {
  return units === 1 ? '1 unit' : `${units} units`;
}
