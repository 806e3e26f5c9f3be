import type { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, VendorContract } from '../../../test/support/billing/vendor-model.js';
import { currencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays, periodOn } from '../../kernel/period.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type { SubscriptionKind } from '../../ports/host/subscription-source.port.js';
import { planContractSync } from './contract-sync-plan.js';
import type { TargetPolicy } from './dated-targets.js';
import { type BillableState, billedUnits, type DesiredLine, inOrder } from './desired-line.js';

const TODAY = day('2026-07-15');
const START = day('2026-01-31');
const END = day('2027-07-30');
const SERVICE = '501';

interface World {
  currency: string;
  periodType: PeriodType;
  kind: SubscriptionKind;
  policy: TargetPolicy;
  /** Units of the line at its start; null: the contract lacks the service. */
  units: number | null;
  /** Somebody's own adjustments: days from the start, and a delta upwards. */
  manual: { after: number; more: number }[];
  /** Decreases that were sent before: days from the start, and a delta downwards. */
  decreased: { after: number; fewer: number }[];
  /** Days from the start up to which periods are posted; -1: none. */
  postedUntil: number;
  changes: {
    after: number;
    quantity: number;
    status: BillableState['status'];
    price: number;
    cost: number;
    /** Priced for another period than the contract is billed by. */
    isMisfit: boolean;
  }[];
  isMapped: boolean;
}

const WORLD: fc.Arbitrary<World> = fc.record({
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  periodType: fc.constantFrom<PeriodType>('monthly', 'yearly'),
  kind: fc.constantFrom<SubscriptionKind>('license', 'azurePlan'),
  policy: fc.record({
    decrease: fc.constantFrom<TargetPolicy['decrease']>('sameDay', 'nextPeriod'),
    cancel: fc.constantFrom<TargetPolicy['cancel']>('sameDay', 'periodEnd'),
  }),
  units: fc.option(fc.integer({ min: 0, max: 20 })),
  manual: fc.uniqueArray(
    fc.record({ after: fc.integer({ min: 1, max: 500 }), more: fc.integer({ min: 0, max: 5 }) }),
    {
      maxLength: 3,
      selector: ({ after }) => after,
    },
  ),
  decreased: fc.array(
    fc.record({ after: fc.integer({ min: 1, max: 540 }), fewer: fc.integer({ min: 1, max: 10 }) }),
    { maxLength: 2 },
  ),
  postedUntil: fc.integer({ min: -1, max: 300 }),
  changes: fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 600 }),
      quantity: fc.integer({ min: 0, max: 30 }),
      status: fc.constantFrom<BillableState['status']>(
        'active',
        'active',
        'active',
        'suspended',
        'cancelled',
      ),
      price: fc.integer({ min: 0, max: 4 }),
      cost: fc.integer({ min: 0, max: 4 }),
      isMisfit: fc.nat(9).map((of10) => of10 === 0),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  isMapped: fc.boolean(),
});

const PRICES: Readonly<Record<string, readonly string[]>> = {
  EUR: ['0', '10', '12.5', '9.99', '0.01'],
  JPY: ['0', '1000', '1200', '999', '1'],
  KWD: ['0', '3.125', '4', '2.999', '0.001'],
};

function stateOf(world: World, change: World['changes'][number], revision: number): BillableState {
  const prices = PRICES[world.currency] ?? [];
  const cycle = (world.periodType === 'monthly') === change.isMisfit ? 'annual' : 'monthly';
  return {
    revision,
    effectiveOn: addDays(START, change.after),
    // An Azure plan is one thing, whatever is used of it.
    quantity: world.kind === 'azurePlan' ? 1 : change.quantity,
    status: change.status,
    unitPrice: new MoneyDecimal(prices[change.price] ?? '0'),
    unitCost: new MoneyDecimal(prices[change.cost] ?? '0'),
    startsOn: START,
    commitmentEndsOn: null,
    offer: 'seats',
    billingCycle: cycle,
    friendlyName: null,
    autoRenew: null,
  };
}

