import { utcDay } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { type Row, textOf } from '../world/table.js';
import { addDays, midnight } from './calendar.js';
import { amountOf, exchangeRateOf, toInternal } from './currency-conversion.js';
import { instantText } from './record-values.js';

/*
 * What people do in the vendor's own interface: approving and posting, and invoicing. Nothing in REST does it (Autotask
 * REST reference, §8.4), but the outcome can be read as BillingItems and Invoices.
 */

const ITEM_CHARGE = 4;
const ITEM_RECURRING_SERVICE = 11;
const SUB_CONTRACT_CHARGE = 2;
const SUB_RECURRING_SERVICE = 11;
const ZERO = new MoneyDecimal(0);

/** Approves and posts one row of ContractServiceUnits; answers the billing item it makes. */
export function postUnits(database: AutotaskDatabase, unitId: number, at: Date): Row {
  const unit = database.table('ContractServiceUnits').update(unitId, {
    approveAndPostDate: instantText(at.getTime()),
  });
  const contract = database.table('Contracts').get(Number(unit['contractID']));
  const service = database.table('Services').get(Number(unit['serviceID']));
  const rate = exchangeRateOf(database, contract?.['companyID']);
  return database.table('BillingItems').insert({
    ...postedItem(at),
    billingItemType: ITEM_RECURRING_SERVICE,
    subType: SUB_RECURRING_SERVICE,
    billingCodeID: service?.['billingCodeID'] ?? null,
    companyID: contract?.['companyID'] ?? null,
    contractID: unit['contractID'] ?? null,
    contractServiceID: unit['contractServiceID'] ?? null,
    contractServicePeriodID: unit.id,
    serviceID: unit['serviceID'] ?? null,
    vendorID: unit['vendorCompanyID'] ?? null,
    itemName: service?.['name'] ?? null,
    description: service?.['invoiceDescription'] ?? null,
    itemDate: unit['startDate'] ?? null,
    quantity: amountOf(unit['units']),
    rate: amountOf(unit['unitPrice']),
    internalCurrencyRate: toInternal(amountOf(unit['unitPrice']), rate),
    extendedPrice: amountOf(unit['price']),
    internalCurrencyExtendedPrice: amountOf(unit['internalCurrencyPrice']),
    ourCost: amountOf(unit['cost']),
    purchaseOrderNumber: contract?.['purchaseOrderNumber'] ?? '',
  });
}

/** Approves and posts a contract charge, which makes it immutable; answers the billing item it makes. */
export function postCharge(database: AutotaskDatabase, chargeId: number, at: Date): Row {
  const charge = database.table('ContractCharges').update(chargeId, { isBilled: true });
  const contract = database.table('Contracts').get(Number(charge['contractID']));
  return database.table('BillingItems').insert({
    ...postedItem(at),
    billingItemType: ITEM_CHARGE,
    subType: SUB_CONTRACT_CHARGE,
    billingCodeID: charge['billingCodeID'] ?? null,
    companyID: contract?.['companyID'] ?? null,
    contractID: charge['contractID'] ?? null,
    contractChargeID: charge.id,
    itemName: charge['name'] ?? null,
    description: charge['description'] ?? null,
    itemDate: charge['datePurchased'] ?? null,
    quantity: amountOf(charge['unitQuantity']),
    rate: amountOf(charge['unitPrice']),
    internalCurrencyRate: amountOf(charge['internalCurrencyUnitPrice']),
    extendedPrice: amountOf(charge['billableAmount']),
    internalCurrencyExtendedPrice: amountOf(charge['internalCurrencyBillableAmount']),
    ourCost: amountOf(charge['extendedCost']),
    purchaseOrderNumber: charge['purchaseOrderNumber'] ?? '',
  });
}

/** Invoices posted items of one company: an invoice over their sum, and its id on each of them. */
export function invoiceItems(
  database: AutotaskDatabase,
  companyId: number,
  itemIds: readonly number[],
  at: Date,
): Row {
  const items = database.table('BillingItems');
  const rows = itemIds.flatMap((id) => items.get(id) ?? []);
  const dates = rows.map((row) => textOf(row['itemDate'])).toSorted();
  const total = rows.reduce((sum, row) => sum.plus(amountOf(row['extendedPrice'])), ZERO);
  const invoices = database.table('Invoices');
  const invoice = invoices.insert({
    companyID: companyId,
    batchID: Number(utcDay(at).replaceAll('-', '')),
    createDateTime: instantText(at.getTime()),
    invoiceDateTime: midnight(utcDay(at)),
    dueDate: midnight(addDays(utcDay(at), 30)),
    fromDate: dates[0] ?? null,
    toDate: dates.at(-1) ?? null,
    invoiceNumber: `INV-${utcDay(at).slice(0, 7)}-${String(invoices.size + 1).padStart(5, '0')}`,
    invoiceTotal: total,
    totalTaxValue: ZERO,
    isVoided: false,
    paymentTerm: 2,
    taxGroup: 1,
  });
  for (const row of rows) {
    items.update(row.id, { invoiceID: invoice.id, totalAmount: amountOf(row['extendedPrice']) });
  }
  return invoice;
}

function postedItem(at: Date): Record<string, string | number | MoneyDecimal | null> {
  return {
    invoiceID: 0,
    nonBillable: 0,
    postedDate: midnight(utcDay(at)),
    postedOnTime: instantText(at.getTime()),
    taxDollars: ZERO,
    internalCurrencyTaxDollars: ZERO,
    totalAmount: ZERO,
    internalCurrencyTotalAmount: ZERO,
    sortOrderID: 0,
    webServiceDate: null,
  };
}
