import { describe, expect, it } from 'vitest';
import { isNegative, isZero, sumAmounts } from './amounts.js';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

describe('sumAmounts', () => {
  it.each([
    [[], '0.00'],
    [['0.10', '0.20'], '0.30'],
    [['-0.05'], '-0.05'],
    [['12.50', '-13.00'], '-0.50'],
    [['9007199254740993.01', '0.99'], '9007199254740994.00'],
    [['1', '0.0001'], '1.0001'],
  ])('adds up %j exactly', (amounts, sum) => {
    expect(sumAmounts(amounts.map(eur), 'EUR')).toEqual(eur(sum));
  });

  it('refuses to add up several currencies', () => {
    expect(() => sumAmounts([eur('1'), { amount: '1', currency: 'USD' }], 'EUR')).toThrow(RangeError);
  });
});

describe('signs', () => {
  it.each([
    ['0.00', true, false],
    ['-0.00', true, false],
    ['-0.01', false, true],
    ['10.00', false, false],
  ])('of %s', (amount, zero, negative) => {
    expect([isZero(eur(amount)), isNegative(eur(amount))]).toEqual([zero, negative]);
  });
});
