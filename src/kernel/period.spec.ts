import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDate, utcDay } from './local-date.js';
import {
  addDays,
  addMonths,
  daysIn,
  isPeriodStart,
  periodOn,
  periodsFrom,
  type PeriodGrid,
} from './period.js';

const DAY_MS = 86_400_000;
const day = fc
  .integer({ min: Date.UTC(1999, 0, 1) / DAY_MS, max: Date.UTC(2101, 0, 1) / DAY_MS })
  .map((number) => utcDay(new Date(number * DAY_MS)));
const grid = fc
  .record({
    startsOn: day,
    length: fc.integer({ min: 0, max: 2_500 }),
    months: fc.constantFrom(1, 3, 6, 12, null),
  })
  .map(({ startsOn, length, months }): PeriodGrid => ({
    startsOn,
    endsOn: addDays(startsOn, length),
    months,
  }));

describe('days', () => {
  it('are added as the calendar has them', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -1_000, max: 1_000 }), (from, days) => {
        const to = addDays(from, days);
        expect(to).toBe(utcDay(new Date(Date.parse(from) + days * DAY_MS)));
        expect(daysIn(from, to)).toBe(days + 1);
      }),
    );
  });

  it('stay the same date in a later month, or are its last', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -40, max: 40 }), (from, months) => {
        const to = addMonths(from, months);
        const firstOfMonth = new Date(`${from.slice(0, 7)}-01T00:00:00Z`);
        firstOfMonth.setUTCMonth(firstOfMonth.getUTCMonth() + months);
        expect(to.slice(0, 7)).toBe(utcDay(firstOfMonth).slice(0, 7));
        const isLastOfMonth = addDays(to, 1).endsWith('-01');
        expect(to.slice(8) === from.slice(8) || (isLastOfMonth && to.slice(8) < from.slice(8))).toBe(true);
      }),
    );
  });

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-01-31', 13, '2027-02-28'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-01-15', -1, '2025-12-15'],
    ['0099-12-31', 2, '0100-02-28'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(addMonths(localDate(from), months)).toBe(to);
  });
});

describe('periods', () => {
  it('cover a grid from end to end, each beginning where the one before ended', () => {
    fc.assert(
      fc.property(grid, (whole) => {
        const periods = [...periodsFrom(whole, whole.startsOn)];
        expect(periods[0]?.startsOn).toBe(whole.startsOn);
        expect(periods.at(-1)?.endsOn).toBe(whole.endsOn);
        expect(periods.slice(1).map(({ startsOn }) => startsOn)).toEqual(
          periods.slice(0, -1).map(({ endsOn }) => addDays(endsOn, 1)),
        );
      }),
    );
  });

  it('are found by any of their days, and none outside the grid', () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: -40, max: 2_600 }), (whole, offset) => {
        const on = addDays(whole.startsOn, offset);
        const found = periodOn(whole, on);
        const listed = [...periodsFrom(whole, whole.startsOn)].find(
          ({ startsOn, endsOn }) => startsOn <= on && on <= endsOn,
        );
        expect(found).toEqual(listed ?? null);
        const first = on < whole.startsOn ? null : ([...periodsFrom(whole, on)][0] ?? null);
        expect(first).toEqual(found);
        expect(isPeriodStart(whole, on)).toBe(found?.startsOn === on);
      }),
    );
  });

  it('begin on the last day of a month that is too short for the day they began on first', () => {
    const whole = { startsOn: localDate('2026-01-31'), endsOn: localDate('2026-05-15'), months: 1 };
    const starts = ['2026-02-27', '2026-02-28', '2026-03-28', '2026-03-31'].map(localDate);
    expect(starts.map((day) => isPeriodStart(whole, day))).toEqual([false, true, false, true]);
  });

  it('keep the date they began on through shorter months', () => {
    const whole = { startsOn: localDate('2026-01-31'), endsOn: localDate('2026-05-15'), months: 1 };
    expect(
      [...periodsFrom(whole, whole.startsOn)].map(({ startsOn, fullDays }) => [startsOn, fullDays]),
    ).toEqual([
      ['2026-01-31', 28],
      ['2026-02-28', 31],
      ['2026-03-31', 30],
      ['2026-04-30', 31],
    ]);
  });
});
