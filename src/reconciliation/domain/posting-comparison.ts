import type { Decimal } from 'decimal.js';
import type { PostedItem } from '../../contracts/domain/billed-month.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { valueOf } from './charge-comparison.js';
import { amountText, EXPLAIN } from './explanations.js';
import type { Finding } from './finding.js';
import type { ActualSubscription, ExpectedSubscription, MonthContext } from './month-facts.js';
import { rounded } from './seat-comparison.js';
import { partInMonth } from './timeline.js';

const ZERO = new MoneyDecimal(0);
/** Half a cent for each of the sides: both are added up of amounts that were rounded. */
const TOLERANCE = '0.01';

interface Posted {
  held: Decimal;
  items: { item: PostedItem; price: Decimal }[];
}

/**
 * What is posted of the month against its billing items, and those against their invoices. Rows and charges that nobody posted yet are not
 * looked at.
 */
export function comparePosting(
  expected: ExpectedSubscription,
  { line, charges }: ActualSubscription,
  { days, currency }: MonthContext,
): Finding[] {
  const posted: Posted[] = (line?.rows ?? [])
    .filter(({ isPosted, price }) => isPosted && price !== null)
    .map((row) => ({
      held: partInMonth(row.price ?? ZERO, row, days),
      items: row.items.map((item) => ({ item, price: partInMonth(item.price ?? ZERO, row, days) })),
    }));
  for (const { isBilled, chargedOn, price, items } of charges) {
    if (!isBilled || price === null || chargedOn < days.from || chargedOn > days.to) continue;
    posted.push({ held: price, items: items.map((item) => ({ item, price: item.price ?? ZERO })) });
  }
  if (posted.length === 0) return [];
  const items = posted.flatMap((part) => part.items);
  const held = rounded(
    posted.reduce((sum, part) => sum.plus(part.held), ZERO),
    currency,
  );
  const billed = rounded(sumOf(items), currency);
  const base = {
    customerId: expected.customerId,
    customerName: expected.customerName,
    subscriptionId: expected.subscriptionId,
    contractExternalId: expected.contractExternalId,
    title: expected.title,
    // What the contract holds is counted with its units and charges.
    expectedAmount: null,
    actualAmount: null,
    isFixable: false,
  };
  const findings: Finding[] = [];
  if (billed.minus(held).abs().greaterThan(TOLERANCE)) {
    const kind = items.length === 0 ? 'missingInAutotask' : 'differentPrice';
    findings.push({
      ...base,
      id: `${expected.subscriptionId}/billingItem/${kind}`,
      kind,
      stage: 'billingItem',
      expected: valueOf(held, currency, []),
      actual: valueOf(
        billed,
        currency,
        items.map(({ item }) => item.externalId),
      ),
      impact: billed.minus(held),
      explanation: EXPLAIN.itemsDiffer(
        expected.title,
        amountText(held, currency),
        amountText(billed, currency),
      ),
    });
  }
  const voided = items.filter(({ item }) => item.invoice?.isVoided === true);
  if (voided.length > 0) {
    const amount = rounded(sumOf(voided), currency);
    const numbers = [
      ...new Set(voided.map(({ item }) => item.invoice?.number ?? item.invoice?.externalId ?? '')),
    ];
    findings.push({
      ...base,
      id: `${expected.subscriptionId}/invoice/missingInAutotask`,
      kind: 'missingInAutotask',
      stage: 'invoice',
      expected: valueOf(
        amount,
        currency,
        voided.map(({ item }) => item.externalId),
      ),
      actual: valueOf(ZERO, currency, numbers),
      impact: amount.negated(),
      explanation: EXPLAIN.invoiceVoided(expected.title, numbers.join(', ')),
    });
  }
  return findings;
}

function sumOf(items: readonly { price: Decimal }[]): Decimal {
  return items.reduce((sum, { price }) => sum.plus(price), ZERO);
}
