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

type PostedItems = readonly Posted['items'][number][];

/**
 * What is posted of the month against its billing items, and those against their invoices. Rows and charges that nobody posted yet are not
 * looked at.
 */
export function comparePosting(
  expected: ExpectedSubscription,
  actual: ActualSubscription,
  context: MonthContext,
): Finding[] {
  const posted = postedOf(actual, context);
  const items = posted.flatMap((part) => part.items);
  return [...comparedItems(expected, posted, items, context), ...voidedInvoices(expected, items, context)];
}

function postedOf({ line, charges }: ActualSubscription, { days }: MonthContext): Posted[] {
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
  return posted;
}

function comparedItems(
  expected: ExpectedSubscription,
  posted: readonly Posted[],
  items: PostedItems,
  { currency }: MonthContext,
): Finding[] {
  const held = rounded(
    posted.reduce((sum, part) => sum.plus(part.held), ZERO),
    currency,
  );
  const billed = rounded(sumOf(items), currency);
  if (billed.minus(held).abs().lessThanOrEqualTo(TOLERANCE)) return [];
  const kind = items.length === 0 ? 'missingInAutotask' : 'differentPrice';
  const texts = [amountText(held, currency), amountText(billed, currency)] as const;
  return [
    {
      ...subjectOf(expected),
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
      explanation: EXPLAIN.itemsDiffer(expected.title, ...texts),
    },
  ];
}

function voidedInvoices(
  expected: ExpectedSubscription,
  items: PostedItems,
  { currency }: MonthContext,
): Finding[] {
  const voided = items.filter(({ item }) => item.invoice?.isVoided === true);
  if (voided.length === 0) return [];
  const amount = rounded(sumOf(voided), currency);
  const numbers = [
    ...new Set(voided.map(({ item }) => item.invoice?.number ?? item.invoice?.externalId ?? '')),
  ];
  return [
    {
      ...subjectOf(expected),
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
    },
  ];
}

/** What the contract holds is counted with its units and charges, so no amounts are counted here. */
function subjectOf({
  customerId,
  customerName,
  subscriptionId,
  contractExternalId,
  title,
}: ExpectedSubscription) {
  return {
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

function sumOf(items: readonly { price: Decimal }[]): Decimal {
  return items.reduce((sum, { price }) => sum.plus(price), ZERO);
}
