import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../kernel/money.js';
import { jsonDecimal, jsonInteger, parseLosslessJson } from './lossless-json.js';

describe('lossless JSON', () => {
  it.each(['386.6450', '0.1', '1e3', '12345678901234567890', '4.00000000000000000001', '-0.00001', '1e400'])(
    'reads %s as the very number that was written',
    (source) => {
      const value = parseLosslessJson(`{"a":[${source}]}`) as { a: Decimal[] };
      expect(value.a[0]).toBeInstanceOf(MoneyDecimal);
      expect(value.a[0]?.equals(new Decimal(source))).toBe(true);
    },
  );

  it.each(['0', '7', '-3', '9007199254740991', '12.0000'])('keeps the whole number %s a number', (source) => {
    expect(parseLosslessJson(source)).toBe(Number(source));
  });

  it('leaves text, booleans, null and the shape alone', () => {
    const text = '{"a":"1.50","b":[true,null,{}],"1":{"c":"x"}}';
    expect(parseLosslessJson(text)).toEqual(JSON.parse(text));
  });

  it('keeps every digit of any decimal number', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 20n }), (whole, fraction) => {
        const source = `${whole}.${fraction}`;
        const value = parseLosslessJson(source) as Decimal | number;
        expect(new Decimal(value).equals(new Decimal(source))).toBe(true);
      }),
    );
  });

  it.each(['', '{"a":', '{"a":1} x', '<html>'])('refuses %j', (text) => {
    expect(() => parseLosslessJson(text)).toThrow(SyntaxError);
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
