import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { PlanStep } from './plan-step.js';
import { isToldByUnits, outcomeOf } from './write-outcome.js';

const DAY = localDate('2026-11-25');
const units = fc.integer({ min: 0, max: 5 });
const price = fc.option(fc.constantFrom('0', '10', '12').map((text) => new MoneyDecimal(text)));
const values = fc.record({ units, unitPrice: price, unitCost: price });
const period = { startsOn: localDate('2026-11-01'), endsOn: localDate('2026-11-30'), fullDays: 30 };
const range = fc.record({
  externalId: fc.constant('1'),
  startsOn: fc.constantFrom(localDate('2026-11-01'), DAY),
  endsOn: fc.constantFrom(DAY, localDate('2026-11-30')),
  units,
  isPosted: fc.boolean(),
  price,
  cost: price,
});

const at = (count: number) => ({ units: count, unitPrice: null, unitCost: null });
const told = (kind: PlanStep['kind'], before: number, after: number) =>
  isToldByUnits({ kind, before: at(before), after: at(after) } as PlanStep);

describe('an adjustment whose reading always tells', () => {
  it('is found carried out, not carried out or foreign, whatever the PSA shows', () => {
    const cases = fc.record({
      kind: fc.constantFrom('addService' as const, 'adjustUnits' as const, 'adjustPrice' as const),
      before: values,
      after: values,
      ranges: fc.array(range, { maxLength: 3 }),
      inForce: price,
      isPosted: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ kind, before, after, ranges, inForce, isPosted }) => {
        const step = { kind, before, after, effectiveOn: DAY, period: { ...period, isPosted } } as PlanStep;
        fc.pre(isToldByUnits(step));
        const reading = { units: ranges, unitPrice: inForce, unitCost: inForce };
        expect(outcomeOf(step, reading, DAY)).not.toBe('untold');
      }),
    );
  });

  it('is a change of the units of a line that is there', () => {
    expect(told('adjustUnits', 5, 8)).toBe(true);
    expect(told('adjustPrice', 5, 5)).toBe(false);
    expect(told('addService', 0, 5)).toBe(false);
    expect(told('createCharge', 0, 1)).toBe(false);
  });
});
