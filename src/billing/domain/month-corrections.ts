import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, roundMoney } from '../../kernel/money.js';
import { addDays, laterOf, periodOn } from '../../kernel/period.js';
import type { BillingLine } from './billing-line.js';
import { type ContractLine, type ContractState, gridOf, isPosted } from './contract-state.js';
import { LineTimeline, type LineValues, valueOf } from './line-timeline.js';
import type { PlanStep } from './plan-step.js';
import { freeDay } from './restoring-step.js';
import { isSameUnitAmount } from './unit-amounts.js';

/** What a line should have in force from a day on. */
export interface WantedState {
  from: LocalDate;
  units: number;
  /** Customer currency; null leaves the price as it is. */
  unitPrice: Decimal | null;
}

/**
 * The steps that bring a line to what it should have had since a day, also where that has passed: units on the day they differ from, or the
 * next one without an adjustment; a price from the first period on that is not approved and posted. Nothing where all is as wanted.
 *
 * @param wanted ascending; before the first there should be no units
 */
export function monthCorrections(
  line: BillingLine,
  contract: ContractState,
  own: ContractLine,
  wanted: readonly WantedState[],
  { from, today, currency }: { from: LocalDate; today: LocalDate; currency: CurrencyCode },
): PlanStep[] {
  const steps: PlanStep[] = [];
  const first = laterOf(from, contract.startsOn);
  let taken: ContractLine = own;
  let timeline = LineTimeline.of(own);
  const consider = (day: LocalDate, isPriced: boolean) => {
    const on = freeDay(day, contract, taken, isPriced);
    const period = periodOn(gridOf(contract), on);
    const target = wanted.findLast((state) => state.from <= on);
    if (period === null) return;
    const found = timeline.on(on);
    const units = target?.units ?? 0;
    const isOpen = !isPosted(own, period);
    const price =
      isOpen && units > 0 && target !== undefined && !isSameUnitPrice(target, found.unitPrice, currency);
    const change = {
      on,
      unitChange: units - found.units,
      unitPrice: price && target !== undefined ? target.unitPrice : null,
      unitCost: null,
    };
    if (change.unitChange === 0 && change.unitPrice === null) return;
    const next = timeline.with(change);
    const impact = next.billedBeyond(timeline, on, contract);
    const after: LineValues = { ...found, units, unitPrice: change.unitPrice ?? found.unitPrice };
    steps.push({
      ...emptyStep(line, own, on),
      kind: change.unitChange === 0 ? 'adjustPrice' : 'adjustUnits',
      before: found,
      after,
      period: { ...period, isPosted: !isOpen },
      impactPerPeriod: roundMoney(money(valueOf(after).minus(valueOf(found)), currency)),
      impact: roundMoney(money(impact, currency)),
      reason: `The subscription should have ${units} units since ${target?.from ?? day}; the contract had ${found.units} on ${on}.`,
    });
    timeline = next;
    taken = { ...taken, takenDays: [...taken.takenDays, on] };
  };
  const days = [first, ...wanted.map((state) => state.from), ...timeline.changeDaysAfter(first)];
  for (const day of [...new Set(days)].toSorted()) if (day >= first && day <= today) consider(day, false);
  const open = firstOpenDay(contract, own, today);
  if (open !== null) consider(open, true);
  return steps;
}

/** The first day, not before the period of today, on which a price may still change. */
function firstOpenDay(contract: ContractState, own: ContractLine, today: LocalDate): LocalDate | null {
  let period = periodOn(gridOf(contract), laterOf(today, contract.startsOn));
  while (period !== null && isPosted(own, period))
    period = periodOn(gridOf(contract), addDays(period.endsOn, 1));
  if (period === null) return null;
  return laterOf(period.startsOn, contract.startsOn);
}

function isSameUnitPrice(
  { unitPrice, units }: WantedState,
  found: Decimal | null,
  currency: CurrencyCode,
): boolean {
  return unitPrice === null || isSameUnitAmount(found, unitPrice, units, currency);
}

function emptyStep(
  { connectionId, subscriptionId, contractExternalId, serviceExternalId, known }: BillingLine,
  { externalId }: ContractLine,
  on: LocalDate,
): Pick<
  PlanStep,
  | 'identity'
  | 'subscriptionId'
  | 'contractExternalId'
  | 'serviceExternalId'
  | 'lineExternalId'
  | 'effectiveOn'
  | 'notBefore'
  | 'rule'
  | 'revision'
  | 'contractEndsOn'
  | 'charge'
> {
  return {
    identity: `${connectionId}/${known?.customerId ?? ''}/${subscriptionId}/${on}`,
    subscriptionId,
    contractExternalId,
    serviceExternalId,
    lineExternalId: externalId,
    effectiveOn: on,
    notBefore: on,
    rule: 'reconciliation.correct',
    revision: known?.revision ?? 0,
    contractEndsOn: null,
    charge: null,
  };
}
