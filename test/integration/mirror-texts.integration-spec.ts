import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MergeCounts } from '../../src/contracts/domain/mirror-store.js';
import { newId } from '../../src/kernel/ids.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { aConnection } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany, anInvoice } from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';

let installation: TestInstallation;
let services: TestServices;
let connectionId: string;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
});

afterAll(() => installation?.close());

beforeEach(async () => {
  const connection = aConnection();
  await installation.transactions.run((tx) => services.stores.connections.insert(tx, connection));
  connectionId = connection.id;
});

function merge<E extends PsaEntity>(entity: E, record: PsaRecords[E]): Promise<MergeCounts> {
  const page = { connectionId, pullId: newId(), entity, pageNumber: 0, records: [record] };
  return installation.transactions.run((tx) => services.mirror.writePage(tx, page));
}

describe('a mirrored record', () => {
  it('takes a text with NUL or a lone surrogate, which the database cannot hold, with a sign in its place', async () => {
    const record = aCompany({ externalId: '1', name: 'a\0b', number: 'c\uD800d' });
    expect(await merge('companies', record)).toMatchObject({ created: 1 });
    expect(
      await installation.query('SELECT name, number FROM psa_company WHERE connection_id = $1', [
        connectionId,
      ]),
    ).toEqual([{ name: 'a\uFFFDb', number: 'c\uFFFDd' }]);
    expect(await merge('companies', record)).toMatchObject({ unchanged: 1 });
  });

  it('takes such texts inside a raw row too', async () => {
    const record = anInvoice({ externalId: '1', raw: { comments: 'a\0b\uD800' } });
    expect(await merge('invoices', record)).toMatchObject({ created: 1 });
    expect(
      await installation.query('SELECT raw FROM psa_invoice WHERE connection_id = $1', [connectionId]),
    ).toEqual([{ raw: { comments: 'a\uFFFDb\uFFFD' } }]);
  });

  it('takes any text as it is, whatever it means to the protocol', async () => {
    const texts = [
      '\\',
      '\\N',
      '\\.',
      '\\\\.',
      'a\\',
      '\t',
      '\n\n',
      '\r\n',
      '\b\f\v',
      ' ',
      '',
      'a\u2028b',
      '\u{1F9FE}',
      'N',
      '\\x41',
    ];
    const records = texts.map((name, index) => aCompany({ externalId: String(index), name }));
    const page = { connectionId, pullId: newId(), entity: 'companies' as const, pageNumber: 0, records };
    await installation.transactions.run((tx) => services.mirror.writePage(tx, page));
    const rows = await installation.query<{ name: string }>(
      'SELECT name FROM psa_company WHERE connection_id = $1 ORDER BY external_id::int',
      [connectionId],
    );
    expect(rows.map(({ name }) => name)).toEqual(texts);
  });
});
