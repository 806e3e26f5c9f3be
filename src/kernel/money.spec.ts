import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCode, currencyDigits } from './currency.js';
import { money, MoneyDecimal, moneyToJson, roundMoney } from './money.js';

const EUR = currencyCode('EUR');

describe('money', () => {
  it.each([
    ['12.5', 'EUR', '12.50'],
    ['386.6450', 'EUR', '386.645'],
    ['1200', 'JPY', '1200'],
    ['1.5', 'KWD', '1.500'],
    ['0.00000001', 'EUR', '0.00000001'],
    ['123456789012345678.90', 'USD', '123456789012345678.90'],
  ])('writes %s %s as %s', (amount, code, text) => {
    expect(moneyToJson(money(amount, currencyCode(code)))).toEqual({ amount: text, currency: code });
  });

  it.each([
    ['0.005', '0.01'],
    ['-0.005', '-0.01'],
    ['2.344999', '2.34'],
    ['2.345', '2.35'],
  ])('rounds %s EUR half away from zero to %s', (amount, rounded) => {
    expect(roundMoney(money(amount, EUR)).amount.toFixed(2)).toBe(rounded);
  });

  it('rounds to the digits of the currency, and twice is once', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 18n), 10n ** 18n),
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        (units, scale, code) => {
          const currency = currencyCode(code);
          const value = money(
            new MoneyDecimal(units.toString()).div(new MoneyDecimal(10).pow(scale)),
            currency,
          );
          const once = roundMoney(value);
          expect(once.amount.decimalPlaces()).toBeLessThanOrEqual(currencyDigits(currency));
          expect(roundMoney(once).amount.equals(once.amount)).toBe(true);
        },
      ),
    );
  });
});
