import type { Decimal } from 'decimal.js';
import { currencyDigits, isCurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MONEY_ROUNDING, MoneyDecimal } from '../../kernel/money.js';
import { addDays, addMonths, daysIn } from '../../kernel/period.js';
import { Remembered } from '../../kernel/remembered.js';
import { daysInMonthOf } from './billing-terms.js';
import type { LineExplanation } from './imported-line.js';

/** Every rule by its name, with what it says; `p` is the unit price and `q` the quantity. */
export const BILL_RULES = {
  free: 'the unit price is 0',
  fullCycle: 'p x q',
  proratedTotal: 'truncate(p / days of the cycle x days charged x q)',
  proratedUnitPrice: 'truncate(p / days of the cycle x days charged) x q',
  remainingMonths: 'truncate(p x months charged / months of the cycle) x q',
  proratedByLastMonth: 'truncate(p / days of the month the charge ends in x days charged) x q',
  proratedFromCycleStart: 'truncate(p / days of a year x days from the start of the month of charge) x q',
  effectivePrice: 'effective unit price x q',
  meteredUsage: 'p x q, to the decimals published',
  creditedUsage: 'effective unit price x q, to the decimals published',
} as const;
export type BillRule = keyof typeof BILL_RULES;

/** What of a line its amount follows from. */
export interface BillLine {
  chargeType: string;
  quantity: Decimal;
  unitPrice: Decimal;
  effectiveUnitPrice: Decimal | null;
  subtotal: Decimal;
  chargeStart: LocalDate;
  /** Included. */
  chargeEnd: LocalDate;
  currency: string;
  /** From the currency of the price to that of the bill; null is 1. */
  exchangeRate: Decimal | null;
}

/** Lengths of charge cycles in months; the one that fits the days charged best comes first. */
const CYCLES = [1, 12, 36];
const DAYS_OF_CYCLES = [31, 366, 1_096];

const SEAT_CHANGES: BillRule[] = ['fullCycle', 'proratedTotal', 'proratedUnitPrice', 'effectivePrice'];
const UNIT_FIRST: BillRule[] = ['fullCycle', 'proratedUnitPrice', 'proratedTotal', 'effectivePrice'];
const PURCHASES: BillRule[] = [
  'fullCycle',
  'proratedTotal',
  'proratedUnitPrice',
  'proratedByLastMonth',
  'proratedFromCycleStart',
  'effectivePrice',
];
const USAGE: BillRule[] = ['meteredUsage', 'creditedUsage'];

/** Rules by charge type, the one Microsoft documents for it first. */
const RULES_BY_TYPE: Readonly<Record<string, BillRule[]>> = {
  new: PURCHASES,
  renew: PURCHASES,
  cycleCharge: PURCHASES,
  extendTerm: PURCHASES,
  addQuantity: SEAT_CHANGES,
  removeQuantity: SEAT_CHANGES,
  moveQuantity: UNIT_FIRST,
  cancelImmediate: UNIT_FIRST,
  convert: UNIT_FIRST,
  changeBillingPlan: ['fullCycle', 'remainingMonths', 'proratedUnitPrice', 'proratedTotal', 'effectivePrice'],
  usage: USAGE,
};
const OTHERS: BillRule[] = [...UNIT_FIRST];

/** A difference below this is in what is not shown on an invoice. */
const HALF_CENT = new MoneyDecimal('0.005');

/**
 * What a line should cost and the rule that says so. The published amount is taken as given: of the rules that Microsoft documents for
 * the charge type, and of the cycles the line may belong to, the first that gives the very amount is told; where none does, the first,
 * with the difference that is left. Refunds are charges with the sign turned.
 * @returns null where there is no price to reckon with, or where the charge type promises no rule and none fits
 */
export function explainLine(line: BillLine): LineExplanation | null {
  if (line.unitPrice.isZero() && (line.effectiveUnitPrice?.isZero() ?? true)) {
    return line.subtotal.isZero() ? told('free', new MoneyDecimal(0), line) : null;
  }
  let first: { rule: BillRule; amount: Decimal } | null = null;
  for (const { rule, amount } of candidates(line)) {
    const isMetered = rule === 'meteredUsage' || rule === 'creditedUsage';
    // Usage is published with the decimals of a floating point number, which its product does not stop at.
    const shown = isMetered ? amount.toDecimalPlaces(Math.max(2, line.subtotal.decimalPlaces())) : amount;
    const gap = shown.minus(line.subtotal).abs();
    if (isMetered ? gap.lessThan(HALF_CENT) : gap.isZero()) return told(rule, shown, line);
    first ??= { rule, amount: shown };
  }
  // A credit, a fee or a charge we do not know need not follow from a price.
  return first === null || RULES_BY_TYPE[line.chargeType] === undefined
    ? null
    : told(first.rule, first.amount, line);
}

function told(rule: BillRule, amount: Decimal, { subtotal }: BillLine): LineExplanation {
  return { expected: amount.toFixed(), rule, difference: subtotal.minus(amount).toFixed() };
}

