import { MoneyDecimal } from '../../kernel/money.js';
import { instantText } from '../rules/record-values.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { BILLING_CODE_IDS, CURRENCY_IDS, FIRST_RESOURCE_ID } from './seed-reference-data.js';

const MONTHLY = 2;
const YEARLY = 5;

interface ServiceSeed {
  readonly name: string;
  readonly sku: string;
  readonly periodType: number;
  readonly price: string;
  readonly cost: string;
  readonly isActive?: boolean;
}

/** Product and SKU ids in the manner of Microsoft's price lists; prices are invented. */
const SERVICES: readonly ServiceSeed[] = [
  {
    name: 'Microsoft 365 Business Basic (NCE, P1M/monthly)',
    sku: 'CFQ7TTC0LH18:0001',
    periodType: MONTHLY,
    price: '7.2',
    cost: '5.94',
  },
  {
    name: 'Microsoft 365 Business Standard (NCE, P1M/monthly)',
    sku: 'CFQ7TTC0LDPB:0001',
    periodType: MONTHLY,
    price: '15.1',
    cost: '12.48',
  },
  {
    name: 'Microsoft 365 Business Premium (NCE, P1M/monthly)',
    sku: 'CFQ7TTC0LCHC:0002',
    periodType: MONTHLY,
    price: '26.4',
    cost: '21.84',
  },
  {
    name: 'Microsoft 365 Business Premium (NCE, P1Y/annual)',
    sku: 'CFQ7TTC0LCHC:0003',
    periodType: YEARLY,
    price: '264',
    cost: '218.4',
  },
  {
    name: 'Microsoft 365 E3 (NCE, P1Y/monthly)',
    sku: 'CFQ7TTC0LFLX:0001',
    periodType: MONTHLY,
    price: '38.9',
    cost: '33.06',
  },
  {
    name: 'Microsoft 365 E5 (NCE, P1Y/monthly)',
    sku: 'CFQ7TTC0LFLZ:0001',
    periodType: MONTHLY,
    price: '61.7',
    cost: '52.44',
  },
  {
    name: 'Office 365 E3 (NCE, P1Y/annual)',
    sku: 'CFQ7TTC0LF8R:0001',
    periodType: YEARLY,
    price: '290.4',
    cost: '243.936',
  },
  {
    name: 'Exchange Online Plan 1 (NCE, P1M/monthly)',
    sku: 'CFQ7TTC0LH16:0001',
    periodType: MONTHLY,
    price: '4.8',
    cost: '3.96',
  },
  {
    name: 'Microsoft Entra ID P1 (NCE, P1Y/monthly)',
    sku: 'CFQ7TTC0LFLS:0002',
    periodType: MONTHLY,
    price: '6.6',
    cost: '5.46',
  },
  {
    name: 'Microsoft Defender for Business (NCE, P1M/monthly)',
    sku: 'CFQ7TTC0J1GB:0003',
    periodType: MONTHLY,
    price: '3.6',
    cost: '2.97',
  },
  {
    name: 'Power BI Pro (NCE, P1Y/annual)',
    sku: 'CFQ7TTC0HL8W:0001',
    periodType: YEARLY,
    price: '120',
    cost: '99',
  },
  { name: 'Azure plan', sku: 'DZH318Z0BPS6:0001', periodType: MONTHLY, price: '0', cost: '0' },
  {
    name: 'Office 365 E1 (legacy)',
    sku: '91FD106F-4B2C-4938-95AC-F54F74E9A239',
    periodType: MONTHLY,
    price: '9.5',
    cost: '8',
    isActive: false,
  },
];

/** Ids of the services, in the order of the list above. */
export const SERVICE_IDS = {
  businessBasic: 31,
  businessStandard: 32,
  businessPremium: 33,
  businessPremiumYearly: 34,
  e3: 35,
  e5: 36,
  officeE3Yearly: 37,
  exchangePlan1: 38,
  entraP1: 39,
  defender: 40,
  powerBiYearly: 41,
  azurePlan: 42,
  legacyE1: 43,
} as const;

export function seedServices(database: AutotaskDatabase, vendorCompanyID: number, now: Date): void {
  const createDate = instantText(now.getTime() - 400 * 86_400_000);
  for (const [position, seed] of SERVICES.entries()) {
    database.table('Services').insert({
      id: SERVICE_IDS.businessBasic + position,
      name: seed.name,
      description: seed.name,
      invoiceDescription: seed.name,
      sku: seed.sku,
      periodType: seed.periodType,
      unitPrice: new MoneyDecimal(seed.price),
      unitCost: new MoneyDecimal(seed.cost),
      isActive: seed.isActive ?? true,
      billingCodeID: BILLING_CODE_IDS.recurring,
      vendorCompanyID,
      manufacturerServiceProvider: 'Microsoft',
      createDate,
      lastModifiedDate: createDate,
      creatorResourceID: FIRST_RESOURCE_ID,
      updateResourceID: FIRST_RESOURCE_ID,
    });
  }
}

/** Price lists for the foreign currency: one service has a price of its own, the others follow the exchange rate. */
export function seedPriceLists(database: AutotaskDatabase): void {
  for (const service of database.table('Services').all()) {
    const hasOwnPrice = service.id === SERVICE_IDS.businessPremium;
    database.table('PriceListServices').insert({
      serviceID: service.id,
      currencyID: CURRENCY_IDS.USD,
      unitPrice: hasOwnPrice ? new MoneyDecimal('29.9') : null,
      usesInternalCurrencyPrice: !hasOwnPrice,
    });
  }
}

/** A bundle of two services, sold on one contract. */
export function seedServiceBundle(database: AutotaskDatabase, now: Date): number {
  const createDate = instantText(now.getTime() - 300 * 86_400_000);
  return database.table('ServiceBundles').insert({
    id: 12,
    name: 'Secure workplace',
    description: 'Business Premium with Defender',
    invoiceDescription: 'Secure workplace',
    periodType: MONTHLY,
    billingCodeID: BILLING_CODE_IDS.recurring,
    isActive: true,
    unitPrice: new MoneyDecimal('28.5'),
    unitCost: new MoneyDecimal('24.81'),
    createDate,
    lastModifiedDate: createDate,
  }).id;
}

/** What is sold once and charged: one product on sale, one retired. */
export function seedProducts(database: AutotaskDatabase, defaultVendorID: number, now: Date): void {
  const products = [
    { name: 'Migration to Microsoft 365, per mailbox', isActive: true, unitPrice: '35', unitCost: '20' },
    { name: 'Perpetual server licence', isActive: false, unitPrice: '890', unitCost: '710' },
  ];
  for (const { name, isActive, unitPrice, unitCost } of products) {
    database.table('Products').insert({
      name,
      isActive,
      isSerialized: false,
      billingType: 1,
      defaultVendorID,
      chargeBillingCodeID: BILLING_CODE_IDS.material,
      productBillingCodeID: BILLING_CODE_IDS.material,
      unitPrice: new MoneyDecimal(unitPrice),
      unitCost: new MoneyDecimal(unitCost),
      createdByResourceID: FIRST_RESOURCE_ID,
      createdTime: instantText(now.getTime() - 400 * 86_400_000),
    });
  }
}