/** Every day from the start of the contract to its end. */
const DAYS: LocalDate[] = Array.from({ length: 546 }, (_, index) => addDays(START, index));

function build(world: World) {
  const vendor = new VendorContract('7001', START, END, world.periodType);
  const base = stateOf(
    world,
    { after: 0, quantity: world.units ?? 0, status: 'active', price: 1, cost: 1, isMisfit: false },
    1,
  );
  if (world.units !== null) {
    const line = vendor.addLine(SERVICE, base.unitPrice, base.unitCost);
    vendor.adjust(line, START, world.units);
    for (const { after, more } of world.manual) vendor.adjust(line, addDays(START, after), more);
    for (const { after, fewer } of world.decreased) {
      const on = addDays(START, after);
      const isTaken = line.adjustments.some(({ effectiveOn }) => effectiveOn === on);
      const isLeft = DAYS.every((later) => later < on || vendor.unitsOn(line, later) >= fewer);
      if (!isTaken && isLeft) vendor.adjust(line, on, -fewer);
    }
    if (world.postedUntil >= 0) vendor.post(line, addDays(START, world.postedUntil));
  }
  const desired: DesiredLine = {
    connectionId: 'connection',
    accountId: 'account',
    subscriptionId: 'subscription',
    kind: world.kind,
    contractExternalId: '7001',
    serviceExternalId: SERVICE,
    lineExternalId: null,
    foreignLineExternalIds: [],
    known: world.isMapped && world.units !== null ? base : null,
    changes: world.changes.map((change, index) => stateOf(world, change, index + 2)),
  };
  const plan = (line = desired) =>
    planContractSync(
      [line],
      [vendor.state(TODAY)],
      { ...world.policy, currency: currencyCode(world.currency), costCurrency: currencyCode(world.currency) },
      TODAY,
    );
  return { vendor, desired, plan };
}

/** First day without units of a subscription that is over. */
function endOf({ policy, periodType }: World, { effectiveOn, status }: BillableState): LocalDate {
  const rule = status === 'cancelled' ? policy.cancel : policy.decrease;
  const grid = { startsOn: START, endsOn: END, months: periodType === 'monthly' ? 1 : 12 };
  const period = rule === 'sameDay' ? null : periodOn(grid, effectiveOn);
  return period === null ? effectiveOn : addDays(period.endsOn, 1);
}

function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((total, amount) => total.plus(amount), new MoneyDecimal(0));
}

const RUNS = { numRuns: 150 };

