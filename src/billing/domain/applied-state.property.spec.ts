import type { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, VendorContract } from '../../../test/support/billing/vendor-model.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays } from '../../kernel/period.js';
import { type AppliedChange, appliedState } from './applied-state.js';

const START = day('2026-01-01');
const END = day('2026-12-31');

interface Made {
  /** Days from the start. */
  after: number;
  more: number;
  price: number | null;
  cost: number | null;
}

/** Changes in the order in which they are made, of which some set a price or a cost. */
const MADE: fc.Arbitrary<Made[]> = fc.uniqueArray(
  fc.record({
    after: fc.integer({ min: 1, max: 40 }),
    more: fc.integer({ min: 0, max: 5 }),
    price: fc.option(fc.integer({ min: 1, max: 4 })),
    cost: fc.option(fc.integer({ min: 1, max: 4 })),
  }),
  { minLength: 1, maxLength: 8, selector: ({ after }) => after },
);

function carriedOut(made: readonly Made[]) {
  const vendor = new VendorContract('7001', START, END, 'monthly');
  const line = vendor.addLine('501', 10, 7);
  vendor.adjust(line, START, 5);
  const applied = made.map(({ after, more, price, cost }): AppliedChange => {
    const effectiveOn = addDays(START, after);
    const before = vendor.valuesOn(line, effectiveOn);
    vendor.adjust(
      line,
      effectiveOn,
      more,
      newAmount(price, before.unitPrice),
      newAmount(cost, before.unitCost),
    );
    return { effectiveOn, before, after: vendor.valuesOn(line, effectiveOn) };
  });
  return { applied, now: vendor.valuesOn(line, END) };
}

/** What is in force already is not sent. */
function newAmount(wanted: number | null, inForce: Decimal | null): Decimal | null {
  return wanted === null || inForce?.equals(wanted) === true ? null : new MoneyDecimal(wanted);
}

const textOf = (values: ReturnType<typeof appliedState>) => JSON.stringify(values);

describe('what was applied to a line', () => {
  it('is what the vendor has, in whatever order dated changes were made', () => {
    fc.assert(
      fc.property(MADE, (made) => {
        const { applied, now } = carriedOut(made);
        expect(textOf(appliedState(applied))).toBe(textOf(now));
      }),
    );
  });

  it('is told by the latest-dated change and what is dated behind the first one that was made after it', () => {
    fc.assert(
      fc.property(MADE, (made) => {
        const { applied, now } = carriedOut(made);
        const days = applied.map(({ effectiveOn }) => effectiveOn);
        const last = days.toSorted().at(-1) ?? '';
        const backdated = days.slice(days.indexOf(last) + 1).toSorted()[0] ?? last;
        const few = applied.filter(({ effectiveOn }) => effectiveOn >= backdated);
        expect(textOf(appliedState(few))).toBe(textOf(now));
      }),
    );
  });

  it('is nothing before the first change', () => {
    expect(appliedState([])).toBeNull();
  });
});
