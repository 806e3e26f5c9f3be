import type { Decimal } from 'decimal.js';
import { type CurrencyCode, currencyDigits } from '../../kernel/currency.js';
import { MONEY_ROUNDING, MoneyDecimal } from '../../kernel/money.js';
import type { BilledLine } from '../../contracts/domain/billed-month.js';
import type { DaySpan } from './billing-month.js';
import { EXPLAIN } from './explanations.js';
import type { Finding, FindingKind, FindingValue, ValueFrom } from './finding.js';
import type { ExpectedSubscription, MonthContext } from './month-facts.js';
import { type Pair, partInMonth, sideBySide, type Stretch, sumOfShares } from './timeline.js';

/** Unit prices are worked out of rounded amounts, so what is below half a cent is no difference. */
const PRICE_TOLERANCE = '0.005';
const ZERO = new MoneyDecimal(0);

export function rounded(amount: Decimal, currency: CurrencyCode): Decimal {
  return amount.toDecimalPlaces(currencyDigits(currency), MONEY_ROUNDING);
}

/** The units of a line in the month, as people read them. */
export function valuesOf(stretches: readonly Stretch[]): ValueFrom[] {
  const values: ValueFrom[] = [];
  for (const { from, units, unitPrice } of stretches) {
    const value = { from, quantity: units, unitPrice: unitPrice?.toFixed() ?? null };
    const last = values.at(-1);
    if (last?.quantity === value.quantity && last.unitPrice === value.unitPrice) continue;
    values.push(value);
  }
  return values;
}

/** What a line bills in the month, not rounded. */
export function billedAmount(line: BilledLine | null, pairs: readonly Pair[], days: DaySpan): Decimal {
  const rows = line?.rows ?? [];
  if (rows.every(({ price }) => price !== null)) {
    return rows.reduce((sum, row) => sum.plus(partInMonth(row.price ?? ZERO, row, days)), ZERO);
  }
  // The PSA tells no amounts, so the price in force has to do.
  return sumOfShares(pairs, ({ actual }) => (actual.unitPrice ?? ZERO).times(actual.units));
}

/** Seats of a subscription against the unit rows of its contract service, day by day. */
export function compareSeats(
  expected: ExpectedSubscription,
  line: BilledLine | null,
  { days, currency }: MonthContext,
): Finding[] {
  const { states, subscriptionId } = expected;
  const grid = line?.period ??
    expected.contract ?? { startsOn: days.from, endsOn: days.to, periodType: 'monthly' };
  const pairs = sideBySide(states, line, grid, days);
  const isExpected = pairs.some((pair) => pair.expected.units > 0);
  const isThere = pairs.some((pair) => pair.actual.units > 0);
  if (!isExpected && !isThere) return [];
  const priced = states.find(({ unitPrice }) => unitPrice.currency !== currency)?.unitPrice.currency;
  const foreign =
    priced ?? (line !== null && line.currency !== currency ? (line.currency ?? 'no currency') : null);
  const owed = sumOfShares(pairs, ({ expected: side }) => (side.unitPrice ?? ZERO).times(side.units));
  const expectedAmount = rounded(owed, currency);
  const actualAmount = rounded(billedAmount(line, pairs, days), currency);
  const base = {
    stage: 'units' as const,
    customerId: expected.customerId,
    customerName: expected.customerName,
    subscriptionId,
    contractExternalId: expected.contractExternalId,
    title: expected.title,
    expected: valueOf(
      pairs.map((pair) => pair.expected),
      expectedAmount,
      currency,
      [],
    ),
    actual: valueOf(
      pairs.map((pair) => pair.actual),
      actualAmount,
      currency,
      line === null ? [] : [line.externalId],
    ),
    isFixable: true,
  };
  if (foreign !== null) {
    const explanation = EXPLAIN.currency(
      expected.title,
      priced ?? currency,
      priced === undefined ? foreign : currency,
    );
    return [finding(base, 'differentCurrency', null, null, ZERO, explanation, false)];
  }
  const impact = actualAmount.minus(expectedAmount);
  if (!isThere || !isExpected) {
    const kind = isThere ? 'missingAtMicrosoft' : 'missingInAutotask';
    const explanation = isThere
      ? EXPLAIN.unitsWithoutSubscription(expected.title, expected.contractExternalId, base.actual.values)
      : EXPLAIN.unitsMissing(expected, base.expected.values);
    return [finding(base, kind, expectedAmount, actualAmount, impact, explanation)];
  }
  return differences(base, expected, pairs, { expectedAmount, actualAmount, currency });
}