function* candidates(line: BillLine): Generator<{ rule: BillRule; amount: Decimal }> {
  const rules = RULES_BY_TYPE[line.chargeType] ?? OTHERS;
  const sign = signOf(line);
  const rates =
    line.exchangeRate === null || line.exchangeRate.equals(1) ? [null] : [line.exchangeRate, null];
  for (const rule of rules) {
    for (const rate of rates) {
      for (const amount of amountsBy(rule, line, rate)) yield { rule, amount: amount.times(sign) };
    }
  }
}

/** A refund is published with a negative effective price, quantity or amount, rarely with all of them. */
function signOf({ subtotal, effectiveUnitPrice, quantity }: BillLine): number {
  if (!subtotal.isZero()) return subtotal.isNegative() ? -1 : 1;
  return (effectiveUnitPrice?.isNegative() ?? false) !== quantity.isNegative() ? -1 : 1;
}

/** Amounts a rule can give, without a sign: one for each cycle the line may be a part of. */
function amountsBy(rule: BillRule, line: BillLine, rate: Decimal | null): Decimal[] {
  const digits = isCurrencyCode(line.currency) ? currencyDigits(line.currency) : 2;
  const cut = (value: Decimal) => value.toDecimalPlaces(digits, MoneyDecimal.ROUND_DOWN);
  const price = priceOf(line.unitPrice, rate);
  const quantity = line.quantity.abs();
  const days = daysIn(line.chargeStart, line.chargeEnd);
  switch (rule) {
    case 'fullCycle':
      return halves(price.times(quantity), digits);
    case 'effectivePrice':
      return line.effectiveUnitPrice === null
        ? []
        : halves(priceOf(line.effectiveUnitPrice, null).times(quantity), digits);
    case 'meteredUsage':
      return [price.times(quantity)];
    case 'creditedUsage':
      return line.effectiveUnitPrice === null ? [] : [priceOf(line.effectiveUnitPrice, rate).times(quantity)];
    case 'proratedTotal':
      return cycleDays(line).map((whole) => cut(price.times(days).times(quantity).dividedBy(whole)));
    case 'proratedUnitPrice':
      return cycleDays(line).map((whole) => cut(price.times(days).dividedBy(whole)).times(quantity));
    case 'proratedByLastMonth':
      return days > 31
        ? []
        : [cut(price.times(days).dividedBy(daysInMonthOf(line.chargeEnd))).times(quantity)];
    case 'proratedFromCycleStart':
      return fromCycleStart(line).map((share) => cut(price.times(share)).times(quantity));
    case 'remainingMonths':
      return remainingMonths(line).map((share) => cut(price.times(share)).times(quantity));
    default:
      return [];
  }
}

function priceOf(price: Decimal, rate: Decimal | null): Decimal {
  return rate === null ? price.abs() : price.abs().times(rate);
}

/** A product with more decimals than the currency has is cut off in most published lines and rounded in some. */
function halves(amount: Decimal, digits: number): Decimal[] {
  if (amount.decimalPlaces() <= digits) return [amount];
  return [
    amount.toDecimalPlaces(digits, MoneyDecimal.ROUND_DOWN),
    amount.toDecimalPlaces(digits, MONEY_ROUNDING),
  ];
}

/**
 * Days of the cycle a part was charged of, by the cycle's last day. A month counts the days of the calendar month the cycle started in,
 * a year 365 or 366. A shorter cycle than the part itself is none.
 */
function cycleDays({ chargeStart, chargeEnd }: BillLine): readonly number[] {
  const key = `${chargeStart}${chargeEnd}`;
  const known = KNOWN_CYCLES.get(key);
  if (known !== undefined) return known;
  return KNOWN_CYCLES.keep(key, reckonedCycleDays(chargeStart, chargeEnd));
}

/** A bill names few pairs of days, but names each of them often. */
const KNOWN_CYCLES = new Remembered<string, readonly number[]>(4_000);

function reckonedCycleDays(chargeStart: LocalDate, chargeEnd: LocalDate): number[] {
  const days = daysIn(chargeStart, chargeEnd);
  const next = addDays(chargeEnd, 1);
  return CYCLES.filter((_, index) => days <= (DAYS_OF_CYCLES[index] ?? 0)).map((months) => {
    const start = addMonths(next, -months);
    return months === 1 ? daysInMonthOf(start) : daysIn(start, chargeEnd);
  });
}

/** Share of a year that begins with the monthly cycle in which the charge starts, where the last one ends with the charge. */
function fromCycleStart({ chargeStart, chargeEnd }: BillLine): Decimal[] {
  const next = addDays(chargeEnd, 1);
  let start = next;
  for (let months = 1; start > chargeStart && months <= 12; months += 1) start = addMonths(next, -months);
  if (start > chargeStart) return [];
  return [new MoneyDecimal(daysIn(start, chargeEnd)).dividedBy(daysIn(addMonths(next, -12), chargeEnd))];
}

/** Whole months of a year or of three years that are left. */
function remainingMonths({ chargeStart, chargeEnd }: BillLine): Decimal[] {
  const next = addDays(chargeEnd, 1);
  const months =
    (Number(next.slice(0, 4)) - Number(chargeStart.slice(0, 4))) * 12 +
    Number(next.slice(5, 7)) -
    Number(chargeStart.slice(5, 7));
  if (addMonths(chargeStart, months) !== next) return [];
  return [12, 36]
    .filter((whole) => months <= whole)
    .map((whole) => new MoneyDecimal(months).dividedBy(whole));
}
