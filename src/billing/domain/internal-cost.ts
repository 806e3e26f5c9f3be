import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import { type Money, money, roundMoney } from '../../kernel/money.js';

/** The instance's currencies: what one unit of each is worth in its internal one. */
export interface ExchangeRates {
  internal: CurrencyCode;
  /** By ISO code; the internal currency needs no entry. */
  rates: ReadonlyMap<string, Decimal>;
}

/**
 * A cost in the internal currency of the instance, where Autotask keeps every cost, by the instance's own rate (reference §8.7);
 * rounded once to the decimals of that currency. Null when the instance has no rate for it.
 */
export function toInternalCost(cost: Money, { internal, rates }: ExchangeRates): Money | null {
  if (cost.currency === internal) return cost;
  const rate = rates.get(cost.currency);
  return rate === undefined ? null : roundMoney(money(cost.amount.times(rate), internal));
}
