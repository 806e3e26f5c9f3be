import { describe, expect, it } from 'vitest';
import { ENTITY_CATALOGUE, entityBySingular } from '../metadata/entity-catalogue.js';
import {
  MULTI_CURRENCY_CI,
  SANDBOX_API_USERS,
  SANDBOX_INTEGRATION_CODE,
  SINGLE_CURRENCY_CI,
} from '../sandbox-users.js';
import { seedCspWorld } from './seed-csp-world.js';

const NOW = new Date('2026-11-20T10:00:00Z');

describe('seedCspWorld', () => {
  const world = seedCspWorld(NOW);
  const large = world.database(MULTI_CURRENCY_CI);

  it('is the same for the same moment', () => {
    const again = seedCspWorld(NOW).database(MULTI_CURRENCY_CI);
    for (const { name } of ENTITY_CATALOGUE.values()) {
      expect(JSON.stringify(again.table(name).all())).toBe(JSON.stringify(large.table(name).all()));
    }
  });

  it.each(['2026-01-01T00:00:00Z', '2026-03-31T23:59:59Z', '2028-02-29T12:00:00Z'])(
    'can be made at %s',
    (now) => {
      const companies = seedCspWorld(new Date(now)).database(MULTI_CURRENCY_CI).table('Companies');
      expect(companies.size).toBe(60);
    },
  );

  it('points every reference at a record that exists', () => {
    for (const database of world.databases) {
      for (const entity of ENTITY_CATALOGUE.values()) {
        for (const field of entity.fields) {
          const target = entityBySingular(field.reference);
          if (target === undefined || /^(creator|createdBy)ResourceID$/.test(field.name)) continue;
          for (const row of database.table(entity.name).all()) {
            const id = row[field.name] ?? null;
            if (id === null || (field.name === 'invoiceID' && id === 0)) continue;
            expect(
              database.table(target.name).get(Number(id)),
              `${entity.name}.${field.name} ${String(id)}`,
            ).toBeDefined();
          }
        }
      }
    }
  });

  it('has the provider itself, customers in two currencies, other types and inactive ones', () => {
    const companies = large.table('Companies');
    expect(companies.get(0)?.['companyName']).toBe('Meridian Cloud Services');
    const customers = companies.where('companyType', 1);
    expect(customers.filter((company) => company['currencyID'] === 2).length).toBeGreaterThan(10);
    expect(companies.where('isActive', false).length).toBeGreaterThan(1);
    expect(companies.where('companyType', 3).length).toBeGreaterThan(1);
    expect(new Set(companies.all().map((company) => company['companyName'])).size).toBe(companies.size);
  });

  it('has history: posted and invoiced periods, a split one, open ones, and other contracts', () => {
    const units = large.table('ContractServiceUnits').all();
    expect(units.some((unit) => unit['approveAndPostDate'] === null)).toBe(true);
    expect(
      units.some(
        (unit) => unit['approveAndPostDate'] !== null && !String(unit['startDate']).includes('-01T'),
      ),
    ).toBe(true);
    const items = large.table('BillingItems').all();
    expect(items.some((item) => item['invoiceID'] === 0)).toBe(true);
    expect(items.some((item) => item['invoiceID'] !== 0)).toBe(true);
    expect(large.table('Contracts').where('status', 0).length).toBeGreaterThan(1);
    expect(large.table('Contracts').where('contractType', 1).length).toBeGreaterThan(0);
  });

  it('gives no contract service an adjustment from the current month on, so that tests can', () => {
    const dates = large
      .table('ContractServiceAdjustments')
      .all()
      .map((row) => String(row['effectiveDate']));
    expect(dates.toSorted().at(-1)?.slice(0, 7)).not.toBe('2026-11');
  });

  it('knows the sandbox users, of whom one is locked', () => {
    expect(SANDBOX_INTEGRATION_CODE).toHaveLength(27);
    for (const { userName, ci, isLocked } of SANDBOX_API_USERS) {
      expect(world.database(ci).userNamed(userName)?.isLocked).toBe(isLocked);
    }
  });

  it('has a second, single-currency instance', () => {
    const small = world.database(SINGLE_CURRENCY_CI);
    expect(small.table('Currencies').size).toBe(1);
    expect(small.table('PriceListServices').size).toBe(0);
    expect(small.table('Companies').size).toBe(10);
  });

  it('grows to the number of companies asked for', () => {
    const grown = seedCspWorld(NOW, { companies: 130 }).database(MULTI_CURRENCY_CI).table('Companies');
    expect(grown.size).toBe(130);
    expect(new Set(grown.all().map((company) => company['companyName'])).size).toBe(130);
  });
});
