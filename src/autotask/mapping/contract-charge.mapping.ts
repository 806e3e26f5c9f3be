import type { ContractChargeRecord } from '../../ports/psa/psa-records.js';
import { CHARGE_REFERENCE_FIELD } from './billing-writes.mapping.js';
import { RowReader } from './row-reader.js';

export const CONTRACT_CHARGE_FIELDS = [
  'id',
  'contractID',
  'contractServiceID',
  'contractServiceBundleID',
  'name',
  'description',
  'datePurchased',
  'billingCodeID',
  'productID',
  'unitQuantity',
  'unitPrice',
  'unitCost',
  'billableAmount',
  'internalCurrencyBillableAmount',
  'extendedCost',
  'isBillableToCompany',
  'isBilled',
  CHARGE_REFERENCE_FIELD,
  'purchaseOrderNumber',
] as const;

/** A row of `ContractCharges` (Autotask REST reference, §7.11). */
export function fromAutotaskContractCharge(row: unknown): ContractChargeRecord {
  const reader = new RowReader('ContractCharges', row);
  return {
    externalId: reader.id(),
    contractExternalId: reader.reference('contractID'),
    contractServiceExternalId: reader.optionalNonZeroReference('contractServiceID'),
    contractServiceBundleExternalId: reader.optionalNonZeroReference('contractServiceBundleID'),
    name: reader.text('name'),
    description: reader.optionalText('description'),
    chargedOn: reader.day('datePurchased'),
    billingCodeExternalId: reader.optionalNonZeroReference('billingCodeID'),
    productExternalId: reader.optionalNonZeroReference('productID'),
    units: reader.decimal('unitQuantity'),
    unitPrice: reader.optionalDecimal('unitPrice'),
    unitCost: reader.optionalDecimal('unitCost'),
    price: reader.optionalDecimal('billableAmount'),
    internalPrice: reader.optionalDecimal('internalCurrencyBillableAmount'),
    cost: reader.optionalDecimal('extendedCost'),
    isBillable: reader.flag('isBillableToCompany'),
    isBilled: reader.flag('isBilled'),
    reference: reader.optionalText(CHARGE_REFERENCE_FIELD),
    purchaseOrderNumber: reader.optionalText('purchaseOrderNumber'),
  };
}
