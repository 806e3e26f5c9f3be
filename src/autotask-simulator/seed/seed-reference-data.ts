import { MoneyDecimal } from '../../kernel/money.js';
import { instantText } from '../rules/record-values.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';

/** Ids of the rows other seeds point at. */
export const CURRENCY_IDS = { EUR: 1, USD: 2, GBP: 3 } as const;
export const BILLING_CODE_IDS = { recurring: 29_682_804, material: 29_682_805 } as const;
export const FIRST_RESOURCE_ID = 29_682_885;

const DAY_MS = 86_400_000;

export interface CurrencySeed {
  readonly name: keyof typeof CURRENCY_IDS;
  readonly rate: string;
  readonly isActive: boolean;
}

const DESCRIPTIONS = { EUR: 'Euro', USD: 'US Dollar', GBP: 'Pound Sterling' } as const;

/** The first currency is the internal one. */
export function seedCurrencies(
  database: AutotaskDatabase,
  currencies: readonly CurrencySeed[],
  now: Date,
): void {
  for (const [position, { name, rate, isActive }] of currencies.entries()) {
    database.table('Currencies').insert({
      id: CURRENCY_IDS[name],
      name,
      description: DESCRIPTIONS[name],
      currencyPositiveFormat: '$ #.##',
      currencyNegativeFormat: '-$ #.##',
      displaySymbol: CURRENCY_IDS[name],
      exchangeRate: new MoneyDecimal(rate),
      isActive,
      isInternalCurrency: position === 0,
      lastModifiedDateTime: instantText(now.getTime() - 30 * DAY_MS),
      updateResourceId: FIRST_RESOURCE_ID,
    });
  }
}

const PEOPLE = [
  ['Mara', 'Lindqvist'],
  ['Jonas', 'Okafor'],
  ['Elena', 'Brandt'],
  ['Tomás', 'Ferreira'],
  ['Priya', 'Novak'],
  ['Samuel', 'Keller'],
] as const;

/** People of the provider; API-only users are not among them. */
export function seedResources(database: AutotaskDatabase, domain: string): void {
  for (const [position, [firstName, lastName]] of PEOPLE.entries()) {
    const local = `${firstName}.${lastName}`
      .normalize('NFD')
      .replaceAll(/[^A-Za-z.]/g, '')
      .toLowerCase();
    database.table('Resources').insert({
      id: FIRST_RESOURCE_ID + position,
      firstName,
      lastName,
      email: `${local}@${domain}`,
      emailTypeCode: 'PRIMARY',
      userName: local,
      isActive: position !== PEOPLE.length - 1,
      licenseType: 1,
      locationID: 1,
      numberFormat: 'X,XXX.XX',
      dateFormat: 'MM/dd/yyyy',
      timeFormat: 'hh:mm a',
      payrollType: 2,
      resourceType: 'Employee',
      userType: 1,
      hireDate: '2019-01-07T00:00:00Z',
    });
  }
}

/** One code of each use type, of which charges take the material code and services the recurring one. */
export function seedBillingCodes(database: AutotaskDatabase): void {
  const codes = [
    { id: 29_682_801, name: 'Remote support', useType: 1 },
    { id: 29_682_802, name: 'General', useType: 2 },
    { id: 29_682_803, name: 'Internal meeting', useType: 3 },
    { id: BILLING_CODE_IDS.material, name: 'Cloud usage and one-time fees', useType: 4 },
    { id: BILLING_CODE_IDS.recurring, name: 'Cloud subscriptions', useType: 5 },
  ];
  for (const code of codes) {
    database.table('BillingCodes').insert({
      ...code,
      billingCodeType: 0,
      isActive: true,
      isExcludedFromNewContracts: false,
      externalNumber: String(code.id % 1000),
      unitCost: new MoneyDecimal(0),
      unitPrice: new MoneyDecimal(0),
    });
  }
}
