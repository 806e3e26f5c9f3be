import { instantText } from '../rules/record-values.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { CURRENCY_IDS, FIRST_RESOURCE_ID } from './seed-reference-data.js';

const DAY_MS = 86_400_000;
const FIRST_COMPANY_ID = 174;
const TYPES = { customer: 1, lead: 2, prospect: 3, vendor: 7 } as const;

const FIRST_WORDS = [
  'Alder',
  'Birch',
  'Cedar',
  'Delta',
  'Ember',
  'Fjord',
  'Granite',
  'Harbor',
  'Indigo',
  'Juniper',
  'Kestrel',
  'Lumen',
];
const SECOND_WORDS = ['Logistics', 'Dental Group', 'Architects', 'Foods', 'Engineering'];
const CITIES = ['Rotterdam', 'Hamburg', 'Lyon', 'Porto', 'Chicago', 'Gdańsk'];

export interface SeededCompanies {
  /** The software vendor every service is bought from. */
  readonly vendorId: number;
  /** Active companies of type Customer, without the provider's own. */
  readonly customerIds: readonly number[];
}

export interface CompaniesSeed {
  readonly ownName: string;
  /** Companies beside the provider's own and the vendor. */
  readonly count: number;
  readonly isMultiCurrency: boolean;
}

/** The provider's own company has id 0; of the others most are active customers, every third of them in USD. */
export function seedCompanies(database: AutotaskDatabase, seed: CompaniesSeed, now: Date): SeededCompanies {
  const companies = database.table('Companies');
  const base = { ownerResourceID: FIRST_RESOURCE_ID, currencyID: CURRENCY_IDS.EUR, isActive: true };
  companies.insert({
    ...base,
    ...stamps(now, 0),
    id: 0,
    companyName: seed.ownName,
    companyType: TYPES.customer,
    phone: '+31 10 555 0100',
  });
  const vendorId = companies.insert({
    ...base,
    ...stamps(now, 1),
    id: FIRST_COMPANY_ID,
    companyName: 'Microsoft Ireland Operations',
    companyType: TYPES.vendor,
    phone: '+353 1 555 0101',
  }).id;
  const customerIds: number[] = [];
  for (let position = 0; position < seed.count; position += 1) {
    const companyType = typeOf(position);
    const isActive = position % 17 !== 16;
    const isForeign = seed.isMultiCurrency && position % 3 === 1;
    const { id } = companies.insert({
      ...base,
      ...stamps(now, position),
      ...address(position),
      companyType,
      isActive,
      currencyID: isForeign ? CURRENCY_IDS.USD : CURRENCY_IDS.EUR,
      userDefinedFields: [
        { name: 'Microsoft Tenant ID', value: position % 4 === 3 ? null : tenantId(position) },
        { name: 'Cloud Onboarding', value: position % 2 === 0 ? 'done' : null },
      ],
    });
    if (companyType === TYPES.customer && isActive) customerIds.push(id);
  }
  return { vendorId, customerIds };
}

function typeOf(position: number): number {
  if (position % 10 === 9) return TYPES.lead;
  if (position % 14 === 13) return TYPES.prospect;
  return position % 23 === 22 ? TYPES.vendor : TYPES.customer;
}

function companyName(position: number): string {
  const first = FIRST_WORDS[position % FIRST_WORDS.length] ?? '';
  const second = SECOND_WORDS[Math.floor(position / FIRST_WORDS.length) % SECOND_WORDS.length] ?? '';
  const round = Math.floor(position / (FIRST_WORDS.length * SECOND_WORDS.length));
  return round === 0 ? `${first} ${second}` : `${first} ${second} ${round + 1}`;
}

function domainOf(position: number): string {
  return `${companyName(position).toLowerCase().replaceAll(' ', '-')}.example`;
}

function address(position: number): Record<string, string> {
  return {
    companyName: companyName(position),
    companyNumber: `C-${String(1000 + position)}`,
    phone: `+31 20 555 ${String(1000 + position)}`,
    webAddress: `https://www.${domainOf(position)}`,
    address1: `${position + 1} Market Street`,
    city: CITIES[position % CITIES.length] ?? '',
    postalCode: String(10_000 + position * 7),
  };
}

function tenantId(position: number): string {
  const tail = position.toString(16).padStart(12, '0');
  return `5a1e0000-0000-4000-8000-${tail}`;
}

function stamps(now: Date, position: number): Record<string, string> {
  return {
    createDate: instantText(now.getTime() - (500 + position) * DAY_MS),
    lastActivityDate: instantText(now.getTime() - (position % 40) * DAY_MS),
    lastTrackedModifiedDateTime: instantText(now.getTime() - (20 + position) * DAY_MS),
  };
}

const FIRST_NAMES = ['Ana', 'Bram', 'Chloé', 'Dmitri', 'Eva', 'Farid'];
const LAST_NAMES = ['Visser', 'Schmidt', 'Moreau', 'Silva', 'Miller'];

/** One contact per customer, every fifth inactive, and an opportunity for every sixth. */
export function seedContactsAndOpportunities(
  database: AutotaskDatabase,
  customerIds: readonly number[],
  now: Date,
): void {
  for (const [position, companyID] of customerIds.entries()) {
    const firstName = FIRST_NAMES[position % FIRST_NAMES.length] ?? '';
    const lastName = LAST_NAMES[position % LAST_NAMES.length] ?? '';
    const { id: contactID } = database.table('Contacts').insert({
      companyID,
      firstName,
      lastName,
      emailAddress: `contact${companyID}@${domainOf(companyID - FIRST_COMPANY_ID - 1)}`,
      isActive: position % 5 === 4 ? 0 : 1,
      primaryContact: true,
      createDate: instantText(now.getTime() - (300 + position) * DAY_MS),
      lastModifiedDate: instantText(now.getTime() - (10 + position) * DAY_MS),
      lastActivityDate: instantText(now.getTime() - (5 + position) * DAY_MS),
    });
    if (position % 6 === 0) seedOpportunity(database, companyID, contactID, position, now);
  }
}

function seedOpportunity(
  database: AutotaskDatabase,
  companyID: number,
  contactID: number,
  position: number,
  now: Date,
): void {
  const start = now.getTime() - (40 + position) * DAY_MS;
  database.table('Opportunities').insert({
    companyID,
    contactID,
    ownerResourceID: FIRST_RESOURCE_ID + 1,
    title: `Cloud migration for company ${companyID}`,
    amount: 1200 + position * 100,
    cost: 900 + position * 80,
    probability: 50,
    stage: 2,
    status: 1,
    useQuoteTotals: false,
    startDate: `${instantText(start).slice(0, 10)}T00:00:00Z`,
    projectedCloseDate: `${instantText(now.getTime() + 30 * DAY_MS).slice(0, 10)}T00:00:00Z`,
    createDate: instantText(start),
    lastActivity: instantText(start + DAY_MS),
  });
}
