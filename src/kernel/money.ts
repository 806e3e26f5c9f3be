import { Decimal } from 'decimal.js';
import { type CurrencyCode, currencyDigits } from './currency.js';

/**
 * The package's own Decimal: 40 significant digits, so that sums and products of amounts stay exact, and never exponent
 * notation in text. A clone, because the global constructor belongs to the host.
 */
export const MoneyDecimal = Decimal.clone({
  precision: 40,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type MoneyDecimal = Decimal;

/** The one rounding mode of the package: half away from zero (see `src/docs/adr/0003-money.md`). */
export const MONEY_ROUNDING = Decimal.ROUND_HALF_UP;

export interface Money {
  readonly amount: Decimal;
  readonly currency: CurrencyCode;
}

/** Amount as it travels in JSON: at least the currency's decimals, more only where the value needs them. */
export interface MoneyJson {
  amount: string;
  currency: string;
}

export function money(amount: Decimal.Value, currency: CurrencyCode): Money {
  return { amount: new MoneyDecimal(amount), currency };
}

/** Rounds once to the currency's decimals. */
export function roundMoney(value: Money): Money {
  return money(value.amount.toDecimalPlaces(currencyDigits(value.currency), MONEY_ROUNDING), value.currency);
}

export function moneyToJson(value: Money): MoneyJson {
  const decimals = Math.max(currencyDigits(value.currency), value.amount.decimalPlaces());
  return { amount: value.amount.toFixed(decimals), currency: value.currency };
}
