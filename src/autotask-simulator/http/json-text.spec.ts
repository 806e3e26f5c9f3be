import { describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../kernel/money.js';
import { parseJson, toJsonText } from './json-text.js';

describe('toJsonText', () => {
  it('writes decimals as numbers of at least four decimals, digit by digit', () => {
    const value = {
      rate: new MoneyDecimal('386.645'),
      big: new MoneyDecimal('12345678901234567.89'),
      r: new MoneyDecimal('0.76112'),
    };
    expect(toJsonText(value)).toBe('{"rate":386.6450,"big":12345678901234567.8900,"r":0.76112}');
  });

  it('writes everything else as JSON does', () => {
    const value = { text: 'a "b" €', list: [1, null, true], nested: { none: undefined } };
    expect(toJsonText(value)).toBe(JSON.stringify(value));
  });
});

describe('parseJson', () => {
  it('makes decimals from the digits of numbers with a fraction', () => {
    const parsed = parseJson('{"price":12345678901234.5678,"units":3}') as {
      price: MoneyDecimal;
      units: number;
    };
    expect(parsed.price.toString()).toBe('12345678901234.5678');
    expect(parsed.units).toBe(3);
  });
});
