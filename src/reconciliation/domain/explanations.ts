import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import { money, moneyToJson } from '../../kernel/money.js';
import type { ExpectedSubscription } from './month-facts.js';
import type { Explanation, ValueFrom } from './finding.js';

const PLAN = 'Make a plan from this finding, look at it and apply it.';
const UNSETTLED = 'Something of the subscription is not sent yet or failed; the Operations page says what.';
const BY_HAND = 'It was changed in Autotask by hand, or not by this connector.';

/** An amount for people: with its sign, the currency's decimals and the currency. */
export function amountText(amount: Decimal, currency: CurrencyCode): string {
  const text = moneyToJson(money(amount, currency));
  return `${text.amount} ${text.currency}`;
}

/** Units and days for people, such as `5 from 2026-11-01, 8 from 2026-11-10`. */
export function valuesText(values: readonly ValueFrom[]): string {
  if (values.length === 0) return 'nothing';
  return values.map(({ from, quantity }) => `${quantity} from ${from}`).join(', ');
}

export function pricesText(values: readonly ValueFrom[], currency: string): string {
  const known = values.filter(({ unitPrice }) => unitPrice !== null);
  if (known.length === 0) return 'no price';
  return known.map(({ from, unitPrice }) => `${unitPrice} ${currency} from ${from}`).join(', ');
}

type Subject = Pick<ExpectedSubscription, 'title' | 'contractExternalId' | 'isUnsettled'>;

const whyOf = ({ isUnsettled }: Subject): string => (isUnsettled ? UNSETTLED : BY_HAND);

