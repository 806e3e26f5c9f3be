import type { Decimal } from 'decimal.js';
import type { BillTotal } from '../../imports/domain/bill-totals.js';
import { isCurrencyCode } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { valueOf } from './charge-comparison.js';
import { convertedBetween } from './conversion.js';
import { amountText, EXPLAIN } from './explanations.js';
import type { Finding, FindingKind, FindingValue } from './finding.js';
import type { BilledSubject, ExpectedSubscription, MonthContext } from './month-facts.js';
import { rounded } from './seat-comparison.js';
import { stateOn } from './timeline.js';

const PRICE_TOLERANCE = '0.005';
const ZERO = new MoneyDecimal(0);

/**
 * Seats and cost that the platform knows against what the bill ends the month with. Charge cycles do not follow the month, so what one
 * full cycle would cost is compared, not what was billed for parts of it.
 */
export function compareBill(
  expected: ExpectedSubscription,
  bill: BilledSubject | null,
  context: MonthContext,
): Finding[] {
  if (expected.kind !== 'license') return [];
  const seats = bill?.totals.find(({ billClass }) => billClass === 'seats') ?? null;
  return seats === null ? notOnBill(expected, context) : compareTotal(expected, seats, context);
}

function notOnBill(expected: ExpectedSubscription, context: MonthContext): Finding[] {
  const { days, hasBill, currency, rates } = context;
  const first = stateOn(expected.states, days.from);
  const last = stateOn(expected.states, days.to);
  // A yearly cycle is billed in one month of the year only, and a subscription of part of the month may be on the next bill.
  const isBilledEveryMonth =
    expected.billingCycle === 'monthly' && (first?.units ?? 0) > 0 && (last?.units ?? 0) > 0;
  if (!hasBill || !isBilledEveryMonth || last === null) return [];
  const cost = last.unitCost.amount.times(last.units);
  const saved = convertedBetween(cost, last.unitCost.currency, currency, rates) ?? ZERO;
  return [
    finding(expected, 'missingAtMicrosoft', {
      expected: sideOf(last.units, last.unitCost.amount, last.unitCost.currency, last.from, cost, []),
      actual: null,
      impact: rounded(saved, currency),
      explanation: EXPLAIN.notOnBill(expected.title, last.units),
    }),
  ];
}

function compareTotal(expected: ExpectedSubscription, total: BillTotal, context: MonthContext): Finding[] {
  const { lastSeats, lines } = total;
  if (lastSeats === null) return [];
  const { currency, rates, days } = context;
  const on = lastSeats.from < days.from ? days.from : lastSeats.from > days.to ? days.to : lastSeats.from;
  // The platform may learn of a change after its day, so what it ends the month with counts.
  const state = stateOn(expected.states, days.to) ?? stateOn(expected.states, on);
  const units = state?.units ?? 0;
  const known = state?.unitCost ?? null;
  const billedCost = lastSeats.quantity.times(lastSeats.unitPrice);
  const sides = {
    expected: sideOf(
      units,
      known?.amount ?? null,
      known?.currency ?? null,
      on,
      known?.amount.times(units) ?? ZERO,
      [],
    ),
    actual: sideOf(
      lastSeats.quantity.toNumber(),
      lastSeats.unitPrice,
      total.currency,
      lastSeats.from,
      billedCost,
      [linesText(lines)],
    ),
  };
  if (known !== null && known.currency !== total.currency) {
    const explanation = EXPLAIN.currency(expected.title, known.currency, total.currency);
    return [finding(expected, 'differentCurrency', { ...sides, impact: ZERO, explanation })];
  }
  const price = known?.amount ?? lastSeats.unitPrice;
  const inConnection = (cost: Decimal) =>
    rounded(convertedBetween(cost, total.currency, currency, rates) ?? ZERO, currency);
  const hasOtherCount = !lastSeats.quantity.equals(units);
  const hasOtherPrice =
    !lastSeats.quantity.isZero() && price.minus(lastSeats.unitPrice).abs().greaterThan(PRICE_TOLERANCE);
  if (!hasOtherCount && !hasOtherPrice) {
    const explanation = EXPLAIN.billMatch(expected.title);
    return [finding(expected, 'matched', { ...sides, impact: ZERO, explanation })];
  }
  const findings: Finding[] = [];
  if (hasOtherCount) {
    const impact = inConnection(price.times(new MoneyDecimal(units).minus(lastSeats.quantity)));
    const billed = lastSeats.quantity.toFixed();
    const explanation = EXPLAIN.billQuantity(expected.title, units, billed, total.isAmbiguous);
    findings.push(finding(expected, 'differentQuantity', { ...sides, impact, explanation }));
  }
  if (hasOtherPrice) {
    const impact = inConnection(price.minus(lastSeats.unitPrice).times(lastSeats.quantity));
    const [mine, theirs] = [price, lastSeats.unitPrice].map((one) => `${one.toFixed()} ${total.currency}`);
    const explanation = EXPLAIN.billPrice(expected.title, mine ?? '', theirs ?? '');
    findings.push(finding(expected, 'differentPrice', { ...sides, impact, explanation }));
  }
  return findings;
}

