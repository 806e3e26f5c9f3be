import type { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, VendorContract } from '../../../test/support/billing/vendor-model.js';
import { contractOfTheYear, plan, state } from '../../../test/support/billing/line-plan-case.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays } from '../../kernel/period.js';
import { withoutStep } from './dismissed-step.js';
import type { PlanStep } from './plan-step.js';

const START = day('2026-01-01');
const END = day('2026-12-31');
const [TEMPLATE] = plan({
  vendor: contractOfTheYear(),
  changes: [state(2, '2026-03-10', { quantity: 8 })],
}).steps;

interface Made {
  /** Days from the start. */
  after: number;
  more: number;
  price: number | null;
}

const MADE: fc.Arbitrary<Made[]> = fc.uniqueArray(
  fc.record({
    after: fc.integer({ min: 1, max: 40 }),
    more: fc.integer({ min: 0, max: 5 }),
    price: fc.option(fc.integer({ min: 11, max: 14 })),
  }),
  { minLength: 1, maxLength: 6, selector: ({ after }) => after },
);

function lineOf() {
  const vendor = new VendorContract('7001', START, END, 'monthly');
  const line = vendor.addLine('501', 10, 7);
  vendor.adjust(line, START, 5);
  return { vendor, line };
}

/** The steps of changes, each reckoned from what those before it leave. */
function stepsOf(made: readonly Made[]): { steps: PlanStep[]; units: number } {
  const { vendor, line } = lineOf();
  const steps = made.map(({ after, more, price }): PlanStep => {
    if (TEMPLATE === undefined) throw new Error('no step');
    const effectiveOn = addDays(START, after);
    const before = vendor.valuesOn(line, effectiveOn);
    vendor.adjust(line, effectiveOn, more, newPrice(price, before.unitPrice));
    return {
      ...TEMPLATE,
      lineExternalId: line.externalId,
      effectiveOn,
      before,
      after: vendor.valuesOn(line, effectiveOn),
    };
  });
  return { steps, units: vendor.unitsOn(line, END) };
}

function newPrice(wanted: number | null, inForce: Decimal | null): Decimal | null {
  return wanted === null || inForce?.equals(wanted) === true ? null : new MoneyDecimal(wanted);
}

describe('what waits behind a dismissed step', () => {
  it('finds what is there without it, and leaves what it does not change', () => {
    fc.assert(
      fc.property(MADE, (made) => {
        const [dismissed, ...behind] = stepsOf(made).steps;
        if (dismissed === undefined) return;
        const { vendor, line } = lineOf();
        for (const step of withoutStep(dismissed, behind)) {
          const found = vendor.valuesOn(line, step.effectiveOn);
          vendor.apply(step);
          expect([step.before.units, step.after.units]).toEqual([
            found.units,
            vendor.unitsOn(line, step.effectiveOn),
          ]);
          expect(step.after.unitPrice?.toFixed()).toBe(vendor.priceOn(line, step.effectiveOn).toFixed());
        }
      }),
    );
  });

  it('comes to the same total where one that is dated later changes units, else to one without it', () => {
    fc.assert(
      fc.property(MADE, (made) => {
        const { steps, units } = stepsOf(made);
        const [dismissed, ...behind] = steps;
        if (dismissed === undefined) return;
        const { vendor, line } = lineOf();
        for (const step of withoutStep(dismissed, behind)) vendor.apply(step);
        const isMadeUp = behind.some(
          ({ effectiveOn, before, after }) =>
            effectiveOn >= dismissed.effectiveOn && before.units !== after.units,
        );
        const change = dismissed.after.units - dismissed.before.units;
        expect(vendor.unitsOn(line, END)).toBe(isMadeUp ? units : units - change);
      }),
    );
  });

  it('is added in its place, with its price, where the dismissed one adds the service', () => {
    const [first, more] = stepsOf([
      { after: 1, more: 0, price: null },
      { after: 5, more: 3, price: null },
    ]).steps;
    if (first === undefined || more === undefined) throw new Error('no steps');
    const nothing = { units: 0, unitPrice: null, unitCost: null };
    const added: PlanStep = { ...first, kind: 'addService', before: nothing };
    expect(withoutStep(added, [more])).toEqual([
      { ...more, kind: 'addService', before: nothing, after: { ...more.after, units: 8 } },
    ]);
  });
});
