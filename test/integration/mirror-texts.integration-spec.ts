import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MirrorScenario } from '../support/builders/mirror-scenario.builder.js';
import { aCompany, anInvoice } from '../support/builders/psa-records.builder.js';

let mirror: MirrorScenario;

beforeAll(async () => {
  mirror = await MirrorScenario.open();
});
beforeEach(() => mirror.begin());
afterAll(() => mirror?.close());

describe('a mirrored record', () => {
  it('takes a text with NUL or a lone surrogate, which the database cannot hold, with a sign in its place', async () => {
    const record = aCompany({ externalId: '1', name: 'a\0b', number: 'c\uD800d' });
    expect(await mirror.merge('companies', record)).toMatchObject({ created: 1 });
    expect(await mirror.query('SELECT name, number FROM psa_company WHERE connection_id = $1')).toEqual([
      { name: 'a\uFFFDb', number: 'c\uFFFDd' },
    ]);
    expect(await mirror.merge('companies', record)).toMatchObject({ unchanged: 1 });
  });

  it('takes such texts inside a raw row too', async () => {
    const record = anInvoice({ externalId: '1', raw: { comments: 'a\0b\uD800' } });
    expect(await mirror.merge('invoices', record)).toMatchObject({ created: 1 });
    expect(await mirror.query('SELECT raw FROM psa_invoice WHERE connection_id = $1')).toEqual([
      { raw: { comments: 'a\uFFFDb\uFFFD' } },
    ]);
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
    await mirror.mergeAll('companies', records);
    const rows = await mirror.query<{ name: string }>(
      'SELECT name FROM psa_company WHERE connection_id = $1 ORDER BY external_id::int',
    );
    expect(rows.map(({ name }) => name)).toEqual(texts);
  });
});
