import type { ServiceRecord } from '../../ports/psa/psa-records.js';
import type { AutotaskMetadata } from './autotask-metadata.js';
import { fromAutotaskPeriodType } from './period-type.js';
import { RowReader } from './row-reader.js';

export const SERVICE_FIELDS = [
  'id',
  'name',
  'description',
  'sku',
  'periodType',
  'isActive',
  'unitPrice',
  'unitCost',
  'billingCodeID',
] as const;

/** A row of `Services`; `sku` exists in newer versions only (Autotask REST reference, §7.13). */
export function fromAutotaskService(row: unknown, { pickLists }: AutotaskMetadata): ServiceRecord {
  const reader = new RowReader('Services', row);
  return {
    externalId: reader.id(),
    name: reader.text('name'),
    description: reader.optionalText('description'),
    sku: reader.optionalText('sku'),
    periodType: fromAutotaskPeriodType(reader.optionalPick('periodType'), pickLists.servicePeriodType),
    isActive: reader.flag('isActive'),
    unitPrice: reader.optionalDecimal('unitPrice'),
    unitCost: reader.optionalDecimal('unitCost'),
    billingCodeExternalId: reader.optionalReference('billingCodeID'),
  };
}
