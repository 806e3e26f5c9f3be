import { MoneyDecimal } from '../../kernel/money.js';
import { Remembered } from '../../kernel/remembered.js';
import { type BillLine, explainLine } from './bill-rules.js';
import type { LineExplanation } from './imported-line.js';

type Amounts = 'quantity' | 'unitPrice' | 'subtotal';
type OptionalAmounts = 'effectiveUnitPrice' | 'exchangeRate';

/** What the amount of a line follows from, with amounts as plain decimal texts. */
export type BillLineTexts = Omit<BillLine, Amounts | OptionalAmounts> &
  Record<Amounts, string> &
  Record<OptionalAmounts, string | null>;

const SEPARATOR = '\u001F';
/** With keys of about 100 characters some megabytes. */
const KNOWN = new Remembered<string, LineExplanation | null>(10_000);

/** Explains a line; what was reckoned for one is told again of every line with the same values, of which a bill has many. */
export function explanationOf(line: BillLineTexts): LineExplanation | null {
  const key = keyOf(line);
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const { quantity, unitPrice, effectiveUnitPrice, subtotal, exchangeRate } = line;
  const explanation = explainLine({
    chargeType: line.chargeType,
    chargeStart: line.chargeStart,
    chargeEnd: line.chargeEnd,
    currency: line.currency,
    quantity: new MoneyDecimal(quantity),
    unitPrice: new MoneyDecimal(unitPrice),
    effectiveUnitPrice: effectiveUnitPrice === null ? null : new MoneyDecimal(effectiveUnitPrice),
    subtotal: new MoneyDecimal(subtotal),
    exchangeRate: exchangeRate === null ? null : new MoneyDecimal(exchangeRate),
  });
  return KNOWN.keep(key, explanation);
}

/** All that `explainLine` looks at. */
function keyOf({ chargeType, chargeStart, chargeEnd, currency, ...amounts }: BillLineTexts): string {
  const { quantity, unitPrice, effectiveUnitPrice, subtotal, exchangeRate } = amounts;
  const days = [chargeType, chargeStart, chargeEnd, currency];
  return [...days, quantity, unitPrice, effectiveUnitPrice, subtotal, exchangeRate].join(SEPARATOR);
}
