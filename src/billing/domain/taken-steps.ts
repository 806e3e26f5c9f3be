import { MoneyDecimal, money, roundMoney } from '../../kernel/money.js';
import type { StoredStep } from './billing-plan.js';
import { isAdjustment, isSame } from './line-overlay.js';
import { type LineValues, valueOf } from './line-timeline.js';
import type { PlanStep } from './plan-step.js';

/** What steps that are left out would have changed of a line: what was before them stays. */
interface LeftOut {
  units: number;
  before: LineValues;
  after: LineValues;
  step: PlanStep;
}

/**
 * The steps of a plan that are taken, in their order, each reckoned from what the taken ones before it leave: one that sets units still comes to
 * its own total, one that only sets a price finds the units as they stay. A step that has nothing left to change is none.
 */
export function takenSteps(
  steps: readonly StoredStep[],
  isTaken: (step: StoredStep) => boolean,
): StoredStep[] {
  const taken = new Map<string, StoredStep>();
  const leftOut = new Map<string, LeftOut>();
  for (const stored of steps.toSorted(byDay)) {
    const { id, lineId, step } = stored;
    const left = leftOut.get(lineId);
    if (!isAdjustment(step)) {
      if (isTaken(stored)) taken.set(id, stored);
    } else if (!isTaken(stored)) {
      leftOut.set(lineId, added(left, step));
    } else if (left === undefined) {
      taken.set(id, stored);
    } else {
      const rebased = without(step, left);
      if (changesAnything(rebased)) taken.set(id, { ...stored, step: rebased });
      leftOut.set(lineId, overtaken(left, step));
    }
  }
  return steps.flatMap(({ id }) => taken.get(id) ?? []);
}

function byDay({ step: left }: StoredStep, { step: right }: StoredStep): number {
  if (left.effectiveOn === right.effectiveOn) return 0;
  return left.effectiveOn < right.effectiveOn ? -1 : 1;
}

function added(left: LeftOut | undefined, step: PlanStep): LeftOut {
  const units = step.after.units - step.before.units;
  return left === undefined
    ? { units, before: step.before, after: step.after, step }
    : { ...left, units: left.units + units, after: step.after };
}

/** A taken step sets these things anew, so nothing of them is missing any more. */
function overtaken(left: LeftOut, { before, after }: PlanStep): LeftOut {
  const unitPrice = isSame(before.unitPrice, after.unitPrice) ? left.before.unitPrice : left.after.unitPrice;
  const unitCost = isSame(before.unitCost, after.unitCost) ? left.before.unitCost : left.after.unitCost;
  const units = before.units === after.units ? left.units : 0;
  return { ...left, units, before: { ...left.before, unitPrice, unitCost } };
}

function without(step: PlanStep, left: LeftOut): PlanStep {
  const before: LineValues = {
    units: step.before.units - left.units,
    unitPrice: isSame(step.before.unitPrice, left.after.unitPrice)
      ? left.before.unitPrice
      : step.before.unitPrice,
    unitCost: isSame(step.before.unitCost, left.after.unitCost) ? left.before.unitCost : step.before.unitCost,
  };
  const after: LineValues = {
    units: step.before.units === step.after.units ? before.units : step.after.units,
    unitPrice: isSame(step.before.unitPrice, step.after.unitPrice) ? before.unitPrice : step.after.unitPrice,
    unitCost: isSame(step.before.unitCost, step.after.unitCost) ? before.unitCost : step.after.unitCost,
  };
  const { currency } = step.impact;
  const perPeriod = valueOf(after).minus(valueOf(before));
  const periods = periodsOf(step) ?? periodsOf(left.step) ?? new MoneyDecimal(0);
  return {
    ...step,
    kind: before.units === 0 && after.units > 0 && left.step.kind === 'addService' ? 'addService' : step.kind,
    before,
    after,
    impactPerPeriod: roundMoney(money(perPeriod, currency)),
    impact: roundMoney(money(perPeriod.times(periods), currency)),
  };
}

/** For how many periods a step counts, by its own two amounts; null where they do not tell. */
function periodsOf({ impact, before, after }: PlanStep): MoneyDecimal | null {
  const perPeriod = valueOf(after).minus(valueOf(before));
  return perPeriod.isZero() ? null : impact.amount.dividedBy(perPeriod);
}

function changesAnything({ before, after }: PlanStep): boolean {
  return (
    before.units !== after.units ||
    !isSame(before.unitPrice, after.unitPrice) ||
    !isSame(before.unitCost, after.unitCost)
  );
}
