import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from './currency.js';
import { type Money, money, roundMoney } from './money.js';

/** A PSA instance's currencies: what one unit of each is worth in its internal one. */
export interface ExchangeRates {
  internal: CurrencyCode;
  /** By ISO code; the internal currency needs no entry. */
  rates: ReadonlyMap<string, Decimal>;
}

/**
 * An amount in the internal currency of the instance, where Autotask keeps every cost and the prices of its services, by the
 * instance's own rate (reference §8.7); rounded once to the decimals of that currency. Null when the instance has no rate for it.
 */
export function toInternalAmount(value: Money, { internal, rates }: ExchangeRates): Money | null {
  if (value.currency === internal) return value;
  const rate = rates.get(value.currency);
  return rate === undefined ? null : roundMoney(money(value.amount.times(rate), internal));
}
