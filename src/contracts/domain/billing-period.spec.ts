import { describe, expect, it } from 'vitest';
import { localDate } from '../../kernel/local-date.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import { billingPeriodAround, daysIn } from './billing-period.js';

const around = (day: string, startsOn: string, periodType: PeriodType) => {
  const contract = { startsOn: localDate(startsOn), endsOn: localDate('2030-12-31'), periodType };
  const period = billingPeriodAround(localDate(day), contract);
  return [period.startsOn, period.endsOn];
};

describe('the billing period around a day', () => {
  it.each<[string, string, PeriodType, string, string]>([
    ['2026-01-01', '2026-01-01', 'monthly', '2026-01-01', '2026-01-31'],
    ['2026-02-28', '2026-01-01', 'monthly', '2026-02-01', '2026-02-28'],
    ['2026-03-14', '2026-01-15', 'monthly', '2026-02-15', '2026-03-14'],
    ['2026-03-15', '2026-01-15', 'monthly', '2026-03-15', '2026-04-14'],
    ['2026-02-28', '2026-01-31', 'monthly', '2026-02-28', '2026-03-30'],
    ['2026-02-27', '2026-01-31', 'monthly', '2026-01-31', '2026-02-27'],
    ['2026-03-30', '2026-01-31', 'monthly', '2026-02-28', '2026-03-30'],
    ['2026-03-31', '2026-01-31', 'monthly', '2026-03-31', '2026-04-29'],
    ['2028-02-29', '2026-01-31', 'monthly', '2028-02-29', '2028-03-30'],
    ['2026-06-30', '2026-01-01', 'quarterly', '2026-04-01', '2026-06-30'],
    ['2026-12-31', '2026-01-01', 'semi_annual', '2026-07-01', '2026-12-31'],
    ['2027-02-28', '2024-02-29', 'yearly', '2027-02-28', '2028-02-28'],
    ['2028-05-05', '2026-01-01', 'one_time', '2026-01-01', '2030-12-31'],
    ['2028-05-05', '2026-01-01', 'unknown', '2026-01-01', '2030-12-31'],
  ])('is, for %s in a contract from %s, %s, %s to %s', (day, start, type, from, to) => {
    expect(around(day, start, type)).toEqual([from, to]);
  });

  it('leaves no day out and takes none twice, wherever the contract starts', () => {
    for (const start of ['2026-01-28', '2026-01-29', '2026-01-30', '2026-01-31', '2024-02-29']) {
      let [from = '', to = ''] = around(start, start, 'monthly');
      expect(from).toBe(start);
      for (let step = 0; step < 36; step += 1) {
        const next = new Date(`${to}T00:00:00Z`);
        next.setUTCDate(next.getUTCDate() + 1);
        const day = next.toISOString().slice(0, 10);
        [from = '', to = ''] = around(day, start, 'monthly');
        expect(from).toBe(day);
      }
    }
  });

  it('counts its days with both ends', () => {
    expect(daysIn({ startsOn: localDate('2026-03-29'), endsOn: localDate('2026-03-29') })).toBe(1);
    expect(daysIn({ startsOn: localDate('2026-02-01'), endsOn: localDate('2026-03-31') })).toBe(59);
  });
});
