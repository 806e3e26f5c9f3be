import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal, roundMoney } from '../../kernel/money.js';
import { addDays, earlierOf, laterOf, periodOn, periodsFrom } from '../../kernel/period.js';
import { DayTakenError } from './billing.errors.js';
import { type ContractLine, type ContractState, gridOf, isPosted, shareOf } from './contract-state.js';
import { changesPrice, isSame } from './line-overlay.js';
import { LineTimeline, type LineValues, valueOf } from './line-timeline.js';
import type { PlanStep } from './plan-step.js';
import { freeDay } from './restoring-step.js';
import { kindOf } from './step-cause.js';

/** What is the matter with the day of a step. */
export type Obstacle = 'has another adjustment' | 'is approved and posted';

/**
 * The step on the next day that is free, because its own has another adjustment, or its price's period is posted. It brings the line to what it was to bring it to, with
 * what else changes between the two days on top.
 * @param line with everything on top that was decided, this step too
 * @param behind days of the adjustments that wait behind this one
 * @param obstacle why it cannot stay
 * @throws DayTakenError when it must not pass one of them, or the contract has no such day
 */
export function movedToFreeDay(
  step: PlanStep,
  contract: ContractState,
  line: ContractLine,
  behind: readonly LocalDate[],
  obstacle: Obstacle = 'has another adjustment',
): PlanStep {
  const { effectiveOn: from, before, after } = step;
  if (step.rule === 'azure.monthPrice' || step.rule === 'azure.resetPrice') {
    throw new DayTakenError(
      `${from} ${obstacle}, and the price of a month was reckoned for that day. Dismiss it and record a correction charge.`,
    );
  }
  const takenDays = [...line.takenDays, ...behind];
  const on = freeDay(addDays(from, 1), contract, { ...line, takenDays }, changesPrice(step));
  const passed = behind.find((day) => day > from && day <= on);
  if (passed !== undefined) {
    throw new DayTakenError(
      `${from} ${obstacle}, and no day is free before the change of ${passed} that waits behind this one. Dismiss this one: ` +
        'that one brings the line to what it should be.',
    );
  }
  const period = periodOn(gridOf(contract), on);
  if (period === null) {
    throw new DayTakenError(`${from} ${obstacle}, and the contract has no free day after it.`);
  }
  const timeline = LineTimeline.of(line);
  const [then, now] = [timeline.on(from), timeline.on(on)];
  const [movedBefore, movedAfter] = [shifted(before, then, now), shifted(after, then, now)];
  const lost = valueBetween(step, contract, on);
  return {
    ...step,
    kind: step.kind === 'addService' ? step.kind : kindOf(movedBefore, movedAfter),
    identity: step.identity.replace(/[^/]+$/, on),
    before: movedBefore,
    after: movedAfter,
    effectiveOn: on,
    notBefore: on,
    period: { ...period, isPosted: isPosted(line, period) },
    impactPerPeriod: roundMoney(money(valueOf(movedAfter).minus(valueOf(movedBefore)), step.impact.currency)),
    impact: roundMoney(money(step.impact.amount.minus(lost), step.impact.currency)),
    rule: 'date.nextFreeDay',
    reason: `${step.reason} ${from} ${obstacle}, so the next free day is used.`,
  };
}

/** Units move along with what changes between the days; a price that is set in between stays as it is set. */
function shifted(values: LineValues, then: LineValues, now: LineValues): LineValues {
  return {
    units: values.units + now.units - then.units,
    unitPrice: isSame(then.unitPrice, now.unitPrice) ? values.unitPrice : now.unitPrice,
    unitCost: isSame(then.unitCost, now.unitCost) ? values.unitCost : now.unitCost,
  };
}

/** What the step would have billed for the days before a later one. */
function valueBetween(
  { effectiveOn, before, after }: PlanStep,
  contract: ContractState,
  to: LocalDate,
): Decimal {
  const perPeriod = valueOf(after).minus(valueOf(before));
  const last = addDays(to, -1);
  let total = new MoneyDecimal(0);
  for (const period of periodsFrom(gridOf(contract), effectiveOn)) {
    if (period.startsOn > last) break;
    const share = shareOf(period, laterOf(period.startsOn, effectiveOn), earlierOf(period.endsOn, last));
    total = total.plus(perPeriod.times(share));
  }
  return total;
}
