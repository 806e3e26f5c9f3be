import type { ContractServiceBundleRecord } from '../../ports/psa/psa-records.js';
import { RowReader } from './row-reader.js';

export const CONTRACT_SERVICE_BUNDLE_FIELDS = [
  'id',
  'contractID',
  'serviceBundleID',
  'invoiceDescription',
  'internalDescription',
  'unitPrice',
  'adjustedPrice',
  'internalCurrencyUnitPrice',
  'internalCurrencyAdjustedPrice',
] as const;

/**
 * A row of `ContractServiceBundles`. Unlike a contract service it has its adjusted price in customer currency, and no cost of its
 * own (Autotask REST reference, §7.10).
 */
export function fromAutotaskContractServiceBundle(row: unknown): ContractServiceBundleRecord {
  const reader = new RowReader('ContractServiceBundles', row);
  return {
    externalId: reader.id(),
    contractExternalId: reader.reference('contractID'),
    serviceBundleExternalId: reader.reference('serviceBundleID'),
    description: reader.optionalText('invoiceDescription') ?? reader.optionalText('internalDescription'),
    unitPrice: reader.optionalDecimal('adjustedPrice') ?? reader.optionalDecimal('unitPrice'),
    internalUnitPrice:
      reader.optionalDecimal('internalCurrencyAdjustedPrice') ??
      reader.optionalDecimal('internalCurrencyUnitPrice'),
  };
}
