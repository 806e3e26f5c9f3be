import { MULTI_CURRENCY_CI, SINGLE_CURRENCY_CI } from '../sandbox-users.js';
import { AutotaskDatabase, SimulatorWorld } from '../world/simulator-world.js';
import { seedBilling } from './seed-billing.js';
import { seedCompanies, seedContactsAndOpportunities } from './seed-companies.js';
import { seedBundleLine } from './seed-bundle-line.js';
import { seedContracts } from './seed-contracts.js';
import { type CurrencySeed, seedBillingCodes, seedCurrencies, seedResources } from './seed-reference-data.js';
import { seedPriceLists, seedProducts, seedServiceBundle, seedServices } from './seed-services.js';
import { seedTickets } from './seed-tickets.js';
import { seedUsers } from './seed-users.js';

interface InstanceSeed {
  readonly database: AutotaskDatabase;
  readonly ownName: string;
  readonly domain: string;
  readonly companyCount: number;
  readonly currencies: readonly CurrencySeed[];
}

/**
 * Two instances of a plausible cloud provider, the same for the same `now`: a large one with Multi-Currency (EUR internal,
 * USD active, GBP inactive) and a small one with EUR alone, with the users of `SANDBOX_API_USERS`. `companies` is the number
 * of companies of the large one, 60 unless told otherwise; a thousand make about two thousand contract services.
 */
export function seedCspWorld(now: Date, options: { companies?: number } = {}): SimulatorWorld {
  return new SimulatorWorld([
    seedInstance(
      {
        database: new AutotaskDatabase({
          ci: MULTI_CURRENCY_CI,
          zoneName: 'EU1 (English Europe and Asia)',
          zoneNumber: 19,
          isMultiCurrency: true,
        }),
        ownName: 'Meridian Cloud Services',
        domain: 'sandbox-csp.example',
        companyCount: (options.companies ?? 60) - 2,
        currencies: [
          { name: 'EUR', rate: '1', isActive: true },
          { name: 'USD', rate: '0.92', isActive: true },
          { name: 'GBP', rate: '1.17', isActive: false },
        ],
      },
      now,
    ),
    seedInstance(
      {
        database: new AutotaskDatabase({
          ci: SINGLE_CURRENCY_CI,
          zoneName: 'German (DE1)',
          zoneNumber: 18,
          isMultiCurrency: false,
        }),
        ownName: 'Quayside IT',
        domain: 'sandbox-single.example',
        companyCount: 8,
        currencies: [{ name: 'EUR', rate: '1', isActive: true }],
      },
      now,
    ),
  ]);
}

function seedInstance(seed: InstanceSeed, now: Date): AutotaskDatabase {
  const { database } = seed;
  const user = seedUsers(database);
  seedCurrencies(database, seed.currencies, now);
  seedResources(database, seed.domain);
  seedBillingCodes(database);
  const companies = seedCompanies(
    database,
    { ownName: seed.ownName, count: seed.companyCount, isMultiCurrency: database.isMultiCurrency },
    now,
  );
  seedServices(database, companies.vendorId, now);
  seedProducts(database, companies.vendorId, now);
  if (database.isMultiCurrency) seedPriceLists(database);
  const bundleId = seedServiceBundle(database, now);
  seedContactsAndOpportunities(database, companies.customerIds, now);
  seedContracts(database, companies.customerIds, now);
  seedBundleLine(database, bundleId);
  seedBilling(database, user, now);
  seedTickets(database, companies.customerIds, now);
  return database;
}
