import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MirrorListKey, MirrorScope } from '../../src/contracts/domain/mirror-reader.js';
import { newId } from '../../src/kernel/ids.js';
import { localDate } from '../../src/kernel/local-date.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import { decodeCursor, type Page } from '../../src/kernel/page.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import {
  aCompany,
  aContract,
  aContractService,
  aContractServiceUnit,
  aCurrency,
  aService,
} from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';
import { storedConnection } from '../support/stored-connection.js';

let installation: TestInstallation;
let services: TestServices;
let scope: MirrorScope;

const TODAY = localDate('2026-05-04');

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
});

afterAll(() => installation?.close());

beforeEach(async () => {
  scope = { connectionId: await storedConnection(installation, services), internalCurrency: 'EUR' };
});

async function mirrored<E extends PsaEntity>(
  entity: E,
  records: PsaRecords[E][],
  connectionId = scope.connectionId,
): Promise<void> {
  const page = { connectionId, pullId: newId(), entity, pageNumber: 0, records };
  await installation.transactions.run((tx) => services.mirror.writePage(tx, page));
}

/** One contract of one company with one service line. */
async function mirrorOneContract(): Promise<void> {
  await mirrored('currencies', [
    aCurrency({ externalId: '1', code: 'EUR' }),
    aCurrency({ externalId: '2', code: 'USD', isInternal: false }),
  ]);
  await mirrored('companies', [aCompany({ externalId: '1', name: 'Contoso', currencyExternalId: '2' })]);
  await mirrored('services', [aService({ externalId: '7', name: 'Backup' })]);
  await mirrored('contracts', [aContract({ externalId: '3', name: 'Managed' })]);
  await mirrored('contractServices', [
    aContractService({
      externalId: '5',
      contractExternalId: '3',
      serviceExternalId: '7',
      description: 'Backup of servers',
      unitPrice: new MoneyDecimal('12.5'),
      unitCost: new MoneyDecimal('10.12345'),
    }),
  ]);
}

function units(externalId: string, from: string, to: string, count: number) {
  return aContractServiceUnit({
    externalId,
    contractExternalId: '3',
    contractServiceExternalId: '5',
    startsOn: localDate(from),
    endsOn: localDate(to),
    units: new MoneyDecimal(count),
  });
}

async function unitsOn(day: string): Promise<number | undefined> {
  const contract = await services.stores.reader.contract(scope, localDate(day), '3');
  return contract?.services[0]?.units;
}

