import type { ContractServiceBundleUnitRecord } from '../../ports/psa/psa-records.js';
import { RowReader } from './row-reader.js';

export const CONTRACT_SERVICE_BUNDLE_UNIT_FIELDS = [
  'id',
  'contractID',
  'contractServiceBundleID',
  'serviceBundleID',
  'startDate',
  'endDate',
  'units',
  'price',
  'internalCurrencyPrice',
  'cost',
  'approveAndPostDate',
] as const;

/** A row of `ContractServiceBundleUnits`: the quantity over a range of days (Autotask REST reference, §7.10). */
export function fromAutotaskContractServiceBundleUnit(row: unknown): ContractServiceBundleUnitRecord {
  const reader = new RowReader('ContractServiceBundleUnits', row);
  return {
    externalId: reader.id(),
    contractExternalId: reader.reference('contractID'),
    contractServiceBundleExternalId: reader.reference('contractServiceBundleID'),
    serviceBundleExternalId: reader.reference('serviceBundleID'),
    startsOn: reader.day('startDate'),
    endsOn: reader.day('endDate'),
    units: reader.decimal('units'),
    price: reader.optionalDecimal('price'),
    internalPrice: reader.optionalDecimal('internalCurrencyPrice'),
    cost: reader.optionalDecimal('cost'),
    postedAt: reader.optionalInstant('approveAndPostDate'),
  };
}
