import type { Decimal } from 'decimal.js';
import { type CurrencyCode, currencyDigits } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';

/** Autotask keeps amounts with four decimals (Autotask REST reference, §2.5), and this is one step of the last. */
const LAST_DECIMAL = new MoneyDecimal('0.0001');
/** Of the smallest coin: what an amount in force may be off, because it is converted back from the internal currency. */
const CONVERTED = '0.02';
/** Of the smallest coin: what all units of a line may differ by without anybody being billed anything else. */
const NOTHING_BILLED = '0.05';

/** Whether two prices, or costs, of a unit come to the same for a line, in what its currency can tell apart. */
export function isSameUnitAmount(
  left: Decimal | null,
  right: Decimal,
  units: number,
  currency: CurrencyCode,
): boolean {
  if (left === null) return false;
  const coin = new MoneyDecimal(10).pow(-currencyDigits(currency));
  const ofUnit = coin.times(NOTHING_BILLED).dividedBy(Math.max(1, units));
  const tolerance = MoneyDecimal.max(LAST_DECIMAL, coin.times(CONVERTED), ofUnit);
  return left.minus(right).abs().lessThan(tolerance);
}
