import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { BillingPeriod } from './billing-periods.js';
import { addDays, daysIn } from './calendar.js';

/** Decimals the vendor keeps of an amount. */
const AMOUNT_DECIMALS = 4;

export interface UnitTerms {
  /** Price of one unit for a full period, in the customer's currency. */
  readonly unitPrice: MoneyDecimal;
  /** Cost of one unit for a full period, in the internal currency. */
  readonly unitCost: MoneyDecimal;
  /** Internal amount of one unit of the customer's currency when the price was saved. */
  readonly exchangeRate: MoneyDecimal;
}

/** A dated change of a contract service; null keeps the price or cost in force. */
export interface LineAdjustment {
  readonly effectiveOn: LocalDate;
  readonly unitChange: number;
  readonly unitPrice: MoneyDecimal | null;
  readonly unitCost: MoneyDecimal | null;
  readonly exchangeRate: MoneyDecimal;
}

export interface UnitsInForce extends UnitTerms {
  readonly units: number;
}

/** One row of ContractServiceUnits: `price` and `cost` are for all units and the days of the row. */
export interface UnitSegment extends UnitsInForce {
  readonly startOn: LocalDate;
  readonly endOn: LocalDate;
  readonly price: MoneyDecimal;
  readonly cost: MoneyDecimal;
}

export function roundAmount(amount: MoneyDecimal): MoneyDecimal {
  return amount.toDecimalPlaces(AMOUNT_DECIMALS);
}

/** Units, price and cost on a day: the sum of the deltas up to it, the last explicit price and cost up to it. */
export function unitsInForce(
  base: UnitTerms,
  adjustments: readonly LineAdjustment[],
  day: LocalDate,
): UnitsInForce {
  let inForce: UnitsInForce = { ...base, units: 0 };
  for (const adjustment of adjustments.filter(({ effectiveOn }) => effectiveOn <= day).toSorted(byDate)) {
    inForce = {
      units: inForce.units + adjustment.unitChange,
      unitPrice: adjustment.unitPrice ?? inForce.unitPrice,
      unitCost: adjustment.unitCost ?? inForce.unitCost,
      exchangeRate: adjustment.unitPrice === null ? inForce.exchangeRate : adjustment.exchangeRate,
    };
  }
  return inForce;
}

/**
 * The unit rows that are not posted: one per billing period, split at the date of every adjustment and prorated by days.
 * Nothing exists before the first adjustment. A posted row is never altered: a change inside it makes a row for the
 * difference, positive or negative (Autotask REST reference, §7.8, §8.3, §8.4).
 */
export function unitSegments(
  periods: readonly BillingPeriod[],
  base: UnitTerms,
  adjustments: readonly LineAdjustment[],
  posted: readonly UnitSegment[],
): UnitSegment[] {
  const dates = adjustments.map(({ effectiveOn }) => effectiveOn).toSorted();
  const [firstOn] = dates;
  if (firstOn === undefined) return [];
  const breaks = [...dates, ...posted.map(({ endOn }) => addDays(endOn, 1))];
  return periods
    .filter(({ endOn }) => endOn >= firstOn)
    .flatMap((period) => splitPeriod(period, breaks, firstOn))
    .flatMap(({ startOn, endOn, fullDays }) => {
      const inForce = unitsInForce(base, adjustments, startOn);
      return segment(startOn, endOn, fullDays, inForce, coverOf(posted, startOn));
    });
}

function splitPeriod(
  period: BillingPeriod,
  breaks: readonly LocalDate[],
  firstOn: LocalDate,
): BillingPeriod[] {
  const inside = breaks.filter((day) => day > period.startOn && day <= period.endOn && day >= firstOn);
  const starts = [...new Set([period.startOn, ...inside])].filter((day) => day >= firstOn).toSorted();
  return starts.map((startOn, position) => {
    const next = starts[position + 1];
    return { ...period, startOn, endOn: next === undefined ? period.endOn : addDays(next, -1) };
  });
}

/** The posted row that bills a day; of several the one that starts last, since it holds the total after its change. */
function coverOf(posted: readonly UnitSegment[], day: LocalDate): UnitSegment | undefined {
  return posted
    .filter(({ startOn, endOn }) => startOn <= day && day <= endOn)
    .toSorted((left, right) => (left.startOn < right.startOn ? -1 : 1))
    .at(-1);
}

function segment(
  startOn: LocalDate,
  endOn: LocalDate,
  fullDays: number,
  inForce: UnitsInForce,
  cover: UnitSegment | undefined,
): UnitSegment[] {
  const isBilledAlready =
    cover !== undefined &&
    cover.units === inForce.units &&
    cover.unitPrice.equals(inForce.unitPrice) &&
    cover.unitCost.equals(inForce.unitCost);
  if (isBilledAlready) return [];
  const share = new MoneyDecimal(daysIn(startOn, endOn)).dividedBy(fullDays);
  const zero = new MoneyDecimal(0);
  const price = inForce.unitPrice.times(inForce.units).minus(cover?.unitPrice.times(cover.units) ?? zero);
  const cost = inForce.unitCost.times(inForce.units).minus(cover?.unitCost.times(cover.units) ?? zero);
  return [
    {
      ...inForce,
      startOn,
      endOn,
      price: roundAmount(price.times(share)),
      cost: roundAmount(cost.times(share)),
    },
  ];
}

function byDate(left: LineAdjustment, right: LineAdjustment): number {
  if (left.effectiveOn === right.effectiveOn) return 0;
  return left.effectiveOn < right.effectiveOn ? -1 : 1;
}
