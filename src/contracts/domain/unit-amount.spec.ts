import { describe, expect, it } from 'vitest';
import { localDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { unitAmount } from './unit-amount.js';

const JANUARY = { startsOn: localDate('2026-01-01'), endsOn: localDate('2026-01-31') };
const row = (from: number, to: number, amount: string | null) => ({
  startsOn: localDate(`2026-01-${String(from).padStart(2, '0')}`),
  endsOn: localDate(`2026-01-${to}`),
  amount: amount === null ? null : new MoneyDecimal(amount),
});
const of = (rows: ReturnType<typeof row>[], units: number, line: string | null) => {
  const { amount, basis } = unitAmount(
    rows,
    new MoneyDecimal(units),
    JANUARY,
    line === null ? null : new MoneyDecimal(line),
  );
  return [amount?.toFixed() ?? null, basis];
};

describe('the amount of one unit', () => {
  it.each([
    ['a full period', [row(1, 31, '465')], 25, '99', ['18.6', 'period']],
    ['a full period that does not divide evenly', [row(1, 31, '1')], 3, null, ['0.3333', 'period']],
    ['a discount', [row(1, 31, '-7.5')], 3, null, ['-2.5', 'period']],
    ['a part of a period, as now', [row(15, 31, '255')], 25, '18.6', ['18.6', 'contractService']],
    ['a part, rounded to cents, as now', [row(22, 31, '0.11')], 1, '0.3333', ['0.3333', 'contractService']],
    ['a part at another price than now', [row(15, 31, '255')], 25, '20', ['18.6', 'prorated']],
    ['a part, and nothing of the line', [row(15, 31, '255')], 25, null, ['18.6', 'prorated']],
    [
      'a posted period and a difference for more units',
      [row(1, 31, '310'), row(15, 31, '170')],
      20,
      '31',
      ['31', 'contractService'],
    ],
    [
      'a posted period and a lower price from its start',
      [row(1, 31, '310'), row(1, 31, '-30')],
      10,
      '50',
      ['28', 'period'],
    ],
    ['no units', [row(1, 31, '0')], 0, '18.6', ['18.6', 'contractService']],
    ['no amount', [row(1, 31, null)], 5, '18.6', ['18.6', 'contractService']],
    ['one amount of two', [row(1, 31, '5'), row(15, 31, null)], 5, null, [null, 'contractService']],
    ['a free period', [row(1, 31, '0')], 5, '9', ['0', 'period']],
  ])('is found for %s', (_name, rows, units, line, expected) => {
    expect(of(rows, units, line)).toEqual(expected);
  });
});
