import { setTimeout as wait } from 'node:timers/promises';
import { ALL_RIGHTS, apiUser, connectionRequest } from './api-users.js';
import type { UiSession } from './ui-session.js';

interface Company {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  currency: string;
  webAddress: string | null;
}

interface Contract {
  externalId: string;
  name: string;
  type: string;
  isActive: boolean;
  periodType: string;
  startsOn: string;
  endsOn: string;
  company: { externalId: string; name: string };
  services: { serviceId: string }[];
}

/** A customer of the platform, its company in the sandbox, and a contract its subscription fits. */
export interface SeededCustomer {
  customerId: string;
  subscriptionId: string;
  name: string;
  companyId: string;
  contractId: string;
  contractName: string;
  /** Whether the contract bills the offer already. */
  hasLine: boolean;
}

/** Calls the HTTP API as an administrator. */
export type ApiCaller = Pick<UiSession, 'callApi'>;

export interface SeededWorld {
  connectionId: string;
  alias: string;
  customers: SeededCustomer[];
}

/** Sold by the sandbox as the service of this id. */
export const EXCHANGE_SERVICE_ID = '38';
export const EXCHANGE = {
  productId: 'CFQ7TTC0LH16',
  skuId: '0001',
  segment: 'commercial',
  term: 'P1M',
  billingCycle: 'monthly',
} as const;
const OFFER_NAME = 'Exchange Online (Plan 1)';

const today = (): string => new Date().toISOString().slice(0, 10);

/** The body of `PUT /subscriptions/{id}`. */
export function subscriptionOf(customerId: string, quantity: number): object {
  return {
    customerId,
    offer: { ...EXCHANGE, name: OFFER_NAME },
    kind: 'license',
    quantity,
    status: 'active',
    startsOn: `${today().slice(0, 7)}-01`,
    unitCost: { amount: '3.96', currency: 'EUR' },
    unitPrice: { amount: '4.80', currency: 'EUR' },
  };
}

/** A synced connection, and customers on the platform named as companies of the sandbox; nothing is mapped. */
export async function seedWorld(ui: ApiCaller, count: number): Promise<SeededWorld> {
  const alias = 'Contoso EUR';
  const { id: connectionId } = await ui.callApi<{ id: string }>(
    'POST',
    'connections',
    connectionRequest(apiUser(ALL_RIGHTS), alias, 'EUR'),
  );
  await syncNow(ui, connectionId);
  return { connectionId, alias, customers: await recordCustomers(ui, connectionId, count) };
}

/** Records customers on the platform, named as companies of the sandbox that the synced connection read, each with a subscription. */
export async function recordCustomers(
  ui: ApiCaller,
  connectionId: string,
  count: number,
): Promise<SeededCustomer[]> {
  const companies = await listOf<Company>(ui, `connections/${connectionId}/companies`);
  const contracts = await listOf<Contract>(ui, `connections/${connectionId}/contracts`);
  const customers = companies
    .flatMap((company) => customerOf(company, contracts))
    // In the order the platform lists its customers in.
    .toSorted((left, right) => (left.customerId < right.customerId ? -1 : 1))
    .slice(0, count);
  if (customers.length < count) throw new Error(`The sandbox has only ${customers.length} companies to map`);
  for (const { customerId, name, subscriptionId } of customers) {
    await ui.callApi('PUT', `customers/${customerId}`, { name });
    await ui.callApi('PUT', `subscriptions/${subscriptionId}`, subscriptionOf(customerId, 5));
  }
  return customers;
}

/** Records a one-off charge of a customer in the present month. */
export async function recordCharge(
  ui: UiSession,
  { customerId, subscriptionId }: SeededCustomer,
): Promise<void> {
  const month = today().slice(0, 7);
  await ui.callApi('POST', 'charges', {
    id: 'migration-1',
    customerId,
    subscriptionId,
    kind: 'oneTime',
    description: 'Mailbox migration',
    servicePeriod: { from: `${month}-01`, to: `${month}-02` },
    quantity: '2',
    unitCost: { amount: '40.00', currency: 'EUR' },
    unitPrice: { amount: '55.50', currency: 'EUR' },
  });
}

/** Imports a bill and waits until it is read; gives the id of the import. */
export async function importBill(ui: UiSession, fileName: string, text: string): Promise<string> {
  const { id } = await ui.upload<{ id: string }>('imports/partner-center', fileName, text);
  for (;;) {
    const { state } = await ui.callApi<{ state: string }>('GET', `imports/${id}`);
    if (state === 'succeeded') return id;
    if (state === 'failed') throw new Error('The import failed');
    await wait(100);
  }
}