/** What Microsoft bills, and nobody bills on. */
export function unmappedSubject(subject: BilledSubject, { currency, rates }: MonthContext): Finding[] {
  const billed = subject.totals.filter(({ billClass }) => billClass !== 'tax' && billClass !== 'credit');
  const byCurrency = Map.groupBy(billed, (total) => total.currency);
  return [...byCurrency].flatMap(([code, totals]) => {
    const cost = totals.reduce((sum, { subtotal }) => sum.plus(subtotal), ZERO);
    if (cost.isZero()) return [];
    const converted = isCurrencyCode(code) ? convertedBetween(cost, code, currency, rates) : null;
    const title =
      totals.find(({ productName }) => productName !== null)?.productName ??
      subject.subscriptionId ??
      'Amounts of the customer';
    const lines = totals.reduce((sum, total) => sum + total.lines, 0);
    const name = subject.subscriptionId ?? '-';
    return {
      id: `${name}/bill/missingInAutotask${byCurrency.size > 1 ? `-${code}` : ''}`,
      kind: 'missingInAutotask' as const,
      stage: 'bill' as const,
      customerId: subject.customerId,
      customerName: subject.customerName,
      subscriptionId: subject.subscriptionId,
      contractExternalId: null,
      title,
      expected: { amount: amountOf(cost, code), currency: code, values: [], references: [linesText(lines)] },
      actual: null,
      expectedAmount: null,
      actualAmount: null,
      impact: rounded((converted ?? ZERO).negated(), currency),
      explanation: EXPLAIN.notMapped(title, isCurrencyCode(code) ? amountText(cost, code) : cost.toFixed()),
      isFixable: false,
    };
  });
}

function sideOf(
  quantity: number,
  unitPrice: Decimal | null,
  currency: string | null,
  from: FindingValue['values'][number]['from'],
  amount: Decimal,
  references: string[],
): FindingValue {
  return {
    amount: amountOf(amount, currency),
    currency,
    values: [{ from, quantity, unitPrice: unitPrice?.toFixed() ?? null }],
    references,
  };
}

/** With the decimals of its currency at least, where that is one. */
function amountOf(amount: Decimal, currency: string | null): string {
  return (isCurrencyCode(currency) ? valueOf(amount, currency, []).amount : null) ?? amount.toFixed();
}

const linesText = (lines: number): string => `${lines} ${lines === 1 ? 'line' : 'lines'} of the bill`;

function finding(
  { subscriptionId, customerId, customerName, contractExternalId, title }: ExpectedSubscription,
  kind: FindingKind,
  told: Pick<Finding, 'expected' | 'actual' | 'impact' | 'explanation'>,
): Finding {
  return {
    ...told,
    id: `${subscriptionId}/bill/${kind}`,
    kind,
    stage: 'bill',
    customerId,
    customerName,
    subscriptionId,
    contractExternalId,
    title,
    expectedAmount: null,
    actualAmount: null,
    isFixable: false,
  };
}
