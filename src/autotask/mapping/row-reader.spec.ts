import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { PsaRecordMalformedError } from '../../ports/psa/psa.errors.js';
import { RowReader } from './row-reader.js';

const reader = (row: object) => new RowReader('Companies', { id: 7, ...row });

/** Has so many read that none of those before is known any more. */
function forgetDecimals(): void {
  for (let count = 0; count <= 4096; count += 1) reader({ price: count + 0.5 }).decimal('price');
}

/** Bytes that are in use once garbage is collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('reading a vendor row', () => {
  it.each([null, undefined, 'x', 7, []])('refuses %j as a row', (row) => {
    expect(() => new RowReader('Companies', row)).toThrow(PsaRecordMalformedError);
  });

  it('matches names whatever their case', () => {
    expect(reader({ CompanyName: 'A' }).text('companyName')).toBe('A');
  });

  it.each([
    [0, '0'],
    [174, '174'],
    ['174', '174'],
    ['12345678901234567890', '12345678901234567890'],
  ])('reads the reference %s as text', (value, text) => {
    expect(reader({ companyID: value }).reference('companyID')).toBe(text);
  });

  it.each([-1, '1.5', 'abc', true, {}])('refuses %s as a reference', (value) => {
    expect(() => reader({ companyID: value }).reference('companyID')).toThrow(PsaRecordMalformedError);
  });

  it.each([null, undefined, '', '  ', '\u00A0'])('takes %j for an empty member', (value) => {
    const row = reader({ x: value });
    expect([
      row.optionalText('x'),
      row.optionalDecimal('x'),
      row.optionalReference('x'),
      row.optionalInstant('x'),
      row.optionalPick('x'),
    ]).toEqual([null, null, null, null, null]);
    expect(row.flag('x')).toBe(false);
    expect(() => row.text('x')).toThrow('Companies 7: x is missing.');
    expect(() => row.decimal('x')).toThrow('Companies 7: x is missing.');
    expect(() => row.day('x')).toThrow('Companies 7: x is missing.');
  });

  it.each([
    [12, '12'],
    ['386.6450', '386.645'],
    ['1.5E-7', '0.00000015'],
    ['386.6450', '386.645'],
    [' -3 ', '-3'],
  ])('reads the number %s', (value, text) => {
    expect(reader({ price: value }).decimal('price').toFixed()).toBe(text);
  });

  it.each(['1,5', 'abc', true, []])('refuses %s as a number', (value) => {
    expect(() => reader({ price: value }).decimal('price')).toThrow('Companies 7: price is not a number.');
  });

  it.each([-0, '-0', '-0.00'])('reads the number %j as 0, which is an id too', (value) => {
    forgetDecimals();
    const row = reader({ price: value, companyID: 0 });
    expect(row.decimal('price').isNegative()).toBe(false);
    expect(row.reference('companyID')).toBe('0');
  });

  it.each(['1e1001', '1e-1001', '1e999999999999', '9e9000000000000001', `0.${'1'.repeat(1001)}`])(
    'refuses a number of more digits than can be written out and stored',
    (value) => {
      expect(() => reader({ price: value }).decimal('price')).toThrow('Companies 7: price is out of range.');
    },
  );

  it.each([
    [true, true],
    [1, true],
    ['1', true],
    ['True', true],
    [false, false],
    [0, false],
    ['0', false],
    ['false', false],
  ])('reads the flag %j as %s', (value, flag) => {
    expect(reader({ isActive: value }).flag('isActive')).toBe(flag);
  });

  it.each([2, 'yes', {}, []])('refuses %j as a flag', (value) => {
    expect(() => reader({ isActive: value }).flag('isActive')).toThrow(PsaRecordMalformedError);
  });

  it.each(['2026-03-01T00:00:00Z', '2026-03-01T00:00:00.000Z', '2026-03-01', '2026-03-01T00:00:00'])(
    'takes the day of %s without conversion',
    (text) => {
      expect(reader({ startDate: text }).day('startDate')).toBe('2026-03-01');
    },
  );

  it.each(['2026-02-30T00:00:00Z', '0000-12-31T00:00:00Z', 'soon', '01/03/2026'])(
    'refuses %s as a day',
    (text) => {
      expect(() => reader({ startDate: text }).day('startDate')).toThrow(
        'Companies 7: startDate is not a date.',
      );
    },
  );

  it.each([
    ['2022-12-02T08:52:54.023Z', '2022-12-02T08:52:54.023Z'],
    ['2022-12-02T08:52:54', '2022-12-02T08:52:54.000Z'],
    ['2022-12-02T08:52:54+02:00', '2022-12-02T06:52:54.000Z'],
  ])('reads the instant %s', (text, iso) => {
    expect(reader({ at: text }).optionalInstant('at')?.toISOString()).toBe(iso);
  });

  it.each(['0000-12-31T23:59:59Z', '0001-01-01T00:00:00+02:00', '+010000-01-01T00:00:00Z'])(
    'refuses the instant %s, in a year the database cannot be told',
    (text) => {
      expect(() => reader({ at: text }).optionalInstant('at')).toThrow('Companies 7: at is out of range.');
    },
  );

  it('gives every row an instant of its own, though many are written the same', () => {
    const first = reader({ x: '2026-03-01T10:00:00Z' }).instant('x');
    first.setUTCFullYear(1999);
    expect(reader({ x: '2026-03-01T10:00:00Z' }).instant('x').toISOString()).toBe('2026-03-01T10:00:00.000Z');
  });

  it('keeps no text that is longer than any value is written', () => {
    const before = heapUsed();
    for (let count = 0; count < 50; count += 1) {
      const long = Buffer.alloc(500_000, String(count)).toString();
      reader({ startDate: `2026-03-01${long}` }).day('startDate');
    }
    expect(heapUsed() - before).toBeLessThan(5_000_000);
  });

  it('names entity, id and field of a malformed value and does not quote it', () => {
    expect(() => reader({ at: 'sec-ret' }).optionalInstant('at')).toThrow(
      expect.objectContaining({
        message: 'psa.record_malformed: Companies 7: at is not a time.',
        context: { entity: 'Companies', id: '7', field: 'at' },
      }),
    );
  });
});
