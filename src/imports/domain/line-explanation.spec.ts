import { describe, expect, it } from 'vitest';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { explainLine } from './bill-rules.js';
import { type BillLineTexts, explanationOf } from './line-explanation.js';

const LINE: BillLineTexts = {
  chargeType: 'addQuantity',
  chargeStart: '2026-06-16' as LocalDate,
  chargeEnd: '2026-06-30' as LocalDate,
  currency: 'EUR',
  quantity: '3',
  unitPrice: '10.01',
  effectiveUnitPrice: '5',
  subtotal: '15.01',
  exchangeRate: null,
};

const optional = (text: string | null) => (text === null ? null : new MoneyDecimal(text));

/** The same without anything that was reckoned before. */
function reckoned({
  quantity,
  unitPrice,
  effectiveUnitPrice,
  subtotal,
  exchangeRate,
  ...line
}: BillLineTexts) {
  return explainLine({
    ...line,
    quantity: new MoneyDecimal(quantity),
    unitPrice: new MoneyDecimal(unitPrice),
    effectiveUnitPrice: optional(effectiveUnitPrice),
    subtotal: new MoneyDecimal(subtotal),
    exchangeRate: optional(exchangeRate),
  });
}

describe('explanationOf', () => {
  it('tells the same the second time', () => {
    const expected = { expected: '15.01', rule: 'proratedTotal', difference: '0' };
    expect(explanationOf(LINE)).toEqual(expected);
    expect(explanationOf({ ...LINE })).toEqual(expected);
  });

  it.each<[string, Partial<BillLineTexts>, Partial<BillLineTexts>]>([
    ['amount', {}, { subtotal: '-15.01' }],
    ['quantity', {}, { quantity: '4' }],
    ['unit price', {}, { unitPrice: '20' }],
    [
      'effective price',
      { subtotal: '33', effectiveUnitPrice: '11' },
      { subtotal: '33', effectiveUnitPrice: '6' },
    ],
    ['first day', {}, { chargeStart: '2026-06-01' as LocalDate }],
    ['last day', {}, { chargeEnd: '2026-06-25' as LocalDate }],
    ['exchange rate', {}, { exchangeRate: '0.5' }],
    ['currency', {}, { currency: 'JPY' }],
    ['type', { subtotal: '15.5' }, { subtotal: '15.5', chargeType: 'customerCredit' }],
  ])('does not mix up lines that differ in the %s', (_, own, others) => {
    const [line, other] = [
      { ...LINE, ...own },
      { ...LINE, ...others },
    ];
    const told = [explanationOf(line), explanationOf(other)];
    expect(told).toEqual([reckoned(line), reckoned(other)]);
    expect(told[1]).not.toEqual(told[0]);
  });
});