describe('planContractSync, whatever the world is like,', () => {
  it('plans steps the vendor takes', () => {
    fc.assert(
      fc.property(WORLD, (world) => {
        const { vendor, plan } = build(world);
        for (const step of plan().steps) expect(() => vendor.apply(step)).not.toThrow();
      }),
      RUNS,
    );
  });

  it('plans nothing once its steps are carried out', () => {
    // Where units cannot fall at once, a later step of the same plan may make room for them.
    const withoutRoomToCome = WORLD.filter(({ decreased }) => decreased.length === 0);
    fc.assert(
      fc.property(withoutRoomToCome, (world) => {
        const { vendor, plan } = build(world);
        for (const step of plan().steps) vendor.apply(step);
        expect(plan().steps).toEqual([]);
      }),
      RUNS,
    );
  });

  it('does not care about the order of its input', () => {
    const shuffled = WORLD.chain((world) =>
      fc.tuple(
        fc.constant(world),
        fc.shuffledSubarray([...world.changes.keys()], { minLength: world.changes.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([world, order]) => {
        const { desired, plan } = build(world);
        const changes = order.flatMap((index) => desired.changes[index] ?? []);
        expect(plan({ ...desired, changes })).toEqual(plan());
      }),
      RUNS,
    );
  });

  it('makes the contract bill what is desired from the effective date on', () => {
    fc.assert(
      fc.property(WORLD, (world) => {
        const { vendor, desired, plan } = build(world);
        const { steps, refusals } = plan();
        for (const step of steps) vendor.apply(step);
        const last = inOrder(desired.changes).at(-1);
        const [line] = vendor.lines;
        if (
          last === undefined ||
          line === undefined ||
          refusals.some(({ code }) => code !== 'billing.unsupported')
        )
          return;
        // Units that end with the contract, or after it, are left to it.
        const isLeftToTheEnd = billedUnits(last) === 0 && endOf(world, last) > END;
        if (isLeftToTheEnd) return;
        const isUnitsChanged =
          desired.known === null || steps.some(({ before, after }) => before.units !== after.units);
        expect(vendor.unitsOn(line, END)).toBe(
          isUnitsChanged ? billedUnits(last) : vendor.unitsOn(line, END),
        );
        for (const [index, step] of steps.entries()) {
          const until = steps[index + 1]?.effectiveOn ?? addDays(END, 1);
          // Adjustments on the days right before a step are those it could not be dated on.
          for (const on of DAYS.filter((candidate) => candidate >= step.effectiveOn && candidate < until)) {
            const isTaken =
              line.adjustments.some(({ effectiveOn }) => effectiveOn === on) && on !== step.effectiveOn;
            if (isTaken) break;
            expect(vendor.unitsOn(line, on)).toBe(step.after.units);
            expect(vendor.priceOn(line, on).toFixed()).toBe(step.after.unitPrice?.toFixed());
          }
        }
      }),
      RUNS,
    );
  });

  it('changes nothing before the effective date, and no price in a posted period', () => {
    fc.assert(
      fc.property(WORLD, (world) => {
        const { vendor, desired, plan } = build(world);
        const [line] = vendor.lines;
        const before =
          line === undefined ? [] : DAYS.map((on) => [vendor.unitsOn(line, on), vendor.priceOn(line, on)]);
        const posted = structuredClone(
          line?.posted.map(({ startOn, endOn, units }) => ({ startOn, endOn, units })),
        );
        const { steps } = plan();
        for (const step of steps) vendor.apply(step);
        for (const { effectiveOn, before: was, after, period } of steps) {
          expect(
            effectiveOn >= (desired.changes.map((change) => change.effectiveOn).toSorted()[0] ?? '') ||
              after.units === was.units,
          ).toBe(true);
          expect(period.isPosted && after.units === was.units).toBe(false);
        }
        const [first] = steps.map(({ effectiveOn }) => effectiveOn).toSorted();
        if (line === undefined) return;
        const untouched = DAYS.findIndex((on) => first !== undefined && on >= first);
        const kept = DAYS.slice(0, untouched === -1 ? DAYS.length : untouched);
        expect(kept.map((on) => [vendor.unitsOn(line, on), vendor.priceOn(line, on)])).toEqual(
          before.slice(0, kept.length),
        );
        expect(line.posted.map(({ startOn, endOn, units }) => ({ startOn, endOn, units }))).toEqual(posted);
      }),
      RUNS,
    );
  });

  it('adds up: the impacts of the steps are the difference of what is billed', () => {
    fc.assert(
      fc.property(WORLD, (world) => {
        const { vendor, plan } = build(world);
        const { steps } = plan();
        const billed = () =>
          vendor
            .state(TODAY)
            .lines.flatMap(({ units }) => units.map(({ price }) => price ?? new MoneyDecimal(0)));
        const before = sum(billed());
        for (const step of steps) vendor.apply(step);
        const after = sum(billed());
        const told = sum(steps.map(({ impact }) => new MoneyDecimal(impact.amount)));
        // The vendor rounds every row to four decimals, we round every step to the currency's.
        const tolerance = new MoneyDecimal(0.5 * (world.currency === 'JPY' ? 1 : 0.01))
          .times(steps.length + 1)
          .plus('0.01');
        expect(
          told.minus(after.minus(before)).abs().lessThanOrEqualTo(tolerance),
          `${told.toFixed()} but ${after.minus(before).toFixed()}`,
        ).toBe(true);
      }),
      RUNS,
    );
  });
});
