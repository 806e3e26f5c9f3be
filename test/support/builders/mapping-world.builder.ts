import { MULTI_CURRENCY_CI, type Row } from '../../../src/autotask-simulator/testing.js';
import { type LocalDate, localDate } from '../../../src/kernel/local-date.js';
import { MoneyDecimal } from '../../../src/kernel/money.js';
import type { Connector } from '../connector.js';
import { newCustomer, newSubscription, type SubscriptionInput } from './subscription.builder.js';

const CUSTOMER = 1;
const VENDOR = 7;
const RECURRING = 7;
const TIME_AND_MATERIALS = 1;
const MONTHLY = 2;
const YEARLY = 5;
const EUR = 1;
const USD = 2;

/** Long before and long after every test, whatever the day it runs on. */
const LONG_AGO = '2020-01-01';
const LAST_YEAR = '2024-12-31';
const FAR_OFF = '2099-12-31';

/** Offers that the services below sell, each of its own. */
export const OFFERS = {
  exchange: offer('CFQ7TTC0LH16', '0001', 'Exchange Online (Plan 1)', 'P1Y', 'monthly'),
  teams: offer('CFQ7TTC0J1FV', '0002', 'Teams Essentials', 'P1Y', 'monthly'),
  visio: offer('CFQ7TTC0HD32', '0001', 'Visio Plan 1', 'P1Y', 'annual'),
  project: offer('CFQ7TTC0HDB1', '0001', 'Project Plan 3', 'P3Y', 'triennial'),
  azure: offer('DZH318Z0BPS6', '0001', 'Azure plan', 'P1M', 'monthly'),
} as const;

function offer(
  productId: string,
  skuId: string,
  name: string,
  term: 'P1M' | 'P1Y' | 'P3Y',
  billingCycle: 'monthly' | 'annual' | 'triennial',
) {
  return { productId, skuId, name, segment: 'commercial', term, billingCycle };
}

/** An offer as a mapping names it. */
export function offerKey({
  productId,
  skuId,
  segment,
  term,
  billingCycle,
}: (typeof OFFERS)[keyof typeof OFFERS]) {
  return { productId, skuId, segment, term, billingCycle };
}

/** External ids of what was put into Autotask for the tests of mapping. */
export interface MappingWorld {
  companies: Record<'contoso' | 'fabrikam' | 'vendor' | 'inactive' | 'american', string>;
  services: Record<'exchange' | 'teams' | 'yearly' | 'inactive' | 'free', string>;
  contracts: Record<
    'good' | 'second' | 'materials' | 'inactive' | 'later' | 'ended' | 'yearly' | 'midMonth' | 'other',
    string
  >;
}

/** Puts companies, services and contracts of every kind the rules tell apart into the large instance, before it is synced. */
export function fillAutotask({ simulator }: Connector): MappingWorld {
  const database = simulator.world.database(MULTI_CURRENCY_CI);
  const insert = (table: string, row: Partial<Row>) => String(database.table(table).insert(row as Row).id);
  const company = (companyName: string, changes: Partial<Row> = {}) =>
    insert('Companies', {
      companyName,
      companyType: CUSTOMER,
      isActive: true,
      currencyID: EUR,
      ownerResourceID: 29_682_885,
      ...changes,
    });
  const service = (name: string, price: string, changes: Partial<Row> = {}) =>
    insert('Services', {
      name,
      periodType: MONTHLY,
      isActive: true,
      unitPrice: new MoneyDecimal(price),
      unitCost: new MoneyDecimal(price),
      ...changes,
    });
  const companies = {
    contoso: company('Contoso', { webAddress: 'https://www.contoso.com', companyNumber: 'K-1' }),
    fabrikam: company('Fabrikam Holding', { companyNumber: 'fabrikam' }),
    vendor: company('Contoso Supplies', { companyType: VENDOR }),
    inactive: company('Contoso Closed', { isActive: false }),
    american: company('Contoso Americas', { currencyID: USD }),
  };
  const contract = (contractName: string, changes: Partial<Row> = {}) =>
    insert('Contracts', {
      contractName,
      companyID: Number(companies.contoso),
      contractType: RECURRING,
      contractPeriodType: MONTHLY,
      status: 1,
      startDate: `${LONG_AGO}T00:00:00Z`,
      endDate: `${FAR_OFF}T00:00:00Z`,
      ...changes,
    });
  return {
    companies,
    services: {
      exchange: service('Mail, small', '4', { sku: 'CFQ7TTC0LH16:0001' }),
      teams: service('Teams Essentials', '4'),
      yearly: service('Visio yearly', '40', { periodType: YEARLY }),
      inactive: service('Exchange of old', '4', { isActive: false }),
      free: service('Azure consumption', '0', { sku: 'DZH318Z0BPS6:0001:DZH318Z0BMXN' }),
    },
    contracts: {
      good: contract('Contoso cloud'),
      second: contract('Contoso workplace', { contractNumber: 'sub-numbered' }),
      materials: contract('Contoso support', { contractType: TIME_AND_MATERIALS }),
      inactive: contract('Contoso paused', { status: 0 }),
      later: contract('Contoso to come', { startDate: `${FAR_OFF}T00:00:00Z` }),
      ended: contract('Contoso before', { endDate: `${LAST_YEAR}T00:00:00Z` }),
      yearly: contract('Contoso yearly', { contractPeriodType: YEARLY }),
      midMonth: contract('Contoso from the middle', { startDate: '2020-01-15T00:00:00Z' }),
      other: contract('Fabrikam cloud', { companyID: Number(companies.fabrikam) }),
    },
  };
}

/** Customers and subscriptions of the platform: `contoso` with a seat of each offer, and `fabrikam`. */
export async function fillPlatform(connector: Connector): Promise<void> {
  const put = async (path: string, body: unknown) => {
    const answer = await connector.api.send('PUT', path, body);
    if (answer.status !== 201) throw new Error(answer.text);
  };
  await put('/customers/contoso', newCustomer());
  await put('/customers/fabrikam', newCustomer({ name: 'Fabrikam AG', domain: null }));
  await put('/customers/tailspin', newCustomer({ name: '=Tailspin, "Toys"', domain: null }));
  const subscribe = (id: string, changes: SubscriptionInput) =>
    put(`/subscriptions/${id}`, newSubscription({ startsOn: SINCE, ...changes }));
  await subscribe('sub-exchange', { offer: OFFERS.exchange, friendlyName: 'Contoso workplace' });
  await subscribe('sub-numbered', { offer: OFFERS.exchange });
  await subscribe('sub-teams', { offer: OFFERS.teams });
  await subscribe('sub-visio', { offer: OFFERS.visio });
  await subscribe('sub-project', { offer: OFFERS.project });
  await subscribe('sub-azure', { offer: OFFERS.azure, kind: 'azurePlan' });
  await subscribe('sub-fabrikam', { customerId: 'fabrikam', offer: OFFERS.exchange });
  const dollars = { amount: '4.00', currency: 'USD' };
  await subscribe('sub-dollars', { offer: OFFERS.exchange, unitCost: dollars, unitPrice: dollars });
}

/** First day of the subscriptions above. */
export const SINCE: LocalDate = localDate('2026-02-10');
