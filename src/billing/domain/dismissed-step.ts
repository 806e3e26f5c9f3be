import type { Decimal } from 'decimal.js';
import { isAdjustment, isSame } from './line-overlay.js';
import type { LineValues } from './line-timeline.js';
import { shiftedBy, unitChangeOf } from './merged-step.js';
import type { PlanStep } from './plan-step.js';

type AmountField = 'unitPrice' | 'unitCost';

/**
 * The steps of a line that are written after a dismissed one, as they are without it: the earliest-dated of those that change units still
 * comes to its own total, all others change what they changed before. One that sets no units, or no price, leaves what is there.
 * @param behind in the order in which they are written
 */
export function withoutStep(dismissed: PlanStep, behind: readonly PlanStep[]): PlanStep[] {
  if (!isAdjustment(dismissed)) return [...behind];
  const isTouched = (step: PlanStep) => isAdjustment(step) && step.effectiveOn >= dismissed.effectiveOn;
  const units = withoutUnits(dismissed, behind, isTouched);
  return units.map((step, index) => {
    if (!isTouched(step)) return step;
    const earlier = behind
      .slice(0, index)
      .filter((other) => isAdjustment(other) && other.effectiveOn <= step.effectiveOn)
      .toSorted((left, right) => (left.effectiveOn < right.effectiveOn ? -1 : 1));
    const price = amountsWithout(dismissed, step, earlier, 'unitPrice');
    const cost = amountsWithout(dismissed, step, earlier, 'unitCost');
    if (price === null && cost === null) return step;
    return {
      ...step,
      kind: dismissed.kind === 'addService' && isFirst(step) ? 'addService' : step.kind,
      before: withAmounts(step.before, price?.before, cost?.before),
      after: withAmounts(step.after, price?.after, cost?.after),
    };
  });
}

function withoutUnits(
  dismissed: PlanStep,
  behind: readonly PlanStep[],
  isTouched: (step: PlanStep) => boolean,
): PlanStep[] {
  const change = unitChangeOf(dismissed);
  if (change === 0) return [...behind];
  const [makingUp] = behind
    .filter((step) => isTouched(step) && unitChangeOf(step) !== 0)
    .toSorted((left, right) => (left.effectiveOn < right.effectiveOn ? -1 : 1));
  let isMadeUp = false;
  return behind.map((step) => {
    if (!isTouched(step)) return step;
    if (step === makingUp) {
      isMadeUp = true;
      return { ...step, before: { ...step.before, units: step.before.units - change } };
    }
    const isUnaffected = isMadeUp && makingUp !== undefined && step.effectiveOn > makingUp.effectiveOn;
    return isUnaffected ? step : shiftedBy(step, -change);
  });
}

/** @param earlier steps written before it that count on its day, by their days @returns null where they stay */
function amountsWithout(
  dismissed: PlanStep,
  step: PlanStep,
  earlier: readonly PlanStep[],
  field: AmountField,
): Record<'before' | 'after', Decimal | null> | null {
  const [before, after] = [step.before[field], step.after[field]];
  if (!isSetBy(dismissed, field) || !isSame(before, dismissed.after[field])) return null;
  const setBy = earlier.findLast((other) => isSetBy(other, field));
  const was = setBy === undefined ? dismissed.before[field] : setBy.after[field];
  if (isSetBy(step, field)) return isSame(was, after) ? null : { before: was, after };
  // A service that was not added yet has no price to go on with.
  return { before: was, after: dismissed.kind === 'addService' && isFirst(step) ? after : was };
}

function isSetBy({ before, after }: PlanStep, field: AmountField): boolean {
  return !isSame(before[field], after[field]);
}

function isFirst({ before, after }: PlanStep): boolean {
  return before.units === 0 && after.units > 0;
}

function withAmounts(
  values: LineValues,
  unitPrice: Decimal | null | undefined,
  unitCost: Decimal | null | undefined,
): LineValues {
  return {
    ...values,
    ...(unitPrice === undefined ? {} : { unitPrice }),
    ...(unitCost === undefined ? {} : { unitCost }),
  };
}
