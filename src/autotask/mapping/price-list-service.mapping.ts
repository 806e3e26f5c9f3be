import type { PriceListServiceRecord } from '../../ports/psa/psa-records.js';
import { RowReader } from './row-reader.js';

export const PRICE_LIST_SERVICE_FIELDS = [
  'id',
  'serviceID',
  'currencyID',
  'unitPrice',
  'usesInternalCurrencyPrice',
] as const;

/** A row of `PriceListServices`: one per service and active currency (Autotask REST reference, §7.27). */
export function fromAutotaskPriceListService(row: unknown): PriceListServiceRecord {
  const reader = new RowReader('PriceListServices', row);
  return {
    externalId: reader.id(),
    serviceExternalId: reader.reference('serviceID'),
    currencyExternalId: reader.reference('currencyID'),
    unitPrice: reader.optionalDecimal('unitPrice'),
    usesInternalPrice: reader.flag('usesInternalCurrencyPrice'),
  };
}
