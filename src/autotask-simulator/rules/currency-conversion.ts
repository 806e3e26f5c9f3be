import { MoneyDecimal } from '../../kernel/money.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row } from '../world/table.js';
import { roundAmount } from './unit-timeline.js';

const ONE = new MoneyDecimal(1);

/** A stored amount as a decimal; null and absent are 0. */
export function amountOf(value: unknown): MoneyDecimal {
  return typeof value === 'number' || MoneyDecimal.isDecimal(value)
    ? new MoneyDecimal(value)
    : new MoneyDecimal(0);
}

/**
 * Internal amount of one unit of a company's currency: internal = customer amount × rate (vendor help, "Additional
 * Features when Multi-currency is enabled": 100 USD × 0.76112 = GBP 76.11). 1 without a currency.
 */
export function exchangeRateOf(database: AutotaskDatabase, companyId: unknown): MoneyDecimal {
  const company = database.table('Companies').get(Number(companyId));
  const currency = database.table('Currencies').get(Number(company?.['currencyID'] ?? Number.NaN));
  return currency === undefined ? ONE : amountOf(currency['exchangeRate']);
}

/** A service's list price in a company's currency: its price list row, or the internal price converted. */
export function listPriceFor(database: AutotaskDatabase, service: Row, companyId: unknown): MoneyDecimal {
  const company = database.table('Companies').get(Number(companyId));
  const own = database
    .table('PriceListServices')
    .where('serviceID', service.id)
    .find(
      (row) => row['currencyID'] === company?.['currencyID'] && row['usesInternalCurrencyPrice'] === false,
    );
  if (own !== undefined) return amountOf(own['unitPrice']);
  return roundAmount(amountOf(service['unitPrice']).dividedBy(exchangeRateOf(database, companyId)));
}

/** The stored internal twin of a customer amount. */
export function toInternal(amount: MoneyDecimal, exchangeRate: MoneyDecimal): MoneyDecimal {
  return roundAmount(amount.times(exchangeRate));
}
