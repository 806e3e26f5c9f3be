import type { ImportFormat } from './imported-line.js';

/** What is taken from a line, whatever its file calls it. */
export const FIELDS = [
  'customerId',
  'customerName',
  'subscriptionId',
  'productId',
  'skuId',
  'productName',
  'chargeType',
  'chargeStart',
  'chargeEnd',
  'usageDate',
  'orderDate',
  'quantity',
  'unitPrice',
  'effectiveUnitPrice',
  'subtotal',
  'taxTotal',
  'total',
  'currency',
  'termAndBillingCycle',
  'billingFrequency',
  'referenceId',
  'invoiceNumber',
  'promotionId',
  'subscriptionStart',
  'subscriptionEnd',
  'exchangeRate',
  'billingPeriod',
] as const;
export type Field = (typeof FIELDS)[number];

/** Names of a field, the best first; in small letters and digits alone, as `columnKey` makes them. */
type FieldNames = Readonly<Partial<Record<Field, readonly string[]>>>;

/** Partner Center's columns and members, with those of its older lines and of its published examples. */
const PARTNER_CENTER: FieldNames = {
  customerId: ['customerid'],
  customerName: ['customername', 'customercompanyname', 'customer'],
  subscriptionId: ['subscriptionid', 'entitlementid'],
  productId: ['productid', 'offerid'],
  skuId: ['skuid', 'sku', 'durableofferid'],
  productName: ['productname', 'product', 'skuname', 'offername', 'servicename', 'subscriptionname'],
  chargeType: ['chargetype'],
  chargeStart: ['chargestartdate', 'chargestart'],
  chargeEnd: ['chargeenddate', 'chargeend'],
  usageDate: ['usagedate'],
  orderDate: ['orderdate'],
  quantity: ['quantity', 'billablequantity', 'consumedquantity', 'overagequantity'],
  unitPrice: ['unitprice', 'listprice'],
  effectiveUnitPrice: ['effectiveunitprice', 'pretaxeffectiverate'],
  subtotal: ['subtotal', 'billingpretaxtotal', 'pretaxcharges', 'amount'],
  taxTotal: ['taxtotal', 'tax', 'taxamount'],
  total: ['total', 'totalforcustomer', 'posttaxtotal'],
  currency: ['currency', 'billingcurrency', 'currencycode'],
  termAndBillingCycle: ['termandbillingcycle', 'termbillingcycle', 'billingterm'],
  billingFrequency: ['billingfrequency', 'billingplan', 'billingcycle', 'billingcycletype'],
  referenceId: ['referenceid'],
  invoiceNumber: ['invoicenumber'],
  promotionId: ['promotionid'],
  subscriptionStart: ['subscriptionstartdate'],
  subscriptionEnd: ['subscriptionenddate'],
  exchangeRate: ['pctobcexchangerate'],
};

/** FOCUS 1.0: the invoiced cost, and the price it comes from. */
const FOCUS: FieldNames = {
  customerId: ['subaccountid'],
  customerName: ['subaccountname'],
  subscriptionId: ['resourceid'],
  productId: ['skuid'],
  skuId: ['skupriceid'],
  productName: ['servicename'],
  chargeType: ['chargecategory'],
  chargeStart: ['chargeperiodstart'],
  chargeEnd: ['chargeperiodend'],
  quantity: ['pricingquantity', 'consumedquantity'],
  unitPrice: ['listunitprice', 'contractedunitprice'],
  effectiveUnitPrice: ['contractedunitprice'],
  subtotal: ['billedcost'],
  currency: ['billingcurrency'],
  termAndBillingCycle: ['chargefrequency'],
  referenceId: ['commitmentdiscountid'],
  billingPeriod: ['billingperiodstart'],
};

export const FIELD_NAMES: Readonly<Record<ImportFormat, FieldNames>> = {
  nceReconciliation: PARTNER_CENTER,
  dailyUsage: PARTNER_CENTER,
  focus: FOCUS,
};

const ALL_NAMES = new Set(
  [PARTNER_CENTER, FOCUS].flatMap((names) => Object.values(names).flat()).filter((name) => name !== 'amount'),
);

/** What tells lines apart beside amounts and prices, which a corrected file may change; by format. */
export const IDENTITY_NAMES: Readonly<Record<ImportFormat, readonly string[]>> = {
  nceReconciliation: [
    'orderid',
    'availabilityid',
    'referenceid',
    'alternateid',
    'reservationorderid',
    'meterdescription',
    'productqualifiers',
    'creditreasoncode',
    'durableofferid',
  ],
  dailyUsage: [
    'orderid',
    'availabilityid',
    'entitlementid',
    'usagedate',
    'meterid',
    'metername',
    'metersubcategory',
    'meterregion',
    'resourceguid',
    'resourcename',
    'resourcelocation',
    'resourcegroup',
    'resourceuri',
    'benefitid',
    'benefitorderid',
    'detaillineitemid',
  ],
  focus: [
    'billingaccountid',
    'resourceid',
    'chargeclass',
    'chargedescription',
    'chargeperiodstart',
    'chargeperiodend',
    'regionid',
    'pricingcategory',
    'commitmentdiscountid',
    'servicename',
    'publishername',
    'id',
  ],
};

const KEYS = new Map<string, string>();

/** A column's name without case, spaces and signs: `Term & Billing Cycle` is `termbillingcycle`. */
export function columnKey(name: string): string {
  const known = KEYS.get(name);
  if (known !== undefined) return known;
  const key = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (KEYS.size < 5_000) KEYS.set(name, key);
  return key;
}

/** How many of the names are columns of a bill. */
export function knownColumns(names: readonly string[]): number {
  return new Set(names.map(columnKey).filter((key) => ALL_NAMES.has(key))).size;
}

/** The format whose lines have columns of these names; null when it is no bill. */
export function formatOf(names: readonly string[]): ImportFormat | null {
  const keys = new Set(names.map(columnKey));
  const has = (...some: string[]) => some.some((key) => keys.has(key));
  if (has('billedcost') && has('chargecategory')) return 'focus';
  // One-time purchases may name the days of the subscription alone.
  if (!has('chargestartdate', 'usagedate', 'subscriptionstartdate')) return null;
  const isMetered = has('usagedate', 'meterid', 'metercategory', 'consumedquantity', 'billingpretaxtotal');
  if (isMetered && !has('subtotal')) return 'dailyUsage';
  return has('chargetype') ? 'nceReconciliation' : null;
}
