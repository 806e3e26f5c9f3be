import type { Decimal } from 'decimal.js';
import { type Money, money } from '../../kernel/money.js';
import { isAdjustment, isSame } from './line-overlay.js';
import type { PlanStep } from './plan-step.js';
import { combined } from './settlement.js';
import { kindOf } from './step-cause.js';

/** Whether two steps of a line are of one day, or of one charge: a charge that is not sent yet takes up what comes later. */
export function areOneWrite(known: PlanStep, step: PlanStep): boolean {
  if (known.charge !== null && step.charge !== null) {
    return (
      known.charge.chargeId === step.charge.chargeId &&
      known.charge.replaces?.externalId === step.charge.replaces?.externalId
    );
  }
  return isAdjustment(known) && isAdjustment(step) && known.effectiveOn === step.effectiveOn;
}

/**
 * One write in place of two of the same line and day, or of the same charge, of which the first was not sent: it changes what both of them
 * change, with the money of both. What else was decided in between, for earlier days, is written after it, so it is not in its total; units
 * may fall below 0 by that.
 */
export function mergedStep(known: PlanStep, step: PlanStep): PlanStep {
  const settles = combined(known.settles, step.settles);
  const [price, cost] = [mergedAmount(known, step, 'unitPrice'), mergedAmount(known, step, 'unitCost')];
  const units = known.after.units + unitChangeOf(step);
  const merged: PlanStep = {
    ...step,
    ...(settles === undefined ? {} : { settles }),
    identity: known.identity,
    before: { units: known.before.units, unitPrice: price.before, unitCost: cost.before },
    after: { units, unitPrice: price.after, unitCost: cost.after },
    impactPerPeriod: sumOf(known.impactPerPeriod, step.impactPerPeriod),
    impact: sumOf(known.impact, step.impact),
  };
  return { ...merged, kind: kindOfMerged(known, merged), reason: reasonOf(merged) };
}

/** Units that a step adds. */
export function unitChangeOf({ before, after }: Pick<PlanStep, 'before' | 'after'>): number {
  return after.units - before.units;
}

/** The step where so many more units are in force before it. */
export function shiftedBy(step: PlanStep, units: number): PlanStep {
  const { before, after } = step;
  return {
    ...step,
    before: { ...before, units: before.units + units },
    after: { ...after, units: after.units + units },
  };
}

/** The step where so many units are in force before it: one that sets units comes to its own total, one that only prices leaves them. */
export function withUnitsBefore(step: PlanStep, units: number): PlanStep {
  return unitChangeOf(step) === 0
    ? shiftedBy(step, units - step.before.units)
    : { ...step, before: { ...step.before, units } };
}

/** A merged step as one that is written after all others: it comes to the total of the later one of its two. */
export function writtenLast(merged: PlanStep, { after: { units } }: PlanStep): PlanStep {
  const last = shiftedBy(merged, units - merged.after.units);
  return { ...last, kind: kindOf(last.before, last.after) };
}

/** Whether nothing is left to be written, because a later change takes the earlier one back. */
export function isUndone({ kind, charge, before, after }: PlanStep): boolean {
  if (charge !== null || before.units !== after.units) return false;
  const isPriceKept = isSame(before.unitPrice, after.unitPrice) && isSame(before.unitCost, after.unitCost);
  // A service that never comes has no price either.
  return isPriceKept || kind === 'addService';
}

/** What the later step sets counts, else what the earlier one has; what neither sets is not sent. */
function mergedAmount(
  known: PlanStep,
  step: PlanStep,
  field: 'unitPrice' | 'unitCost',
): { before: Decimal | null; after: Decimal | null } {
  const isSetBy = ({ before, after }: PlanStep) => !isSame(before[field], after[field]);
  return {
    before: (isSetBy(step) && !isSetBy(known) ? step : known).before[field],
    after: (isSetBy(step) ? step : known).after[field],
  };
}

function kindOfMerged(known: PlanStep, merged: PlanStep): PlanStep['kind'] {
  if (!isAdjustment(merged)) return merged.kind;
  return known.kind === 'addService' ? 'addService' : kindOf(merged.before, merged.after);
}

/** Each step has its own reason only, so that many changes of a day make no long story. */
function reasonOf({ charge, effectiveOn, before, after, impact, reason }: PlanStep): string {
  return charge === null
    ? `Several changes of ${effectiveOn} in one, from ${before.units} to ${after.units} units; the last: ${reason}`
    : `Several amounts in one, ${impact.amount.toFixed()} ${impact.currency} together; the last: ${reason}`;
}

function sumOf(left: Money, right: Money): Money {
  return money(left.amount.plus(right.amount), right.currency);
}
