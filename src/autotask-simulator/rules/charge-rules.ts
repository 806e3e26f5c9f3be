import { MoneyDecimal } from '../../kernel/money.js';
import type { Row, RowChanges } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { amountOf, exchangeRateOf, toInternal } from './currency-conversion.js';
import { instantText } from './record-values.js';
import { roundAmount } from './unit-timeline.js';
import type { EntityRules, WriteContext } from './write-context.js';

const NOT_ORDERED = 6;
const MATERIAL_CODE = 4;
/** Block hours, retainer and incident contracts take charges only with their purchase codes, which are not simulated. */
const TYPES_WITHOUT_CHARGES = [4, 6, 8];

/** Contract charges can be changed and deleted only until they are billed (Autotask REST reference, §7.11). */
export const chargeRules: EntityRules = {
  beforeInsert(context, values) {
    requireChargeable(context, values);
    const now = instantText(context.now.getTime());
    return {
      ...values,
      isBillableToCompany: values['isBillableToCompany'] ?? true,
      isBilled: false,
      status: NOT_ORDERED,
      createDate: now,
      creatorResourceID: context.user.resourceID,
      statusLastModifiedBy: context.user.resourceID,
      statusLastModifiedDate: now,
      ...amounts(context, values),
    };
  },
  beforeUpdate(context, row, changes) {
    requireUnbilled(row);
    const next = { ...row, ...changes };
    requireChargeable(context, next);
    return { ...changes, ...amounts(context, next) };
  },
  beforeDelete(_context, row) {
    requireUnbilled(row);
  },
};

function requireUnbilled(row: Row): void {
  if (row['isBilled'] === true) {
    throw new AutotaskRefusal('The ContractCharge has been billed and can no longer be changed or deleted.');
  }
}

function requireChargeable({ database }: WriteContext, values: RowChanges): void {
  const contract = database.table('Contracts').get(Number(values['contractID']));
  if (TYPES_WITHOUT_CHARGES.includes(Number(contract?.['contractType']))) {
    throw new AutotaskRefusal('Charges are not allowed on a Contract of this type.');
  }
  if (typeof values['productID'] === 'number') return;
  if (typeof values['billingCodeID'] !== 'number') {
    throw new AutotaskRefusal('Either productID or billingCodeID is required for a ContractCharge.');
  }
  const code = database.table('BillingCodes').get(values['billingCodeID']);
  if (code?.['useType'] !== MATERIAL_CODE) {
    throw new AutotaskRefusal(
      'Reference value on field: billingCodeID of type: BillingCode does not exist or is invalid',
    );
  }
}

/** Price in the customer's currency, cost in the internal one; a missing one is the product's or the billing code's. */
function amounts({ database }: WriteContext, values: RowChanges): RowChanges {
  const contract = database.table('Contracts').get(Number(values['contractID']));
  const rate = exchangeRateOf(database, contract?.['companyID']);
  const product = database.table('Products').get(Number(values['productID'] ?? Number.NaN));
  const code = database.table('BillingCodes').get(Number(values['billingCodeID'] ?? Number.NaN));
  const listed = product ?? code;
  const quantity = amountOf(values['unitQuantity']);
  const unitPrice = MoneyDecimal.isDecimal(values['unitPrice'])
    ? amountOf(values['unitPrice'])
    : roundAmount(amountOf(listed?.['unitPrice']).dividedBy(rate));
  const unitCost = MoneyDecimal.isDecimal(values['unitCost'])
    ? amountOf(values['unitCost'])
    : amountOf(listed?.['unitCost']);
  const billable = roundAmount(quantity.times(unitPrice));
  return {
    unitPrice,
    unitCost,
    extendedCost: roundAmount(quantity.times(unitCost)),
    billableAmount: billable,
    internalCurrencyUnitPrice: toInternal(unitPrice, rate),
    internalCurrencyBillableAmount: toInternal(billable, rate),
  };
}
