import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MergeCounts, PackedRecords } from '../../src/contracts/domain/mirror-store.js';
import { newId } from '../../src/kernel/ids.js';
import type { PsaRecords } from '../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany, companies } from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';
import { storedConnection } from '../support/stored-connection.js';

let installation: TestInstallation;
let services: TestServices;
let connectionId: string;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
});

afterAll(() => installation?.close());

beforeEach(async () => {
  connectionId = await storedConnection(installation, services);
});

function pack(areLikelyNew: boolean, ...records: PsaRecords['companies'][]): PackedRecords {
  return services.mirror.pack('companies', records, { connectionId, areLikelyNew });
}

/** Stores packs as one batch of a pull of its own, as a run does. */
function store(...packed: PackedRecords[]): Promise<MergeCounts> {
  const batch = { connectionId, pullId: newId(), entity: 'companies', pageNumber: 0, packed } as const;
  return installation.transactions.run(async (tx) => {
    await services.mirror.begin(tx, batch);
    const counts = await services.mirror.writeRows(tx, batch);
    await services.mirror.rememberRows(tx, batch);
    return counts;
  });
}

function stored(): Promise<{ id: string; name: string }[]> {
  return installation.query(
    `SELECT external_id AS id, left(name, 10) AS name FROM psa_company WHERE connection_id = $1 ORDER BY external_id::int`,
    [connectionId],
  );
}

const named = (externalId: string, name: string) => aCompany({ externalId, name });

/** 500 of them, with 4 KB each. */
const large = (from: number) =>
  companies(from, from + 499).map((record) => ({ ...record, name: `${record.name} ${'x'.repeat(4_000)}` }));

describe('packs that are likely new', () => {
  it('are merged where one of their rows is known after all, and leave the others as they are', async () => {
    await store(pack(false, named('1', 'same'), named('2', 'before')));
    const counts = await store(
      pack(true, named('1', 'same'), named('2', 'after')),
      pack(true, named('3', 'new')),
    );
    expect(counts).toEqual({ created: 1, updated: 1, unchanged: 1 });
    expect((await stored()).map(({ id, name }) => `${id} ${name}`)).toEqual(['1 same', '2 after', '3 new']);
  });

  it('are merged though they are far larger than what the connection takes at once', async () => {
    const packs = [1, 501, 1001, 1501].map((from) => pack(true, ...large(from)));
    expect(await store(...packs)).toEqual({ created: 2000, updated: 0, unchanged: 0 });
    expect(await store(...packs)).toEqual({ created: 0, updated: 0, unchanged: 2000 });
    expect(await store(pack(true, named('2001', 'next')))).toMatchObject({ created: 1 });
  });

  it('are stored beside packs that are not, and beside those of no row', async () => {
    await store(pack(false, named('5', 'before')));
    const mixed = [pack(true), pack(true, named('1', 'new')), pack(false), pack(false, named('5', 'after'))];
    expect(await store(...mixed)).toEqual({ created: 1, updated: 1, unchanged: 0 });
    expect(await store(pack(true), pack(true, named('6', 'new')), pack(true))).toMatchObject({ created: 1 });
    expect((await stored()).map(({ id, name }) => `${id} ${name}`)).toEqual(['1 new', '5 after', '6 new']);
  });

  it('hold a row that came in two of them once, as it came last', async () => {
    const twice = [pack(true, named('1', 'first'), named('2', 'first')), pack(true, named('2', 'last'))];
    expect(await store(...twice)).toEqual({ created: 2, updated: 0, unchanged: 0 });
    const mixed = [pack(true, named('2', 'then')), pack(false, named('2', 'now'), named('3', 'now'))];
    expect(await store(...mixed)).toEqual({ created: 1, updated: 1, unchanged: 0 });
    expect((await stored()).map(({ id, name }) => `${id} ${name}`)).toEqual(['1 first', '2 now', '3 now']);
  });
});
