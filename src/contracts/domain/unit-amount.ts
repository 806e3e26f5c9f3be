import type { Decimal } from 'decimal.js';
import { MONEY_ROUNDING, MoneyDecimal } from '../../kernel/money.js';
import { type DayRange, daysIn } from './billing-period.js';

/** How an amount of one unit was found; see `unitAmount`. */
export type AmountBasis = 'period' | 'contractService' | 'prorated';

/** The amount of a unit row: of all its units, for its days. */
export interface RowAmount extends DayRange {
  amount: Decimal | null;
}

export interface UnitAmount {
  /** Of one unit for a full billing period; null where nothing tells. */
  amount: Decimal | null;
  basis: AmountBasis;
}

/** The vendor keeps amounts with four decimals (Autotask REST reference, §2.6). */
const DECIMALS = 4;
/** Half of the coarsest step a prorated amount may have been rounded to. */
const ROUNDING = new MoneyDecimal('0.005');

/**
 * The amount of one unit for a full period on a day, from the unit rows that cover the day. Usually that is one row, as long as the
 * period: its amount divided by its units (`period`). A row that is shorter is prorated by days, and a change inside a posted period is a
 * second row with the difference only (Autotask REST reference, §8.3, §8.4); so each row's amount is brought up to the full period, and
 * they are added up (`prorated`). Prorated amounts are rounded: where the amount that the contract service has now explains
 * them, that one is exact and taken (`contractService`). It is also all there is where there are no units to divide by.
 * @param units in force on the day, of the row that starts last
 * @param lineAmount what the contract service itself holds, which is the amount in force now and not on the day
 */
export function unitAmount(
  rows: readonly RowAmount[],
  units: Decimal,
  period: DayRange,
  lineAmount: Decimal | null,
): UnitAmount {
  const amounts = rows.flatMap(({ amount, ...range }) => (amount === null ? [] : [{ amount, range }]));
  if (units.isZero() || amounts.length < rows.length) {
    return { amount: lineAmount, basis: 'contractService' };
  }
  const [first] = amounts;
  if (first !== undefined && amounts.length === 1 && isSame(first.range, period)) {
    return { amount: rounded(first.amount.div(units)), basis: 'period' };
  }
  const fullDays = daysIn(period);
  const shares = amounts.map(({ amount, range }) => ({ amount, scale: scaleOf(range, fullDays) }));
  const total = sum(shares.map(({ amount, scale }) => amount.times(scale)));
  const derived = total.div(units);
  const basis = shares.every(({ scale }) => scale.equals(1)) ? 'period' : 'prorated';
  const tolerance = sum(shares.map(({ scale }) => ROUNDING.times(scale))).div(units.abs());
  if (basis === 'prorated' && lineAmount !== null && derived.minus(lineAmount).abs().lte(tolerance)) {
    return { amount: lineAmount, basis: 'contractService' };
  }
  return { amount: rounded(derived), basis };
}

function isSame(one: DayRange, other: DayRange): boolean {
  return one.startsOn === other.startsOn && one.endsOn === other.endsOn;
}

function rounded(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(DECIMALS, MONEY_ROUNDING);
}

function scaleOf(range: DayRange, fullDays: number): Decimal {
  return new MoneyDecimal(fullDays).div(daysIn(range));
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), new MoneyDecimal(0));
}
