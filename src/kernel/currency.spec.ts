import { describe, expect, it } from 'vitest';
import { currencyCode, currencyDigits, isCurrencyCode } from './currency.js';

describe('currency codes', () => {
  it.each([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['IDR', 2],
    ['CLF', 4],
  ])('knows %s with %i decimals', (code, digits) => {
    expect(currencyDigits(currencyCode(code))).toBe(digits);
  });

  it.each(['eur', 'EURO', 'ZZZ', 'DEM', '', ' EUR', 'toString'])('refuses %j', (text) => {
    expect(isCurrencyCode(text)).toBe(false);
    expect(() => currencyCode(text)).toThrow(RangeError);
  });
});
