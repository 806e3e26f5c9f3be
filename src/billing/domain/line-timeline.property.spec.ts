import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays } from '../../kernel/period.js';
import type { ContractState } from './contract-state.js';
import { type LineChange, LineTimeline } from './line-timeline.js';

const STARTS_ON = localDate('2026-01-31');
const DAYS = 200;

const day = fc.integer({ min: -10, max: DAYS + 10 }).map((days) => addDays(STARTS_ON, days));
const price = fc.option(fc.integer({ min: 0, max: 9_999 }).map((cents) => new MoneyDecimal(cents).div(100)));
const range = fc
  .record({ startsOn: day, length: fc.integer({ min: 0, max: 60 }), units: fc.integer({ min: 0, max: 9 }) })
  .map(({ startsOn, length, units }) => ({
    externalId: '1',
    startsOn,
    endsOn: addDays(startsOn, length),
    units,
    isPosted: false,
    price: null,
    cost: null,
  }));
const scheduled = fc.record({
  from: day,
  unitPrice: price,
  unitCost: price,
  priceBefore: price,
  costBefore: price,
});
const line = fc.record({
  externalId: fc.constant('1'),
  serviceExternalId: fc.constant('2'),
  unitPrice: price,
  unitCost: price,
  units: fc.array(range, { maxLength: 5 }),
  deltas: fc.array(fc.record({ from: day, units: fc.integer({ min: -5, max: 5 }) }), { maxLength: 3 }),
  scheduled: fc.array(scheduled, { maxLength: 3 }),
  takenDays: fc.constant([]),
});
const change: fc.Arbitrary<LineChange> = fc.record({
  on: day,
  unitChange: fc.integer({ min: -5, max: 5 }),
  unitPrice: price,
  unitCost: price,
});
const contract: fc.Arbitrary<ContractState> = fc.record({
  externalId: fc.constant('1'),
  startsOn: fc.constant(STARTS_ON),
  endsOn: fc.integer({ min: 0, max: DAYS }).map((days) => addDays(STARTS_ON, days)),
  isActive: fc.constant(true),
  periodType: fc.constantFrom('monthly', 'quarterly', 'yearly', 'one_time'),
  lines: fc.constant([]),
});

describe('what a timeline bills beyond another', () => {
  it('is the difference of what both bill, on whatever days they change', () => {
    const cases = fc.record({
      line: fc.option(line),
      changes: fc.array(change, { minLength: 1, maxLength: 4 }),
      from: day,
      contract,
    });
    fc.assert(
      fc.property(cases, ({ line: shown, changes, from, contract: on }) => {
        const before = LineTimeline.of(shown);
        const after = changes.reduce((timeline, one) => timeline.with(one), before);
        const difference = after.billedFrom(from, on).minus(before.billedFrom(from, on));
        const beyond = after.billedBeyond(before, from, on);
        expect(beyond.minus(difference).abs().lessThan('1e-12')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
