import { type Money, money } from '../../kernel/money.js';
import { isAdjustment, isSame } from './line-overlay.js';
import type { PlanStep } from './plan-step.js';
import { combined } from './settlement.js';
import { kindOf } from './step-cause.js';

/**
 * One write in place of two of the same line and day, or of the same charge, of which the first was not sent: from what was before the first
 * to what is after the second, with the money of both.
 */
export function mergedStep(known: PlanStep, step: PlanStep): PlanStep {
  const settles = combined(known.settles, step.settles);
  const merged: PlanStep = {
    ...step,
    ...(settles === undefined ? {} : { settles }),
    identity: known.identity,
    before: known.before,
    impactPerPeriod: sumOf(known.impactPerPeriod, step.impactPerPeriod),
    impact: sumOf(known.impact, step.impact),
  };
  return { ...merged, kind: kindOfMerged(known, merged), reason: reasonOf(merged) };
}

/** Whether nothing is left to be written, because a later change takes the earlier one back. */
export function isUndone({ kind, charge, before, after }: PlanStep): boolean {
  if (charge !== null || before.units !== after.units) return false;
  const isPriceKept = isSame(before.unitPrice, after.unitPrice) && isSame(before.unitCost, after.unitCost);
  // A service that never comes has no price either.
  return isPriceKept || kind === 'addService';
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
