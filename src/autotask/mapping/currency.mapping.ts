import type { CurrencyRecord } from '../../ports/psa/psa-records.js';
import { RowReader } from './row-reader.js';

export const CURRENCY_FIELDS = ['id', 'name', 'isActive', 'isInternalCurrency', 'exchangeRate'] as const;

/** A row of `Currencies`; `name` is the ISO code (Autotask REST reference, §7.20). */
export function fromAutotaskCurrency(row: unknown): CurrencyRecord {
  const reader = new RowReader('Currencies', row);
  return {
    externalId: reader.id(),
    code: reader.text('name').toUpperCase(),
    isActive: reader.flag('isActive'),
    isInternal: reader.flag('isInternalCurrency'),
    exchangeRate: reader.optionalDecimal('exchangeRate'),
  };
}
