import type { Decimal } from 'decimal.js';
import type { ContractCharge } from '../../contracts/domain/billed-month.js';
import { type CurrencyCode, currencyDigits } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { amountText, EXPLAIN } from './explanations.js';
import type { Explanation, Finding, FindingKind, FindingValue } from './finding.js';
import type { ExpectedCharge, ExpectedSubscription, MonthContext } from './month-facts.js';

const ZERO = new MoneyDecimal(0);

const isInMonth = ({ chargedOn }: ContractCharge, { days }: MonthContext): boolean =>
  days.from <= chargedOn && chargedOn <= days.to;

/**
 * What is owed beside the seats against the contract charges of ours, added up: one charge may bundle several amounts, and a correction adds
 * one, so single amounts have no counterpart.
 */
export function compareCharges(
  expected: ExpectedSubscription,
  charges: readonly ContractCharge[],
  context: MonthContext,
): Finding[] {
  if (expected.charges.length === 0 && charges.length === 0) return [];
  const { currency } = context;
  const here = charges.filter((charge) => isInMonth(charge, context));
  const owed = expected.charges.reduce((sum, { price }) => sum.plus(price.amount), ZERO);
  const billed = priceOf(here);
  const judgement = judged(expected, charges, here, { owed, billed, currency });
  if (judgement === null) return [];
  const isComparable = judgement.kind !== 'differentCurrency';
  return [
    {
      ...judgement,
      id: `${expected.subscriptionId}/charges/${judgement.kind}`,
      stage: 'charges',
      customerId: expected.customerId,
      customerName: expected.customerName,
      subscriptionId: expected.subscriptionId,
      contractExternalId: expected.contractExternalId,
      title: expected.title,
      expected: valueOf(
        owed,
        currency,
        expected.charges.map(({ reference }) => reference),
      ),
      actual: valueOf(
        billed,
        currency,
        charges.map(({ externalId }) => externalId),
      ),
      expectedAmount: isComparable ? owed : null,
      actualAmount: isComparable ? billed : null,
      impact: isComparable ? billed.minus(owed) : ZERO,
    },
  ];
}

type Judgement = Pick<Finding, 'kind' | 'explanation' | 'isFixable'>;

const make = (kind: FindingKind, explanation: Explanation, isFixable: boolean): Judgement => ({
  kind,
  explanation,
  isFixable,
});

/** Null where there is nothing on either side. */
function judged(
  expected: ExpectedSubscription,
  charges: readonly ContractCharge[],
  here: readonly ContractCharge[],
  { owed, billed, currency }: { owed: Decimal; billed: Decimal; currency: CurrencyCode },
): Judgement | null {
  const foreign = foreignCurrency(expected.charges, charges, currency);
  if (foreign !== null) {
    const explanation = EXPLAIN.currency(expected.title, foreign.expected, foreign.actual);
    return make('differentCurrency', explanation, false);
  }
  if (owed.equals(billed)) {
    if (here.length === 0 && owed.isZero()) return null;
    return make('matched', EXPLAIN.chargesMatch(expected, here.length), false);
  }
  const [owedText, billedText] = [amountText(owed, currency), amountText(billed, currency)];
  const elsewhere = charges.filter((charge) => !here.includes(charge));
  if (elsewhere.length > 0 && billed.plus(priceOf(elsewhere)).equals(owed)) {
    const days = [...new Set(elsewhere.map(({ chargedOn }) => chargedOn))].toSorted().join(', ');
    return make('differentDate', EXPLAIN.chargesOfOtherDay(expected, days), false);
  }
  if (here.length === 0) return make('missingInAutotask', EXPLAIN.chargesMissing(expected, owedText), true);
  return expected.charges.length === 0
    ? make('missingAtMicrosoft', EXPLAIN.chargesUnfounded(expected, billedText), true)
    : make('differentPrice', EXPLAIN.chargesDiffer(expected, owedText, billedText), true);
}

function priceOf(charges: readonly ContractCharge[]): Decimal {
  return charges.reduce((sum, { price }) => sum.plus(price ?? 0), ZERO);
}

function foreignCurrency(
  expected: readonly ExpectedCharge[],
  charges: readonly ContractCharge[],
  currency: CurrencyCode,
): { expected: string; actual: string } | null {
  const owed = expected.find(({ price }) => price.currency !== currency)?.price.currency;
  if (owed !== undefined) return { expected: owed, actual: currency };
  const billed = charges.find((charge) => charge.currency !== currency);
  return billed === undefined ? null : { expected: currency, actual: billed.currency ?? 'no currency' };
}

export function valueOf(amount: Decimal, currency: CurrencyCode, references: string[]): FindingValue {
  const decimals = Math.max(currencyDigits(currency), amount.decimalPlaces());
  return { amount: amount.toFixed(decimals), currency, values: [], references };
}
