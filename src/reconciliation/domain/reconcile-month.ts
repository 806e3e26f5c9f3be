import { money, MoneyDecimal } from '../../kernel/money.js';
import { addDays } from '../../kernel/period.js';
import { compareBill, unmappedSubject } from './bill-comparison.js';
import { compareCharges } from './charge-comparison.js';
import { EXPLAIN } from './explanations.js';
import type { Finding } from './finding.js';
import type { ExpectedSubscription, MonthContext, MonthFacts } from './month-facts.js';
import { comparePosting } from './posting-comparison.js';
import { billedAmount, compareSeats, rounded, valueOf } from './seat-comparison.js';
import { sideBySide, stateOn } from './timeline.js';

/**
 * What a month should have billed against what is there: seats, amounts beside them, what was posted and invoiced, and Microsoft's bill.
 * Pure; the order of the input does not matter. Subscriptions are independent of each other, so a month is reconciled part by part.
 */
export function reconcileMonth(facts: MonthFacts, context: MonthContext): Finding[] {
  const findings: Finding[] = [];
  for (const { expected: told, actual, bill } of facts.subscriptions) {
    const expected = context.azure === 'priceReset' ? billedByPrice(told, context) : told;
    findings.push(
      ...compareSeats(expected, actual.line, context),
      ...compareCharges(expected, actual.charges, context),
      ...comparePosting(expected, actual, context),
      ...compareBill(expected, bill, context),
    );
  }
  for (const line of facts.strayLines) findings.push(...strayLine(line, context));
  for (const subject of facts.unknownSubjects) {
    if (subject.binding !== 'unmapped') continue;
    findings.push(...unmappedSubject(subject, context));
  }
  return findings.toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** With the policy `priceReset` the amounts of an Azure plan are the price of its one unit in the month, but for purchases and fees. */
function billedByPrice(
  expected: ExpectedSubscription,
  { days, currency }: MonthContext,
): ExpectedSubscription {
  const amounts = expected.charges.filter(
    ({ kind, price }) => kind !== 'oneTime' && kind !== 'fee' && price.currency === currency,
  );
  const before = stateOn(expected.states, days.from);
  if (expected.kind !== 'azurePlan' || amounts.length === 0 || before === null) return expected;
  const sum = amounts.reduce((total, { price }) => total.plus(price.amount), new MoneyDecimal(0));
  const month = { ...before, from: days.from, unitPrice: money(before.unitPrice.amount.plus(sum), currency) };
  return {
    ...expected,
    states: [
      ...expected.states.filter(({ from }) => from < days.from),
      month,
      { ...before, from: addDays(days.to, 1) },
    ],
    charges: expected.charges.filter((charge) => !amounts.includes(charge)),
  };
}

/** A contract service of a mapped offer that no subscription stands behind. */
function strayLine(line: MonthFacts['strayLines'][number], { days, currency }: MonthContext): Finding[] {
  const pairs = sideBySide([], line, line.period, days);
  if (pairs.every(({ actual }) => actual.units === 0)) return [];
  const zero = new MoneyDecimal(0);
  const amount = rounded(billedAmount(line, pairs, days), currency);
  const isForeign = line.currency !== currency;
  const actual = valueOf(
    pairs.map((pair) => pair.actual),
    amount,
    currency,
    [line.externalId],
  );
  return [
    {
      id: `-/units/${line.externalId}`,
      kind: isForeign ? 'differentCurrency' : 'missingAtMicrosoft',
      stage: 'units',
      customerId: line.customerId ?? '',
      customerName: line.customerName,
      subscriptionId: null,
      contractExternalId: line.contractExternalId,
      title: line.serviceName,
      expected: null,
      actual: { ...actual, currency: line.currency },
      expectedAmount: isForeign ? null : zero,
      actualAmount: isForeign ? null : amount,
      impact: isForeign ? zero : amount,
      explanation: isForeign
        ? EXPLAIN.currency(line.serviceName, currency, line.currency ?? 'no currency')
        : EXPLAIN.unitsWithoutSubscription(line.serviceName, line.contractExternalId, actual.values),
      isFixable: false,
    },
  ];
}
