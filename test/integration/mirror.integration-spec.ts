import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VisibilityShrunkError } from '../../src/contracts/domain/contracts.errors.js';
import type { MergeCounts } from '../../src/contracts/domain/mirror-store.js';
import { newId } from '../../src/kernel/ids.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import {
  aCompany,
  aContract,
  aContractService,
  aService,
  companies,
  lines,
} from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';
import { storedConnection } from '../support/stored-connection.js';

let installation: TestInstallation;
let services: TestServices;
/** A connection and a pull of each test's own. */
let connectionId: string;
let pullId: string;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
});

afterAll(() => installation?.close());

beforeEach(async () => {
  connectionId = await storedConnection(installation, services);
  pullId = newId();
});

interface Place {
  pageNumber?: number;
  isIntoEmpty?: boolean;
  insertedIntoEmpty?: number;
  pullId?: string;
  connectionId?: string;
}

function merge<E extends PsaEntity>(
  entity: E,
  records: PsaRecords[E][],
  place: Place = {},
): Promise<MergeCounts> {
  const page = { connectionId, pullId, entity, pageNumber: 0, records, ...place };
  return installation.transactions.run((tx) => services.mirror.writePage(tx, page));
}

function finish(entity: PsaEntity, place: Place = {}): Promise<number> {
  return finishAll([entity], place).then(([deleted = 0]) => deleted);
}

function finishAll(entities: readonly PsaEntity[], place: Place = {}): Promise<number[]> {
  const pulls = entities.map((entity) => ({ connectionId, pullId, entity, ...place }));
  return installation.transactions.run((tx) => services.mirror.finishEntities(tx, pulls));
}

function idsIn(table: string, connection = connectionId): Promise<string[]> {
  return installation
    .query<{ id: string }>(
      `SELECT external_id AS id FROM ${table} WHERE connection_id = $1 ORDER BY external_id::int`,
      [connection],
    )
    .then((rows) => rows.map(({ id }) => id));
}

/** Where each row is stored, and by which transaction. */
function versions(): Promise<unknown[]> {
  return installation.query(
    'SELECT ctid::text, xmin::text, external_id FROM psa_contract_service ORDER BY external_id',
  );
}

function finishContracts(...contractExternalIds: string[]): Promise<number> {
  const pull = { connectionId, pullId, entity: 'contractServices' as const, contractExternalIds };
  return installation.transactions.run((tx) => services.mirror.finishContracts(tx, pull));
}

describe('a merge', () => {
  it('counts what it created, updated and left alone', async () => {
    expect(await merge('companies', companies(1, 3))).toEqual({ created: 3, updated: 0, unchanged: 0 });
    const second = [...companies(1, 2), aCompany({ externalId: '3', name: 'Renamed' }), ...companies(4, 5)];
    expect(await merge('companies', second, { pageNumber: 1 })).toEqual({
      created: 2,
      updated: 1,
      unchanged: 2,
    });
    expect(await merge('companies', [], { pageNumber: 2 })).toEqual({ created: 0, updated: 0, unchanged: 0 });
  });

  it('writes no row version where nothing changed', async () => {
    const records = [
      aContractService({ externalId: '1', description: null, unitPrice: new MoneyDecimal('12.50') }),
      aContractService({ externalId: '2', description: 'x', unitPrice: null }),
    ];
    await merge('contractServices', records);
    const before = await versions();
    const again = records.map((record) => ({ ...record, unitCost: new MoneyDecimal('10.000') }));
    expect(await merge('contractServices', again, { pageNumber: 1 })).toMatchObject({ unchanged: 2 });
    expect(await versions()).toEqual(before);
    const changed = [{ ...again[0], description: 'now a text' } as PsaRecords['contractServices'], again[1]];
    await merge('contractServices', changed as PsaRecords['contractServices'][], { pageNumber: 2 });
    const after = await versions();
    expect(after[0]).not.toEqual(before[0]);
    expect(after[1]).toEqual(before[1]);
  });

  it('notices a change to and from nothing', async () => {
    await merge('companies', [aCompany({ externalId: '1', number: 'A-1' })]);
    expect(await merge('companies', [aCompany({ externalId: '1' })], { pageNumber: 1 })).toMatchObject({
      updated: 1,
    });
    expect(
      await merge('companies', [aCompany({ externalId: '1', number: '' })], { pageNumber: 2 }),
    ).toMatchObject({
      updated: 1,
    });
  });

  it('takes the last reading where a page names an id twice', async () => {
    const twice = [
      aCompany({ externalId: '1', name: 'Earlier' }),
      aCompany({ externalId: '1', name: 'Later' }),
    ];
    expect(await merge('companies', twice)).toEqual({ created: 1, updated: 0, unchanged: 0 });
    expect(
      await installation.query('SELECT name FROM psa_company WHERE connection_id = $1', [connectionId]),
    ).toEqual([{ name: 'Later' }]);
  });

  it('keeps the records of two connections with equal ids apart', async () => {
    const other = await storedConnection(installation, services);
    await merge('companies', companies(1, 2));
    expect(await merge('companies', companies(1, 3), { connectionId: other, pullId: newId() })).toMatchObject(
      {
        created: 3,
      },
    );
    expect(await idsIn('psa_company')).toEqual(['1', '2']);
    expect(await idsIn('psa_company', other)).toEqual(['1', '2', '3']);
  });

  it('is undone with its transaction', async () => {
    const page = {
      connectionId,
      pullId,
      entity: 'companies' as const,
      pageNumber: 0,
      records: companies(1, 2),
    };
    const failed = installation.transactions.run(async (tx) => {
      await services.mirror.writePage(tx, page);
      throw new Error('the progress was not saved');
    });
    await expect(failed).rejects.toThrow('the progress was not saved');
    expect(await idsIn('psa_company')).toEqual([]);
    expect(await merge('companies', companies(1, 2))).toMatchObject({ created: 2 });
  });
});

