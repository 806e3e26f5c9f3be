import type { Decimal } from 'decimal.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { daysIn } from '../../kernel/period.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { rangeOn, type UnitRange, unitsOn } from './contract-state.js';
import { changesPrice, isSame } from './line-overlay.js';
import type { PlanStep, StepCharge } from './plan-step.js';

/**
 * What the PSA shows of an intended adjustment: carried out; not carried out; something neither we nor our last reading know; or
 * nothing that tells, as with the price of a line without units.
 */
export type WriteOutcome = 'applied' | 'absent' | 'foreign' | 'untold';

/** A line as it was read back. */
export interface LineReading {
  units: readonly UnitRange[];
  /** In force today. */
  unitPrice: Decimal | null;
  unitCost: Decimal | null;
}

/**
 * Compares the total on the effective date with what the adjustment was to make of it: adjustments themselves cannot be read
 * (reference §8.6). A delta is only ever sent on top of the total it was reckoned from.
 */
export function outcomeOf(step: PlanStep, reading: LineReading, today: LocalDate): WriteOutcome {
  const { before, after, effectiveOn } = step;
  const units = unitsOn(reading.units, effectiveOn);
  if (before.units !== after.units) {
    if (units === after.units) return 'applied';
    return units === before.units ? 'absent' : 'foreign';
  }
  if (units !== before.units) return 'foreign';
  if (!isSame(before.unitPrice, after.unitPrice)) {
    return amountOutcome(step, reading, before.unitPrice, after.unitPrice, today, 'price');
  }
  return amountOutcome(step, reading, before.unitCost, after.unitCost, today, 'cost');
}

/** Whether a reading always tells what became of it: where units of a known line change, never `untold`. */
export function isToldByUnits({ kind, before, after }: PlanStep): boolean {
  return kind === 'adjustUnits' && before.units !== after.units;
}

/**
 * Whether the day of a price was approved and posted since the step was planned: the PSA would take it, and bill the difference for what is
 * posted.
 */
export function isPostedMeanwhile(step: PlanStep, { units }: Pick<LineReading, 'units'>): boolean {
  const { effectiveOn, period } = step;
  const isThen = ({ startsOn, endsOn }: UnitRange) => startsOn <= effectiveOn && effectiveOn <= endsOn;
  return !period.isPosted && changesPrice(step) && units.some((range) => range.isPosted && isThen(range));
}

/** Whether a charge holds the amounts it was to be changed to, or still those of before. */
export function changedChargeOutcome(
  charge: StepCharge & { replaces: NonNullable<StepCharge['replaces']> },
  found: { quantity: Decimal; unitPrice: Decimal; unitCost: Decimal; isBilled: boolean },
): WriteOutcome {
  const [price, cost] = [found.quantity.times(found.unitPrice), found.quantity.times(found.unitCost)];
  const isAt = (priceWanted: Decimal, costWanted: Decimal) =>
    price.minus(priceWanted).abs().lessThan('0.0005') && cost.minus(costWanted).abs().lessThan('0.0005');
  const quantity = new MoneyDecimal(charge.quantity);
  if (isAt(quantity.times(charge.unitPrice), quantity.times(charge.unitCost))) return 'applied';
  const { unitPrice, unitCost } = charge.replaces;
  const isBefore = isAt(new MoneyDecimal(unitPrice), new MoneyDecimal(unitCost));
  return isBefore && !found.isBilled ? 'absent' : 'foreign';
}

function amountOutcome(
  { effectiveOn, period }: PlanStep,
  reading: LineReading,
  before: Decimal | null,
  after: Decimal | null,
  today: LocalDate,
  kind: 'price' | 'cost',
): WriteOutcome {
  const range = rangeOn(reading.units, effectiveOn);
  const told = range?.[kind] ?? null;
  if (range !== undefined && told !== null && !range.isPosted && range.units > 0 && !hidesCosts(kind, told)) {
    const days = new MoneyDecimal(daysIn(range.startsOn, range.endsOn)).times(range.units);
    return nearer(told, amountOf(before, days, period.fullDays), amountOf(after, days, period.fullDays));
  }
  if (effectiveOn > today) return 'untold';
  const inForce = kind === 'price' ? reading.unitPrice : reading.unitCost;
  return inForce === null || hidesCosts(kind, inForce) ? 'untold' : nearer(inForce, before, after);
}

/** An API user who may not read costs is shown 0 (reference §2.6). */
function hidesCosts(kind: 'price' | 'cost', told: Decimal): boolean {
  return kind === 'cost' && told.isZero();
}

function amountOf(unit: Decimal | null, unitDays: Decimal, fullDays: number): Decimal | null {
  return unit?.times(unitDays).dividedBy(fullDays) ?? null;
}

/** Amounts come rounded, so the closer one counts, unless what is told is neither. */
function nearer(told: Decimal, before: Decimal | null, after: Decimal | null): WriteOutcome {
  const toAfter = after === null ? null : told.minus(after).abs();
  const toBefore = before === null ? null : told.minus(before).abs();
  if (toAfter === null) return 'untold';
  if (toBefore === null) return toAfter.lessThan('0.01') ? 'applied' : 'absent';
  const between = toAfter.plus(toBefore);
  const tolerance = MoneyDecimal.max(
    '0.001',
    (after ?? told)
      .minus(before ?? told)
      .abs()
      .times('0.1'),
  );
  if (MoneyDecimal.min(toAfter, toBefore).greaterThan(tolerance)) return 'foreign';
  if (between.isZero()) return 'untold';
  return toAfter.lessThan(toBefore) ? 'applied' : 'absent';
}
