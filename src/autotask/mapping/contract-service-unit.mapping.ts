import type { ContractServiceUnitRecord } from '../../ports/psa/psa-records.js';
import { RowReader } from './row-reader.js';

export const CONTRACT_SERVICE_UNIT_FIELDS = [
  'id',
  'contractID',
  'contractServiceID',
  'serviceID',
  'startDate',
  'endDate',
  'units',
  'price',
  'internalCurrencyPrice',
  'cost',
  'approveAndPostDate',
] as const;

/** A row of `ContractServiceUnits`: the quantity over a range of days (Autotask REST reference, §7.8). */
export function fromAutotaskContractServiceUnit(row: unknown): ContractServiceUnitRecord {
  const reader = new RowReader('ContractServiceUnits', row);
  return {
    externalId: reader.id(),
    contractExternalId: reader.reference('contractID'),
    contractServiceExternalId: reader.reference('contractServiceID'),
    serviceExternalId: reader.reference('serviceID'),
    startsOn: reader.day('startDate'),
    endsOn: reader.day('endDate'),
    units: reader.decimal('units'),
    price: reader.optionalDecimal('price'),
    internalPrice: reader.optionalDecimal('internalCurrencyPrice'),
    cost: reader.optionalDecimal('cost'),
    postedAt: reader.optionalInstant('approveAndPostDate'),
  };
}
