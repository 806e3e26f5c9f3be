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
  const { currency } = context;
  const here = charges.filter((charge) => isInMonth(charge, context));
  const elsewhere = charges.filter((charge) => !isInMonth(charge, context));
  if (expected.charges.length === 0 && charges.length === 0) return [];
  const owed = expected.charges.reduce((sum, { price }) => sum.plus(price.amount), ZERO);
  const billed = priceOf(here);
  const base = {
    stage: 'charges' as const,
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
  };
  const make = (
    kind: FindingKind,
    explanation: Explanation,
    isFixable: boolean,
    amounts: Amounts,
  ): Finding => ({
    ...base,
    ...amounts,
    id: `${expected.subscriptionId}/charges/${kind}`,
    kind,
    explanation,
    isFixable,
  });
  const foreign = foreignCurrency(expected.charges, charges, currency);
  if (foreign !== null) {
    const explanation = EXPLAIN.currency(expected.title, foreign.expected, foreign.actual);
    return [
      make('differentCurrency', explanation, false, {
        expectedAmount: null,
        actualAmount: null,
        impact: ZERO,
      }),
    ];
  }
  const amounts = { expectedAmount: owed, actualAmount: billed, impact: billed.minus(owed) };
  if (owed.equals(billed)) {
    return here.length === 0 && owed.isZero()
      ? []
      : [make('matched', EXPLAIN.chargesMatch(expected, here.length), false, amounts)];
  }
  const [owedText, billedText] = [amountText(owed, currency), amountText(billed, currency)];
  if (elsewhere.length > 0 && billed.plus(priceOf(elsewhere)).equals(owed)) {
    const days = [...new Set(elsewhere.map(({ chargedOn }) => chargedOn))].toSorted().join(', ');
    return [make('differentDate', EXPLAIN.chargesOfOtherDay(expected, days), false, amounts)];
  }
  if (here.length === 0) {
    return [make('missingInAutotask', EXPLAIN.chargesMissing(expected, owedText), true, amounts)];
  }
  return expected.charges.length === 0
    ? [make('missingAtMicrosoft', EXPLAIN.chargesUnfounded(expected, billedText), true, amounts)]
    : [make('differentPrice', EXPLAIN.chargesDiffer(expected, owedText, billedText), true, amounts)];
}

type Amounts = Pick<Finding, 'expectedAmount' | 'actualAmount' | 'impact'>;

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