describe('the end of a complete pull', () => {
  it('deletes what no page showed, of that connection and that entity only', async () => {
    const other = await storedConnection(installation, services);
    const earlier = newId();
    await merge('companies', companies(1, 6), { pullId: earlier });
    await merge('services', [aService({ externalId: '1' })], { pullId: earlier });
    await merge('companies', companies(1, 6), { connectionId: other, pullId: newId() });
    await merge('companies', companies(1, 2));
    await merge('companies', companies(5, 5), { pageNumber: 1 });
    expect(await finish('companies')).toBe(3);
    expect(await idsIn('psa_company')).toEqual(['1', '2', '5']);
    expect(await idsIn('psa_service')).toEqual(['1']);
    expect(await idsIn('psa_company', other)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('deletes nothing where every record was seen', async () => {
    await merge('companies', companies(1, 3));
    expect(await finish('companies')).toBe(0);
  });

  it.each([1, 2, 15])('is refused, and deletes nothing, when none of %i records is shown', async (known) => {
    await merge('companies', companies(1, known), { pullId: newId() });
    await merge('companies', []);
    await expect(finish('companies')).rejects.toThrow(
      `Autotask showed 0 companies where ${known} were known`,
    );
    expect(await idsIn('psa_company')).toHaveLength(known);
  });

  it('deletes of all entities or of none, and names each that shows too little', async () => {
    const before = newId();
    const threeServices = ['1', '2', '3'].map((externalId) => aService({ externalId }));
    await merge('companies', companies(1, 6), { pullId: before });
    await merge('services', threeServices, { pullId: before });
    await merge('contracts', [aContract({ externalId: '1' })], { pullId: before });
    await merge('companies', companies(1, 5));
    const entities = ['companies', 'services', 'contracts'] as const;
    await expect(finishAll(entities)).rejects.toThrow(
      'Autotask showed 0 services where 3 were known, 0 contracts where 1 were known, and nothing',
    );
    expect(await idsIn('psa_company')).toHaveLength(6);
    await merge('services', threeServices);
    await merge('contracts', [aContract({ externalId: '1' })]);
    expect(await finishAll(entities)).toEqual([1, 0, 0]);
  });

  it('keeps a record that was written by itself after its place had been read, until the run ends', async () => {
    await merge('companies', companies(1, 2));
    await installation.transactions.run((tx) =>
      services.mirror.writeRecord(tx, connectionId, 'companies', aCompany({ externalId: '3' })),
    );
    expect(await finish('companies')).toBe(0);
    await installation.transactions.run((tx) => services.mirror.forgetPull(tx, { connectionId, pullId }));
    pullId = newId();
    await merge('companies', companies(1, 2));
    expect(await finish('companies')).toBe(1);
  });

  it('deletes what no page showed where pages showed another record twice, as many as there are', async () => {
    await merge('companies', companies(1, 3), { pullId: newId() });
    await merge('companies', companies(1, 2));
    await merge('companies', companies(2, 2), { pageNumber: 1 });
    expect(await finish('companies')).toBe(1);
  });

  it('tells what is mirrored of a connection, so that a pull into nothing is believed to have seen all', async () => {
    expect(await services.mirror.mirroredEntities(connectionId)).toEqual([]);
    const { created } = await merge('companies', companies(1, 3), { isIntoEmpty: true });
    expect(await finish('companies', { insertedIntoEmpty: created })).toBe(0);
    expect(await services.mirror.rememberedPulls()).not.toContain(pullId);
    expect(await services.mirror.highestExternalId(connectionId, 'companies')).toBe('3');
    expect(await services.mirror.mirroredEntities(connectionId)).toEqual(['companies']);
    expect(await services.mirror.mirroredEntities(newId())).toEqual([]);
    const next = newId();
    await merge('companies', companies(3, 5), { pullId: next });
    expect(await finish('companies', { pullId: next })).toBe(2);
    expect(await idsIn('psa_company')).toEqual(['3', '4', '5']);
  });

  it('is refused, and deletes nothing, when most of many records are missing', async () => {
    await merge('companies', companies(1, 40), { pullId: newId() });
    await merge('companies', companies(1, 19));
    await expect(finish('companies')).rejects.toThrow(VisibilityShrunkError);
    expect(await idsIn('psa_company')).toHaveLength(40);
    await merge('companies', companies(20, 20), { pageNumber: 1 });
    expect(await finish('companies')).toBe(20);
  });

  it('leaves nothing of the pull behind once it is forgotten', async () => {
    await merge('companies', companies(1, 3));
    await installation.transactions.run((tx) => services.mirror.forgetPull(tx, { connectionId, pullId }));
    expect(await installation.query('SELECT 1 FROM mirror_seen_page WHERE pull_id = $1', [pullId])).toEqual(
      [],
    );
  });
});

describe('the end of a pull by contract', () => {
  it('deletes what it did not show of these contracts, and nothing of others', async () => {
    await merge('contractServices', [...lines('1', 1, 2, 3), ...lines('2', 4, 5), ...lines('3', 6)], {
      pullId: newId(),
    });
    await merge('contractServices', [...lines('1', 1, 3), ...lines('2', 4)]);
    expect(await finishContracts('1')).toBe(1);
    expect(await idsIn('psa_contract_service')).toEqual(['1', '3', '4', '5', '6']);
    expect(await finishContracts('2', '3')).toBe(1);
    expect(await idsIn('psa_contract_service')).toEqual(['1', '3', '4', '6']);
  });

  it('deletes nothing of a contract that shows nothing at all, however few records it had', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => index + 1);
    await merge('contractServices', [...lines('1', ...ids), ...lines('2', 13, 14, 15)], { pullId: newId() });
    await merge('contractServices', lines('2', 13, 14));
    expect(await finishContracts('1', '2')).toBe(1);
    expect(await idsIn('psa_contract_service')).toHaveLength(14);
  });

  it('deletes nothing when most of many records of these contracts are missing', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => index + 1);
    await merge('contractServices', [...lines('1', ...ids), ...lines('2', 31)], { pullId: newId() });
    await merge('contractServices', lines('1', 1, 2));
    expect(await finishContracts('1')).toBe(0);
    expect(await idsIn('psa_contract_service')).toHaveLength(31);
  });
});

describe('batches in one transaction', () => {
  it('do not mix', async () => {
    const other = await storedConnection(installation, services);
    await installation.transactions.run(async (tx) => {
      const common = { pullId, entity: 'companies' as const, pageNumber: 0 };
      await services.mirror.writePage(tx, { ...common, connectionId, records: companies(1, 2) });
      const second = { ...common, connectionId: other, pullId: newId(), records: companies(3, 3) };
      await services.mirror.writePage(tx, second);
    });
    expect(await idsIn('psa_company')).toEqual(['1', '2']);
    expect(await idsIn('psa_company', other)).toEqual(['3']);
  });
});
