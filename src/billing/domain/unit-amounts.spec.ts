import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { isSameUnitAmount } from './unit-amounts.js';

describe('isSameUnitAmount', () => {
  it.each([
    ['EUR', '10', '10.0001', 1, true],
    ['EUR', '10', '10.01', 1, false],
    ['EUR', '0.0120', '0.0123', 1, true],
    ['EUR', '0.0120', '0.0123', 1000, false],
    ['USD', '7', '7.04', 1, false],
    ['JPY', '0.3456', '0.38', 1, true],
    ['JPY', '0.3456', '0.38', 100, false],
    ['JPY', '1000', '1000.008', 1000, true],
    ['KWD', '3.125', '3.126', 1, false],
    ['KWD', '3.125', '3.12501', 1000, true],
  ])('in %s takes %s and %s for %s, of %i units: %s', (currency, left, right, units, isSame) => {
    const [one, other] = [left, right].map((text) => new MoneyDecimal(text));
    expect(isSameUnitAmount(one ?? null, other ?? new MoneyDecimal(0), units, currencyCode(currency))).toBe(
      isSame,
    );
  });

  it('is never the same as what is not known', () => {
    expect(isSameUnitAmount(null, new MoneyDecimal(1), 1, currencyCode('EUR'))).toBe(false);
  });
});
