import { describe, expect, it } from 'vitest';
import { localDate } from '../../kernel/local-date.js';
import { billingPeriods } from './billing-periods.js';

function periods(start: string, end: string, type: number): string[] {
  return billingPeriods(localDate(start), localDate(end), type).map(
    ({ startOn, endOn }) => `${startOn}/${endOn}`,
  );
}

describe('billingPeriods', () => {
  it('steps months from the contract start, not from the calendar', () => {
    expect(periods('2026-01-15', '2026-03-20', 2)).toEqual([
      '2026-01-15/2026-02-14',
      '2026-02-15/2026-03-14',
      '2026-03-15/2026-03-20',
    ]);
  });

  it('returns to the 31st after a short month', () => {
    expect(periods('2026-01-31', '2026-04-29', 2)).toEqual([
      '2026-01-31/2026-02-27',
      '2026-02-28/2026-03-30',
      '2026-03-31/2026-04-29',
    ]);
  });

  it.each([
    [3, 4],
    [4, 2],
    [5, 1],
    [1, 1],
  ])('makes type %i give %i periods in a year', (type, count) => {
    expect(periods('2024-02-29', '2025-02-27', type)).toHaveLength(count);
  });

  it('keeps the uncut length of a period the contract ends in', () => {
    const last = billingPeriods(localDate('2026-01-01'), localDate('2026-02-10'), 2).at(-1);
    expect(last).toMatchObject({ endOn: '2026-02-10', fullDays: 28 });
  });
});