export async function syncNow(ui: ApiCaller, connectionId: string): Promise<void> {
  const { id } = await ui.callApi<{ id: string }>('POST', `connections/${connectionId}/sync-runs`);
  for (;;) {
    const { state } = await ui.callApi<{ state: string }>('GET', `sync-runs/${id}`);
    if (state === 'succeeded') return;
    if (state === 'failed' || state === 'cancelled') throw new Error(`The sync run ${state}`);
    await wait(100);
  }
}

/** Maps customers, the offer and subscriptions, so that plans can be made. */
export async function mapAll(ui: ApiCaller, { connectionId, customers }: SeededWorld): Promise<void> {
  const path = `connections/${connectionId}`;
  for (const { customerId, companyId } of customers) {
    await ui.callApi('PUT', `${path}/customer-mappings`, { customerId, companyId });
  }
  await ui.callApi('PUT', `${path}/offer-mappings`, { offer: EXCHANGE, serviceId: EXCHANGE_SERVICE_ID });
  for (const { subscriptionId, contractId } of customers) {
    await ui.callApi('PUT', `${path}/subscription-mappings`, { subscriptionId, contractId });
  }
}

/** Applies the changes of subscriptions and waits until the PSA holds them. */
export async function applyChangesOf(
  ui: UiSession,
  connectionId: string,
  subscriptionIds: readonly string[],
): Promise<void> {
  const plan = await ui.callApi<{ id: string; steps: { id: string; subscriptionId: string }[] }>(
    'POST',
    `connections/${connectionId}/plans`,
  );
  const stepIds = plan.steps
    .filter(({ subscriptionId }) => subscriptionIds.includes(subscriptionId))
    .map(({ id }) => id);
  await ui.callApi('POST', `plans/${plan.id}/apply`, { stepIds });
  for (const subscriptionId of subscriptionIds) await waitUntilApplied(ui, subscriptionId);
}

async function waitUntilApplied(ui: UiSession, subscriptionId: string): Promise<void> {
  for (;;) {
    const { items } = await ui.callApi<{ items: { state: string }[] }>(
      'GET',
      `operations?subscriptionId=${subscriptionId}`,
    );
    if (items.every(({ state }) => state === 'applied')) return;
    if (items.some(({ state }) => state === 'failed')) throw new Error('The operation failed');
    await wait(100);
  }
}

/** Applies the first change of a plan and makes another plan, of which one change is left out; gives its id. */
export async function planWithDecisions(ui: UiSession, connectionId: string): Promise<string> {
  const path = `connections/${connectionId}/plans`;
  const first = await ui.callApi<{ id: string; steps: { id: string }[] }>('POST', path);
  await ui.callApi('POST', `plans/${first.id}/apply`, { stepIds: [first.steps[0]?.id] });
  const second = await ui.callApi<{ id: string; steps: { id: string }[] }>('POST', path);
  await ui.callApi('PATCH', `plans/${second.id}/steps/${second.steps[0]?.id}`, {
    dismissed: true,
    reason: 'Agreed with the customer to leave it as it is until the end of the year',
  });
  return second.id;
}

function customerOf(company: Company, contracts: readonly Contract[]): SeededCustomer[] {
  if (!company.isActive || company.type !== 'customer' || company.currency !== 'EUR') return [];
  const monthStart = `${today().slice(0, 7)}-01`;
  const contract = contracts.find(
    (one) =>
      one.company.externalId === company.externalId &&
      one.isActive &&
      one.type === 'recurring_service' &&
      one.periodType === 'monthly' &&
      one.startsOn <= monthStart &&
      one.endsOn > today(),
  );
  if (contract === undefined || company.number === null) return [];
  return [
    {
      customerId: `customer-${company.externalId}`,
      subscriptionId: `subscription-${company.externalId}`,
      name: company.name,
      companyId: company.externalId,
      contractId: contract.externalId,
      contractName: contract.name,
      hasLine: contract.services.some(({ serviceId }) => serviceId === EXCHANGE_SERVICE_ID),
    },
  ];
}

async function listOf<Row>(ui: ApiCaller, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: Row[]; nextCursor: string | null } = await ui.callApi(
      'GET',
      `${path}?limit=200${query}`,
    );
    rows.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}
