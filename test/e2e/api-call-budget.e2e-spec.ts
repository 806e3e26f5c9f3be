import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type AutotaskDatabase,
  MULTI_CURRENCY_CI,
  seedCspWorld,
} from '../../src/autotask-simulator/testing.js';
import { type Connector, startConnector } from '../support/connector.js';

const PAGE = 500;
const COMPANIES = 1_000;
const CONTRACT_SERVICES = 5_000;
const PULLED = [
  'Currencies',
  'BillingCodes',
  'Companies',
  'Services',
  'ServiceBundles',
  'PriceListServices',
  'Contracts',
  'ContractServices',
  'ContractServiceBundles',
  'ContractServiceUnits',
  'ContractServiceBundleUnits',
  'ContractCharges',
  'Invoices',
  'BillingItems',
] as const;

let connector: Connector;
let database: AutotaskDatabase;

/** The seeded instance, filled up with copies to the size of a large provider. */
beforeAll(async () => {
  const world = seedCspWorld(new Date());
  database = world.database(MULTI_CURRENCY_CI);
  fillUp('Companies', COMPANIES);
  fillUp('ContractServices', CONTRACT_SERVICES);
  connector = await startConnector({ simulator: { world } });
});

afterAll(async () => {
  await connector?.stop();
});

function fillUp(name: string, size: number): void {
  const table = database.table(name);
  const originals = table.all().slice(1);
  for (let position = 0; table.size < size; position += 1) {
    const { id: _, ...values } = originals[position % originals.length] ?? { id: 0 };
    table.insert(values);
  }
}

it('pulls 1,000 companies and 5,000 contract services with one call per started page', async () => {
  expect(database.table('Companies').size).toBe(COMPANIES);
  expect(database.table('ContractServices').size).toBe(CONTRACT_SERVICES);
  const { id } = await connector.connect();
  connector.simulator.journal.clear();
  const run = await connector.sync(id);
  expect(run.state).toBe('succeeded');
  const rows = run.entities.map(({ read }) => read);
  expect(rows).toEqual(PULLED.map((name) => database.table(name).size));
  const minimum = PULLED.reduce((sum, name) => sum + Math.ceil(database.table(name).size / PAGE), 0);
  const sent = connector.simulator.journal.count();
  expect(run.apiCalls).toBe(sent);
  expect(sent).toBeGreaterThanOrEqual(minimum);
  expect(sent).toBeLessThanOrEqual(minimum * 1.05);
});