/** Follows a list to its end. */
async function walk<T>(read: (after: MirrorListKey | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let after: MirrorListKey | undefined;
  for (;;) {
    const page = await read(after);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    after = decodeCursor(page.nextCursor, 2) as [string, string];
  }
}

describe('a contract', () => {
  it('carries its company and its services with units, price and cost in force', async () => {
    await mirrorOneContract();
    await mirrored('contractServiceUnits', [units('1', '2026-05-01', '2026-05-31', 5)]);
    expect(await services.stores.reader.contract(scope, TODAY, '3')).toEqual({
      externalId: '3',
      name: 'Managed',
      number: null,
      type: 'recurring_service',
      isActive: true,
      periodType: 'monthly',
      startsOn: '2026-01-01',
      endsOn: '2026-12-31',
      company: { externalId: '1', name: 'Contoso' },
      services: [
        {
          externalId: '5',
          serviceId: '7',
          name: 'Backup',
          description: 'Backup of servers',
          units: 5,
          unitPrice: { amount: '12.50', currency: 'USD' },
          unitCost: { amount: '10.12345', currency: 'EUR' },
        },
      ],
    });
  });

  it('is not found under another connection, nor when it is not mirrored', async () => {
    await mirrorOneContract();
    expect(await services.stores.reader.contract({ ...scope, connectionId: newId() }, TODAY, '3')).toBeNull();
    expect(await services.stores.reader.contract(scope, TODAY, '4')).toBeNull();
    expect(await services.stores.reader.contract(scope, TODAY, `3' OR true --`)).toBeNull();
  });

  it('has the units of the range that includes the day, first and last day included', async () => {
    await mirrorOneContract();
    await mirrored('contractServiceUnits', [
      units('1', '2026-04-01', '2026-04-30', 4),
      units('2', '2026-05-01', '2026-05-31', 5),
      units('3', '2026-07-01', '2026-07-31', 7),
    ]);
    expect(await Promise.all(['2026-04-01', '2026-04-30', '2026-05-01', '2026-05-31'].map(unitsOn))).toEqual([
      4, 4, 5, 5,
    ]);
    expect(await Promise.all(['2026-03-31', '2026-06-15', '2026-08-01'].map(unitsOn))).toEqual([0, 0, 0]);
  });

  it('has the units of the later row where rows overlap', async () => {
    await mirrorOneContract();
    await mirrored('contractServiceUnits', [
      units('9', '2026-05-01', '2026-05-31', 5),
      units('2', '2026-05-10', '2026-05-31', 8),
      units('3', '2026-05-20', '2026-05-25', 2),
    ]);
    expect(await Promise.all(['2026-05-09', '2026-05-10', '2026-05-22', '2026-05-26'].map(unitsOn))).toEqual([
      5, 8, 2, 8,
    ]);
  });

  it('shows the price in the internal currency where the company has none of its own', async () => {
    await mirrorOneContract();
    await mirrored('companies', [aCompany({ externalId: '1', name: 'Contoso', currencyExternalId: null })]);
    const contract = await services.stores.reader.contract(scope, TODAY, '3');
    expect(contract?.services[0]).toMatchObject({
      unitPrice: { currency: 'EUR' },
      unitCost: { currency: 'EUR' },
    });
  });

  it('shows no price of a company whose currency is not mirrored, rather than one in the internal currency', async () => {
    await mirrorOneContract();
    await installation.query("DELETE FROM psa_currency WHERE connection_id = $1 AND external_id = '2'", [
      scope.connectionId,
    ]);
    const contract = await services.stores.reader.contract(scope, TODAY, '3');
    expect(contract?.services[0]).toMatchObject({ unitPrice: null, unitCost: { currency: 'EUR' } });
  });

  it('shows no amount whose currency cannot be named', async () => {
    await mirrorOneContract();
    await mirrored('currencies', [aCurrency({ externalId: '2', code: 'Credits' })]);
    const contract = await services.stores.reader.contract({ ...scope, internalCurrency: null }, TODAY, '3');
    expect(contract?.services[0]).toMatchObject({ unitPrice: null, unitCost: null, units: 0 });
  });

  it('names by their ids a company and a service that are not mirrored', async () => {
    await mirrored('contracts', [aContract({ externalId: '3', companyExternalId: '99' })]);
    await mirrored('contractServices', [
      aContractService({ externalId: '5', contractExternalId: '3', serviceExternalId: '88' }),
    ]);
    const contract = await services.stores.reader.contract(scope, TODAY, '3');
    expect(contract?.company).toEqual({ externalId: '99', name: '99' });
    expect(contract?.services[0]).toMatchObject({ serviceId: '88', name: '88' });
  });
});

function keysOf(rows: { name: string; externalId: string }[]): [string, string][] {
  return rows.map(({ name, externalId }) => [name, externalId]);
}

describe('a list', () => {
  /** Ids run against the order of names, and one name is held by several records. */
  const NAMES = ['Zeta', 'alpha', 'Beta', 'Same', 'Same', 'Same', 'Änder', '1st', 'Beta GmbH'];

  it.each(['companies', 'services', 'contracts'] as const)(
    'of %s gives each record of the connection once, by name and then id',
    async (entity) => {
      const make = { companies: aCompany, services: aService, contracts: aContract }[entity];
      const records = NAMES.map((name, index) => make({ externalId: String(index + 1), name }));
      await mirrored(entity, records);
      await mirrored(entity, records, await storedConnection(installation, services));

      const { reader } = services.stores;
      const read = (limit: number) => (after: MirrorListKey | undefined) =>
        entity === 'contracts'
          ? reader.contracts(scope, TODAY, { limit }, after)
          : reader[entity](scope, { limit }, after);
      const whole = await walk<{ name: string; externalId: string }>(read(200));
      const expected = await installation.query<{ name: string; externalId: string }>(
        `SELECT name, external_id AS "externalId" FROM ${{ companies: 'psa_company', services: 'psa_service', contracts: 'psa_contract' }[entity]}
         WHERE connection_id = $1 ORDER BY name, external_id`,
        [scope.connectionId],
      );
      expect(keysOf(whole)).toEqual(keysOf(expected));
      expect(whole).toHaveLength(NAMES.length);
      for (const limit of [1, 2, 4]) {
        expect(keysOf(await walk<{ name: string; externalId: string }>(read(limit)))).toEqual(keysOf(whole));
      }
    },
  );

  it('of companies names currencies, the internal one where the PSA gives none', async () => {
    await mirrored('currencies', [aCurrency({ externalId: '2', code: 'USD', isInternal: false })]);
    await mirrored('companies', [
      aCompany({ externalId: '1', name: 'A', currencyExternalId: '2', parentExternalId: '2', number: 'K-1' }),
      aCompany({ externalId: '2', name: 'B', webAddress: 'https://b.example' }),
    ]);
    const { items } = await services.stores.reader.companies(scope, { limit: 10 }, undefined);
    expect(items).toEqual([
      {
        externalId: '1',
        name: 'A',
        number: 'K-1',
        type: 'customer',
        isActive: true,
        currency: 'USD',
        parentExternalId: '2',
        webAddress: null,
      },
      {
        externalId: '2',
        name: 'B',
        number: null,
        type: 'customer',
        isActive: true,
        currency: 'EUR',
        parentExternalId: null,
        webAddress: 'https://b.example',
      },
    ]);
  });

  it('of services shows price and cost in the internal currency', async () => {
    await mirrored('services', [
      aService({ externalId: '1', unitPrice: new MoneyDecimal('0'), unitCost: null, sku: 'SKU' }),
    ]);
    const { items } = await services.stores.reader.services(scope, { limit: 10 }, undefined);
    expect(items).toEqual([
      {
        externalId: '1',
        name: 'Service 1',
        description: null,
        sku: 'SKU',
        periodType: 'monthly',
        isActive: true,
        unitPrice: { amount: '0.00', currency: 'EUR' },
        unitCost: null,
      },
    ]);
  });

  it('of contracts gives each its own services', async () => {
    await mirrored('contracts', [
      aContract({ externalId: '1', name: 'A' }),
      aContract({ externalId: '2', name: 'B' }),
    ]);
    await mirrored('services', [
      aService({ externalId: '1', name: 'Z' }),
      aService({ externalId: '2', name: 'Y' }),
    ]);
    await mirrored('contractServices', [
      aContractService({ externalId: '1', contractExternalId: '1', serviceExternalId: '1' }),
      aContractService({ externalId: '2', contractExternalId: '1', serviceExternalId: '2' }),
      aContractService({ externalId: '3', contractExternalId: '2', serviceExternalId: '2' }),
    ]);
    const { items } = await services.stores.reader.contracts(scope, TODAY, { limit: 10 }, undefined);
    expect(items.map((contract) => contract.services.map(({ externalId }) => externalId))).toEqual([
      ['2', '1'],
      ['3'],
    ]);
  });
});
