import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LocalDate, localDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { billingPeriods } from './billing-periods.js';
import { addDays } from './calendar.js';
import { type LineAdjustment, type UnitSegment, unitSegments, unitsInForce } from './unit-timeline.js';

const PERIODS = billingPeriods(localDate('2026-01-01'), localDate('2026-03-31'), 2);
const ONE = new MoneyDecimal(1);
const BASE = { unitPrice: new MoneyDecimal(31), unitCost: new MoneyDecimal('15.5'), exchangeRate: ONE };

function change(
  day: string,
  unitChange: number,
  terms: { price?: string; cost?: string } = {},
): LineAdjustment {
  return {
    effectiveOn: localDate(day),
    unitChange,
    unitPrice: terms.price === undefined ? null : new MoneyDecimal(terms.price),
    unitCost: terms.cost === undefined ? null : new MoneyDecimal(terms.cost),
    exchangeRate: ONE,
  };
}

function shown(segments: readonly UnitSegment[]): string[] {
  return segments.map(
    ({ startOn, endOn, units, price, cost }) =>
      `${startOn}/${endOn} ${units} ${price.toString()} ${cost.toString()}`,
  );
}

function total(segments: readonly UnitSegment[]): MoneyDecimal {
  return segments.reduce((sum, segment) => sum.plus(segment.price), new MoneyDecimal(0));
}

describe('unitSegments', () => {
  it('has no rows before the first adjustment', () => {
    expect(unitSegments(PERIODS, BASE, [], [])).toEqual([]);
  });

  it('makes one full row per period', () => {
    expect(shown(unitSegments(PERIODS, BASE, [change('2026-01-01', 2)], []))).toEqual([
      '2026-01-01/2026-01-31 2 62 31',
      '2026-02-01/2026-02-28 2 62 31',
      '2026-03-01/2026-03-31 2 62 31',
    ]);
  });

  it('prorates the first period of a service that begins inside it', () => {
    const [first] = shown(unitSegments(PERIODS, BASE, [change('2026-01-11', 2)], []));
    expect(first).toBe('2026-01-11/2026-01-31 2 42 21');
  });

  it('splits a period at a change of units and carries the new total on', () => {
    const segments = unitSegments(PERIODS, BASE, [change('2026-01-01', 2), change('2026-01-21', 3)], []);
    expect(shown(segments).slice(0, 3)).toEqual([
      '2026-01-01/2026-01-20 2 40 20',
      '2026-01-21/2026-01-31 5 55 27.5',
      '2026-02-01/2026-02-28 5 155 77.5',
    ]);
  });

  it('changes price and cost from a date on, each on its own', () => {
    const adjustments = [
      change('2026-01-01', 2),
      change('2026-02-01', 0, { price: '40' }),
      change('2026-03-01', 0, { cost: '20' }),
    ];
    expect(shown(unitSegments(PERIODS, BASE, adjustments, []))).toEqual([
      '2026-01-01/2026-01-31 2 62 31',
      '2026-02-01/2026-02-28 2 80 31',
      '2026-03-01/2026-03-31 2 80 40',
    ]);
  });

  it('keeps a row with 0 units after a cancellation', () => {
    const segments = unitSegments(PERIODS, BASE, [change('2026-01-01', 2), change('2026-02-01', -2)], []);
    expect(shown(segments)[1]).toBe('2026-02-01/2026-02-28 0 0 0');
  });

  it('bills only the difference inside a posted period and leaves the posted row out', () => {
    const [posted] = unitSegments(PERIODS, BASE, [change('2026-01-01', 2)], []);
    const cover = posted === undefined ? [] : [posted];
    const more = unitSegments(PERIODS, BASE, [change('2026-01-01', 2), change('2026-01-21', 3)], cover);
    expect(shown(more)[0]).toBe('2026-01-21/2026-01-31 5 33 16.5');
    const fewer = unitSegments(PERIODS, BASE, [change('2026-01-01', 2), change('2026-01-21', -1)], cover);
    expect(shown(fewer)[0]).toBe('2026-01-21/2026-01-31 1 -11 -5.5');
    expect(shown(unitSegments(PERIODS, BASE, [change('2026-01-01', 2)], cover))).toHaveLength(2);
  });

  it('covers every day from the first adjustment once, with the units in force', () => {
    const day = fc.integer({ min: 0, max: 89 }).map((days) => addDays(localDate('2026-01-01'), days));
    const changes = fc.uniqueArray(fc.tuple(day, fc.integer({ min: 0, max: 9 })), {
      selector: ([on]) => on,
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(changes, (dated) => {
        const adjustments = dated.map(([on, units]) => change(on, units));
        const segments = unitSegments(PERIODS, BASE, adjustments, []);
        const first = dated.map(([on]) => on).toSorted()[0] ?? localDate('2026-01-01');
        for (let on: LocalDate = first; on <= '2026-03-31'; on = addDays(on, 1)) {
          const covering = segments.filter((segment) => segment.startOn <= on && on <= segment.endOn);
          expect(covering).toHaveLength(1);
          expect(covering[0]?.units).toBe(unitsInForce(BASE, adjustments, on).units);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('makes posted and corrected amounts add up to what unposted rows would have billed', () => {
    const day = fc.integer({ min: 1, max: 30 }).map((days) => addDays(localDate('2026-01-01'), days));
    const changes = fc.uniqueArray(fc.tuple(day, fc.integer({ min: 0, max: 9 })), {
      selector: ([on]) => on,
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(changes, (dated) => {
        const start = [change('2026-01-01', 4)];
        const all = [...start, ...dated.map(([on, units]) => change(on, units))];
        const posted = unitSegments(PERIODS, BASE, start, []).slice(0, 1);
        const corrected = total(posted).plus(total(unitSegments(PERIODS, BASE, all, posted)));
        const direct = total(unitSegments(PERIODS, BASE, all, []));
        expect(corrected.minus(direct).abs().toNumber()).toBeLessThan(0.001);
      }),
      { numRuns: 60 },
    );
  });
});