type Base = Omit<
  Finding,
  'id' | 'kind' | 'expectedAmount' | 'actualAmount' | 'impact' | 'explanation' | 'expected' | 'actual'
> & { expected: FindingValue; actual: FindingValue };

/** Units and price apart: what the units alone move, and the rest. */
function differences(
  base: Base,
  subject: ExpectedSubscription,
  pairs: readonly Pair[],
  {
    expectedAmount,
    actualAmount,
    currency,
  }: { expectedAmount: Decimal; actualAmount: Decimal; currency: CurrencyCode },
): Finding[] {
  const impact = actualAmount.minus(expectedAmount);
  const hasOtherUnits = pairs.some((pair) => pair.expected.units !== pair.actual.units);
  const hasOtherPrice = pairs.some((pair) => isPricedApart(pair));
  const { values: wanted } = base.expected;
  const { values: found } = base.actual;
  if (!hasOtherUnits && !hasOtherPrice) {
    return [
      finding(base, 'matched', expectedAmount, actualAmount, impact, EXPLAIN.unitsMatch(subject), false),
    ];
  }
  const findings: Finding[] = [];
  const unitsImpact = hasOtherPrice ? rounded(impactOfUnits(pairs), currency) : impact;
  if (hasOtherUnits) {
    const isShifted = sameCounts(pairs);
    const explanation = (isShifted ? EXPLAIN.date : EXPLAIN.quantity)(subject, wanted, found);
    const kind = isShifted ? 'differentDate' : 'differentQuantity';
    findings.push(finding(base, kind, expectedAmount, actualAmount, unitsImpact, explanation));
  }
  if (hasOtherPrice) {
    const explanation = EXPLAIN.price(subject, currency, wanted, found);
    const rest = hasOtherUnits ? impact.minus(unitsImpact) : impact;
    // The amounts of a subject are counted once.
    const [owed, billed] = hasOtherUnits ? [null, null] : [expectedAmount, actualAmount];
    findings.push(finding(base, 'differentPrice', owed, billed, rest, explanation));
  }
  return findings;
}

function isPricedApart({ expected, actual }: Pair): boolean {
  return (
    expected.units > 0 &&
    actual.units > 0 &&
    expected.unitPrice !== null &&
    actual.unitPrice !== null &&
    expected.unitPrice.minus(actual.unitPrice).abs().greaterThan(PRICE_TOLERANCE)
  );
}

/** Whether both sides go through the same counts, only on other days. */
function sameCounts(pairs: readonly Pair[]): boolean {
  const counts = (side: 'expected' | 'actual') =>
    pairs.map((pair) => pair[side].units).filter((units, index, all) => units !== all[index - 1]);
  return counts('expected').join() === counts('actual').join();
}

function impactOfUnits(pairs: readonly Pair[]): Decimal {
  return sumOfShares(pairs, ({ expected, actual }) => {
    const price = expected.unitPrice ?? actual.unitPrice ?? ZERO;
    return price.times(actual.units - expected.units);
  });
}

export function valueOf(
  stretches: readonly Stretch[],
  amount: Decimal,
  currency: CurrencyCode,
  references: string[],
): FindingValue {
  return {
    amount: amount.toFixed(currencyDigits(currency)),
    currency,
    values: valuesOf(stretches),
    references,
  };
}

function finding(
  base: Base,
  kind: FindingKind,
  expectedAmount: Decimal | null,
  actualAmount: Decimal | null,
  impact: Decimal,
  explanation: Finding['explanation'],
  isFixable = base.isFixable,
): Finding {
  const id = `${base.subscriptionId ?? '-'}/${base.stage}/${kind}`;
  return { ...base, id, kind, expectedAmount, actualAmount, impact, explanation, isFixable };
}
