import type { BillingItemRecord } from '../../ports/psa/psa-records.js';
import { rawMembers } from './raw-members.js';
import { RowReader } from './row-reader.js';

/** Fields that instances of 2020 lack (Autotask REST reference, §7.17). */
export const NEWER_BILLING_ITEM_FIELDS = [
  'contractServiceID',
  'contractServicePeriodID',
  'contractServiceBundleID',
  'contractServiceBundlePeriodID',
] as const;

export const BILLING_ITEM_FIELDS = [
  'id',
  'companyID',
  'contractID',
  ...NEWER_BILLING_ITEM_FIELDS,
  'contractChargeID',
  'serviceID',
  'serviceBundleID',
  'billingCodeID',
  'invoiceID',
  'itemName',
  'description',
  'itemDate',
  'postedDate',
  'postedOnTime',
  'quantity',
  'rate',
  'extendedPrice',
  'internalCurrencyExtendedPrice',
  'taxDollars',
  'ourCost',
  'nonBillable',
  'purchaseOrderNumber',
  'billingItemType',
  'subType',
  'internalCurrencyRate',
  'totalAmount',
  'webServiceDate',
] as const;

/**
 * A row of `BillingItems` (Autotask REST reference, §7.17). References to nothing come as 0 or null. The types stay in `raw`, because
 * their numbers differ between sources; what an item bills is told by its references.
 */
export function fromAutotaskBillingItem(row: unknown): BillingItemRecord {
  const reader = new RowReader('BillingItems', row);
  return {
    externalId: reader.id(),
    companyExternalId: reader.optionalReference('companyID'),
    contractExternalId: reader.optionalNonZeroReference('contractID'),
    contractServiceExternalId: reader.optionalNonZeroReference('contractServiceID'),
    contractServiceUnitExternalId: reader.optionalNonZeroReference('contractServicePeriodID'),
    contractServiceBundleExternalId: reader.optionalNonZeroReference('contractServiceBundleID'),
    contractServiceBundleUnitExternalId: reader.optionalNonZeroReference('contractServiceBundlePeriodID'),
    contractChargeExternalId: reader.optionalNonZeroReference('contractChargeID'),
    serviceExternalId: reader.optionalNonZeroReference('serviceID'),
    serviceBundleExternalId: reader.optionalNonZeroReference('serviceBundleID'),
    billingCodeExternalId: reader.optionalNonZeroReference('billingCodeID'),
    invoiceExternalId: reader.optionalNonZeroReference('invoiceID'),
    name: reader.optionalText('itemName'),
    description: reader.optionalText('description'),
    itemOn: reader.optionalDay('itemDate'),
    postedOn: reader.optionalDay('postedDate'),
    postedAt: reader.optionalInstant('postedOnTime'),
    quantity: reader.optionalDecimal('quantity'),
    unitPrice: reader.optionalDecimal('rate'),
    price: reader.optionalDecimal('extendedPrice'),
    internalPrice: reader.optionalDecimal('internalCurrencyExtendedPrice'),
    tax: reader.optionalDecimal('taxDollars'),
    cost: reader.optionalDecimal('ourCost'),
    isBillable: !reader.flag('nonBillable'),
    purchaseOrderNumber: reader.optionalText('purchaseOrderNumber'),
    raw: rawMembers(row),
  };
}
