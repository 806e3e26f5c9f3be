import type { ServiceBundleRecord } from '../../ports/psa/psa-records.js';
import type { AutotaskMetadata } from './autotask-metadata.js';
import { fromAutotaskPeriodType } from './period-type.js';
import { RowReader } from './row-reader.js';

export const SERVICE_BUNDLE_FIELDS = [
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

/** A row of `ServiceBundles`, whose periods are coded as those of services (Autotask REST reference, §7.14). */
export function fromAutotaskServiceBundle(
  row: unknown,
  { pickLists }: AutotaskMetadata,
): ServiceBundleRecord {
  const reader = new RowReader('ServiceBundles', row);
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