export const EXPLAIN = {
  unitsMatch: ({ title }: Subject): Explanation => ({
    what: `${title}: units, price and days are the same on both sides.`,
    why: 'The contract bills what the subscription says.',
    whatToDo: 'Nothing.',
  }),
  unitsMissing: (subject: Subject, expected: readonly ValueFrom[]): Explanation => ({
    what: `${subject.title} should be billed (${valuesText(expected)}), but contract ${subject.contractExternalId} holds no units of it in the month.`,
    why: subject.isUnsettled
      ? UNSETTLED
      : 'The subscription was mapped after the month, or its contract service was removed in Autotask.',
    whatToDo: PLAN,
  }),
  unitsWithoutSubscription: (
    title: string,
    contractId: string,
    actual: readonly ValueFrom[],
  ): Explanation => ({
    what: `Contract ${contractId} bills ${title} (${valuesText(actual)}), but there was no subscription in force for it in the month.`,
    why: 'The subscription was cancelled or ended without its contract, or somebody added the service by hand.',
    whatToDo:
      'Map the subscription it belongs to; else end the service, with a plan where a subscription is mapped to it.',
  }),
  quantity: (
    subject: Subject,
    expected: readonly ValueFrom[],
    actual: readonly ValueFrom[],
  ): Explanation => ({
    what: `${subject.title}: the subscription has ${valuesText(expected)}; the contract bills ${valuesText(actual)}.`,
    why: whyOf(subject),
    whatToDo: PLAN,
  }),
  date: (subject: Subject, expected: readonly ValueFrom[], actual: readonly ValueFrom[]): Explanation => ({
    what: `${subject.title}: the same units, but from other days: expected ${valuesText(expected)}; billed ${valuesText(actual)}.`,
    why: subject.isUnsettled
      ? UNSETTLED
      : 'The change reached Autotask for another day: Autotask takes one change a day, and posted days keep their amount.',
    whatToDo: PLAN,
  }),
  price: (
    subject: Subject,
    currency: string,
    expected: readonly ValueFrom[],
    actual: readonly ValueFrom[],
  ): Explanation => ({
    what: `${subject.title}: a unit should cost ${pricesText(expected, currency)}; the contract bills ${pricesText(actual, currency)}.`,
    why: subject.isUnsettled
      ? UNSETTLED
      : 'The price was changed by hand, or the period was approved and posted before the new price came.',
    whatToDo: `${PLAN} A posted period keeps its price; the plan then begins with the next one.`,
  }),
  currency: (title: string, expected: string, actual: string): Explanation => ({
    what: `${title} is priced in ${expected}, but billed in ${actual}.`,
    why: 'The company, the subscription or the bill has another currency than this connection.',
    whatToDo: 'Map it on a connection of the right currency, or correct the currency where it is kept.',
  }),
  chargesMatch: ({ title }: Subject, count: number): Explanation => ({
    what: `${title}: ${count === 1 ? '1 charge bills' : `${count} charges bill`} what is owed beside the seats.`,
    why: 'Usage and one-off amounts of the month are on the contract.',
    whatToDo: 'Nothing.',
  }),
  chargesMissing: (subject: Subject, amount: string): Explanation => ({
    what: `${subject.title}: ${amount} beside the seats are owed, but contract ${subject.contractExternalId} holds no charge of ours for the month.`,
    why: subject.isUnsettled
      ? UNSETTLED
      : 'The amounts came in after the last plan, or the charge was deleted in Autotask.',
    whatToDo: PLAN,
  }),
  chargesUnfounded: (subject: Subject, amount: string): Explanation => ({
    what: `${subject.title}: charges of ${amount} are on the contract, but nothing is owed beside the seats.`,
    why: 'What they were made for was withdrawn or corrected afterwards.',
    whatToDo:
      'Make a plan from this finding for a correction, or delete the charges in Autotask while they are not billed.',
  }),
  chargesDiffer: (subject: Subject, expected: string, actual: string): Explanation => ({
    what: `${subject.title}: ${expected} are owed beside the seats; the charges of the month add up to ${actual}.`,
    why: subject.isUnsettled
      ? UNSETTLED
      : 'Late usage or a correction came in, or a charge was changed by hand.',
    whatToDo: PLAN,
  }),
  chargesOfOtherDay: (subject: Subject, days: string): Explanation => ({
    what: `${subject.title}: charges made for this month are dated ${days}.`,
    why: 'The date of a charge was changed in Autotask.',
    whatToDo:
      'Put the date back in Autotask while the charge is not billed, or leave it and expect the same amount in the other month.',
  }),
  itemsDiffer: (title: string, held: string, posted: string): Explanation => ({
    what: `${title}: the posted part of the contract is worth ${held}, but billing items of ${posted} were posted.`,
    why: 'An amount was changed when it was approved, or the contract was changed after it was posted.',
    whatToDo:
      'Look at the billing items in Autotask; correct the difference with a charge or a credit there.',
  }),
  invoiceVoided: (title: string, numbers: string): Explanation => ({
    what: `${title}: posted amounts are on invoice ${numbers}, which is void.`,
    why: 'The invoice was voided and not made again.',
    whatToDo: 'Invoice the items again in Autotask.',
  }),
  billMatch: (title: string): Explanation => ({
    what: `${title}: Microsoft bills the seats and the price that the platform knows.`,
    why: 'The bill and the subscription agree.',
    whatToDo: 'Nothing.',
  }),
  notOnBill: (title: string, seats: number): Explanation => ({
    what: `${title} has ${seats} seats in the platform, but Microsoft's bill of the month has no line for it.`,
    why: 'It was cancelled at Microsoft, is billed in another month, or the bill that was imported is not complete.',
    whatToDo:
      'Compare the subscription in Partner Center; then correct the platform, or import the complete bill.',
  }),
  notMapped: (title: string, amount: string): Explanation => ({
    what: `Microsoft bills ${title} (${amount}), but no contract bills it to the customer.`,
    why: 'The subscription, or its customer, is not mapped.',
    whatToDo: 'Map the subscription; the plan then bills it.',
  }),
  billQuantity: (title: string, expected: number, billed: string, isGuess: boolean): Explanation => ({
    what: `${title}: the platform knows ${expected} seats, Microsoft bills ${billed}${isGuess ? ' (several changes of one day, the last of them is a guess)' : ''}.`,
    why: 'Seats were changed at Microsoft and not in the platform, or the other way round.',
    whatToDo: 'Record the change in the platform; the difference to the contract is planned from it.',
  }),
  billPrice: (title: string, expected: string, billed: string): Explanation => ({
    what: `${title}: a seat costs ${expected} in the platform, Microsoft bills ${billed}.`,
    why: 'Microsoft changed its price, or a promotion began or ended.',
    whatToDo: 'Record the new cost, and the new price if the customer is to bear it.',
  }),
} as const;
