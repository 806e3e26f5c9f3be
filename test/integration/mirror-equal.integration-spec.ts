import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MergeCounts } from '../../src/contracts/domain/mirror-store.js';
import { newId } from '../../src/kernel/ids.js';
import type { PsaRecords } from '../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { companies } from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';
import { storedConnection } from '../support/stored-connection.js';

type Company = PsaRecords['companies'];

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

/** Stores pages as one batch of a pull of its own, as a run does that knows some of the rows. */
function store(...pages: Company[][]): Promise<MergeCounts> {
  const facts = { connectionId, areLikelyNew: false };
  const packed = pages.map((records) => services.mirror.pack('companies', records, facts));
  const batch = { connectionId, pullId: newId(), entity: 'companies', pageNumber: 0, packed } as const;
  return installation.transactions.run((tx) => services.mirror.writeRows(tx, batch));
}

/** What tells that a row was written again. */
async function versions(): Promise<string> {
  const [row] = await installation.query<{ versions: string }>(
    `SELECT string_agg(external_id || ' ' || xmin || ' ' || name, ',' ORDER BY external_id) AS versions
     FROM psa_company WHERE connection_id = $1`,
    [connectionId],
  );
  return row?.versions ?? '';
}

const changed = (records: Company[], place: number, change: Partial<Company>): Company[] =>
  records.map((record, at) => (at === place ? { ...record, ...change } : record));

describe('a batch of rows that lie close together', () => {
  it('writes nothing when all of them are mirrored as they are, wherever its pages begin', async () => {
    await store(companies(1000, 1999));
    const before = await versions();
    expect(await store(companies(1000, 1999))).toMatchObject({ created: 0, updated: 0, unchanged: 1000 });
    const pages = [companies(1700, 1999), companies(1000, 1299), companies(1300, 1350)];
    expect(await store(...pages)).toMatchObject({ created: 0, updated: 0, unchanged: 651 });
    expect(await versions()).toBe(before);
  });

  it.each<[string, Partial<Company>]>([
    ['a text', { name: 'Another name' }],
    ['a text that was empty', { number: 'C-1' }],
    ['a flag', { isActive: false }],
    ['a text that is empty now', { webAddress: null }],
  ])('writes the one row that differs by %s', async (_what, change) => {
    const known = companies(1000, 1499).map((record) => ({
      ...record,
      number: null,
      webAddress: 'https://a.example',
    }));
    await store(known);
    expect(await store(changed(known, 250, change))).toMatchObject({
      created: 0,
      updated: 1,
      unchanged: 499,
    });
    expect(await store(changed(known, 250, change))).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 500,
    });
  });

  it('inserts the one row that is missing, at either end or between', async () => {
    for (const missing of [1000, 1200, 1499]) {
      connectionId = await storedConnection(installation, services);
      await store(companies(1000, 1499).filter(({ externalId }) => externalId !== String(missing)));
      expect(await store(companies(1000, 1499))).toMatchObject({ created: 1, updated: 0, unchanged: 499 });
    }
  });

  it('tells them from rows of other connections', async () => {
    await store(companies(1000, 1499));
    connectionId = await storedConnection(installation, services);
    expect(await store(companies(1000, 1499))).toMatchObject({ created: 500, updated: 0, unchanged: 0 });
  });

  it('finds them among ids of more digits, which lie between them in the order of texts', async () => {
    await store(companies(1000, 1499), companies(10_000, 14_999));
    const before = await versions();
    expect(await store(companies(1000, 1499))).toMatchObject({ created: 0, updated: 0, unchanged: 500 });
    const edited = changed(companies(1000, 1499), 499, { name: 'Edited' });
    expect(await versions()).toBe(before);
    expect(await store(edited)).toMatchObject({ created: 0, updated: 1, unchanged: 499 });
  });

  it('counts no row twice that lies in two of its ranges in the order of texts', async () => {
    const long = companies(10_000, 10_498);
    await store(companies(1000, 1499), long);
    // So many that those counted twice would stand in for those that differ.
    const edited = long.map((record, at) => (at < 274 ? { ...record, name: 'Edited' } : record));
    expect(await store(companies(1000, 1499), edited)).toMatchObject({ updated: 274, unchanged: 725 });
  });
});
