import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../kernel/money.js';
import { jsonDecimal, jsonInteger, parseLosslessJson } from './lossless-json.js';

const isShort = (number: string): boolean =>
  !number.includes('e') && !number.includes('E') && number.replaceAll(/\D/g, '').length <= 15;

describe('lossless JSON', () => {
  const LONG_ONES = [
    '1e3',
    '1.5E-7',
    '12345678901234567890',
    '1234567890123456',
    '1234567890123456.5',
    '4.00000000000000000001',
    '-0.123456789012345',
    '12345678901234.12',
    '1e400',
  ];

  it.each(LONG_ONES)('reads %s as the text of its digits, wherever it stands', (digits) => {
    for (const text of [
      `{"a":${digits},"b":1}`,
      `{"b":1,"a":${digits}}`,
      `{ "a" :\n ${digits}\n }`,
      `{"b":"x\\\\","a": ${digits} }`,
      `{"b":"\\":1.5,","a":${digits}}`,
    ]) {
      expect(parseLosslessJson(text)).toMatchObject({ a: digits });
    }
    expect(parseLosslessJson(digits)).toBe(digits);
    expect(parseLosslessJson(`[${digits}]`)).toEqual([digits]);
    expect(parseLosslessJson(`["x", ${digits} , null]`)).toEqual(['x', digits, null]);
    expect(parseLosslessJson(`[{}, ${digits}]`)).toEqual([{}, digits]);
    expect(parseLosslessJson(`{"a\\\\":${digits}}`)).toEqual({ 'a\\': digits });
  });

  it.each([
    '0',
    '7',
    '-3',
    '900719925474099',
    '-900719925474099',
    '386.6450',
    '-9.5',
    '0.00000000000001',
    '99999999999999.9',
  ])('keeps %s a number, which is the same decimal', (source) => {
    expect(parseLosslessJson(`{"a":[${source},{"b":${source}}],"c":${source}}`)).toEqual({
      a: [Number(source), { b: Number(source) }],
      c: Number(source),
    });
    expect(new MoneyDecimal(Number(source)).equals(source)).toBe(true);
  });

  it.each([
    '{"a":"b\\":1.5,"}',
    '{"a":"\\\\\\":1.5}"}',
    '{"a":":1.5,","b":"1.5"}',
    '{"a":"Azure usage, 12.5, May 4, 2026"}',
    '{"a":"0f2e5d3e-71e4-4e2a","b":"[1e5]","c":":1e5,"}',
    '{"a":"[1.5]","b":", 1234567890123456 ,"}',
    '{"a":"\\\\","b":"x\\":2.5}"}',
  ])('does not touch the text in %s', (text) => {
    expect(parseLosslessJson(text)).toEqual(JSON.parse(text));
  });

  it('leaves text, booleans, null and the shape alone', () => {
    const text = '{"a":"1.50","b":[true,null,{}],"1":{"c":"x"}}';
    expect(parseLosslessJson(text)).toEqual(JSON.parse(text));
  });

  it('keeps every digit of every number and every text, whatever the shape', () => {
    const decimal = fc
      .tuple(fc.bigInt(), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: -9, max: 9 }))
      .chain(([whole, fraction, exponent]) =>
        fc.constantFrom(
          `${whole}`,
          `${whole}.${fraction}`,
          `${whole}e${exponent}`,
          `${whole}.${fraction}E${exponent}`,
        ),
      );
    const awkward = fc.string({
      unit: fc.constantFrom('"', '\\', ':', ',', '[', ']', '}', '1', '.', 'e', ' '),
    });
    const { value } = fc.letrec<{ value: [string, unknown] }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        decimal.map((text): [string, unknown] => [text, isShort(text) ? Number(text) : text]),
        awkward.map((text): [string, unknown] => [JSON.stringify(text), text]),
        fc
          .array(tie('value'))
          .map((items): [string, unknown] => [
            `[${items.map(([text]) => text).join(', ')}]`,
            items.map(([, read]) => read),
          ]),
        fc
          .array(fc.tuple(awkward, tie('value')))
          .map((members): [string, unknown] => [
            `{${members.map(([name, [text]]) => `${JSON.stringify(name)}:${text}`).join(',')}}`,
            Object.fromEntries(members.map(([name, [, read]]) => [name, read])),
          ]),
      ),
    }));
    fc.assert(
      fc.property(value, ([text, expected]) => {
        expect(parseLosslessJson(text)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['', '{"a":', '{"a":1} x', '<html>', '{"a":01.5}', '{"a":1.}', '["a":1.5]', '{"a":"b":1.5}'])(
    'refuses %j',
    (text) => {
      expect(() => parseLosslessJson(text)).toThrow(SyntaxError);
    },
  );

  it('loses nothing of a number of at most fifteen digits', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n }),
        fc.integer({ min: 0, max: 14 }),
        (digits, scale) => {
          const text = new MoneyDecimal(digits.toString()).times(new MoneyDecimal(10).pow(-scale)).toFixed();
          const read = parseLosslessJson(text) as Decimal.Value;
          expect(new MoneyDecimal(read).toFixed()).toBe(text === '-0' ? '0' : text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('writes integers beyond the range of a double', () => {
    expect(JSON.stringify({ value: jsonInteger('12345678901234567890') })).toBe(
      '{"value":12345678901234567890}',
    );
    expect(JSON.stringify(jsonInteger('007'))).toBe('7');
    expect(() => jsonInteger('1 or 1')).toThrow(RangeError);
  });

  it.each([
    ['386.6450', '386.645'],
    ['0.1', '0.1'],
    ['-0', '0'],
    ['1e-7', '0.0000001'],
    ['1e21', '1000000000000000000000'],
    ['12345678901234567890.1234', '12345678901234567890.1234'],
    ['-34.55', '-34.55'],
  ])('writes the decimal %s as the digits %s', (value, digits) => {
    expect(JSON.stringify({ price: jsonDecimal(new Decimal(value)) })).toBe(`{"price":${digits}}`);
  });

  it.each(['NaN', 'Infinity'])('does not write %s', (value) => {
    expect(() => jsonDecimal(new Decimal(value))).toThrow(RangeError);
  });

  it('reads back every decimal it has written', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 12 }), (unscaled, scale) => {
        const value = new MoneyDecimal(unscaled.toString()).times(new MoneyDecimal(10).pow(-scale));
        const text = JSON.stringify([jsonDecimal(value)]);
        const [back] = parseLosslessJson(text) as [Decimal.Value];
        expect(value.equals(back)).toBe(true);
      }),
    );
  });
});
