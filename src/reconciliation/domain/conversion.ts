import type { Decimal } from 'decimal.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import { MoneyDecimal } from '../../kernel/money.js';

/** An amount in another currency by the instance's own rates, not rounded; null when it has no rate for one of them. */
export function convertedBetween(
  amount: Decimal,
  from: string,
  to: string,
  { internal, rates }: ExchangeRates,
): Decimal | null {
  if (from === to) return amount;
  const rateOf = (code: string) => (code === internal ? new MoneyDecimal(1) : rates.get(code));
  const [source, target] = [rateOf(from), rateOf(to)];
  return source === undefined || target === undefined || target.isZero()
    ? null
    : amount.times(source).div(target);
}
