import type { Connection } from '../../connections/domain/connection.js';
import type { BillTotal } from '../../imports/domain/bill-totals.js';
import { isCurrencyCode } from '../../kernel/currency.js';
import { money, MoneyDecimal, roundMoney } from '../../kernel/money.js';
import type { SourceCharge } from '../../ports/host/subscription-source.port.js';
import { convertedBetween } from '../domain/conversion.js';
import type { ExpectedCharge, MonthContext } from '../domain/month-facts.js';

/** Of several sources that tell the same amount, the first counts; a recorded charge counts before all of them. */
const SOURCES: readonly BillTotal['source'][] = ['nceReconciliation', 'dailyUsage', 'focus'];
const BILLED_ON = new Set<string>(['usage', 'oneTime', 'fee', 'reservation']);

/** What a subscription owes beside its seats in the month: recorded charges, and what the bill has that nobody recorded. */
export function expectedCharges(
  recorded: readonly SourceCharge[],
  totals: readonly BillTotal[],
  context: MonthContext,
): ExpectedCharge[] {
  const kinds = new Set<string>(recorded.map(({ kind }) => kind));
  const known = recorded.map(({ id, description, quantity, unitPrice }) => ({
    description,
    price: roundMoney(money(quantity.times(unitPrice.amount), unitPrice.currency)),
    reference: `charge ${id}`,
  }));
  const byClass = Map.groupBy(
    totals.filter(({ billClass }) => BILLED_ON.has(billClass) && !kinds.has(billClass)),
    ({ billClass }) => billClass,
  );
  const imported = [...byClass.values()].flatMap((own) => {
    const source = SOURCES.find((candidate) => own.some((total) => total.source === candidate));
    return own.filter((total) => total.source === source).flatMap((total) => importedCharge(total, context));
  });
  return [...known, ...imported];
}

/** Imported amounts are passed on at what Microsoft charges for them. */
function importedCharge(total: BillTotal, { currency, rates }: MonthContext): ExpectedCharge[] {
  const { subtotal, billClass, productName, lines, source } = total;
  if (subtotal.isZero() || !isCurrencyCode(total.currency)) return [];
  const converted = convertedBetween(subtotal, total.currency, currency, rates);
  const price = converted === null ? money(subtotal, total.currency) : money(converted, currency);
  return [
    {
      description: productName ?? billClass,
      price: roundMoney(price),
      reference: `${lines} ${lines === 1 ? 'line' : 'lines'} of ${billClass} (${source})`,
    },
  ];
}

export function ratesOf(
  { instance, currency }: Connection,
  rates: ReadonlyMap<string, InstanceType<typeof MoneyDecimal>>,
): MonthContext['rates'] {
  const internal = instance.internalCurrency;
  return { internal: isCurrencyCode(internal) ? internal : currency, rates };
}
