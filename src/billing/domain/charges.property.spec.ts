import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import type { BillingLine } from './billing-line.js';
import { type ChargeItem, withoutRepeats } from './charge-item.js';
import { needsOf, withdrawnNeeds } from './charge-needs.js';
import { type ChargeBilling, chargeStep, groupsOf, type PlacedCharge } from './charge-plan.js';
import type { ContractState } from './contract-state.js';
import type { PlanStep } from './plan-step.js';
import { combined, settledAmounts } from './settlement.js';

const EUR = currencyCode('EUR');
const USD = currencyCode('USD');
const RATES = { internal: EUR, rates: new Map([['USD', new MoneyDecimal('0.91737')]]) };
const RECKONING = { currency: EUR, rates: RATES };
const LINES = ['sub-1', 'sub-2'].map((subscriptionId): BillingLine => ({
  id: `line-${subscriptionId}`,
  connectionId: 'connection',
  tenantId: 'tenant',
  subscriptionId,
  contractExternalId: '7',
  serviceExternalId: '9',
  isMapped: true,
  lineExternalId: '11',
  known: null,
}));
const CONTRACT: ContractState = {
  externalId: '7',
  startsOn: localDate('2026-01-01'),
  endsOn: localDate('2026-12-31'),
  isActive: true,
  periodType: 'monthly',
  lines: [],
};
const billing = (charges: 'itemised' | 'bundled'): ChargeBilling => ({
  currency: EUR,
  rates: RATES,
  policy: { charges, chargeDescription: null },
  billingCodeExternalId: '5',
});

const decimal = (digits: number) =>
  fc.integer({ min: -50_000, max: 500_000 }).map((whole) => new MoneyDecimal(whole).dividedBy(10 ** digits));
const itemAt = (index: number): fc.Arbitrary<{ item: ChargeItem; line: BillingLine }> =>
  fc
    .record({
      line: fc.constantFrom(...LINES),
      month: fc.constantFrom('09', '10'),
      isImported: fc.boolean(),
      quantity: decimal(2),
      price: decimal(6),
      cost: decimal(6),
      costCurrency: fc.constantFrom(EUR, USD),
    })
    .map(({ line, month, isImported, quantity, price, cost, costCurrency }) => ({
      line,
      item: {
        key: isImported ? `import/customer/${index}` : `charge/${index}`,
        chargeId: isImported ? null : String(index),
        source: isImported ? ('nceReconciliation' as const) : ('recorded' as const),
        customerId: 'customer',
        subscriptionId: line.subscriptionId,
        kind: 'usage' as const,
        description: `Amount ${index}`,
        servicePeriod: { from: localDate(`2026-${month}-01`), to: localDate(`2026-${month}-28`) },
        quantity,
        unitPrice: money(price, EUR),
        unitCost: money(cost, costCurrency),
      },
    }));
const items = fc
  .integer({ min: 0, max: 12 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => itemAt(i))));
const policy = fc.constantFrom('itemised' as const, 'bundled' as const);

type Placed = { item: ChargeItem; line: BillingLine }[];

const settledBy = (steps: readonly PlanStep[]) =>
  settledAmounts(
    steps.map((step) => ({ state: 'applied' as const, step })),
    false,
  );

/** Plans what is open and takes it as billed. */
function bill(
  placed: Placed,
  before: readonly PlanStep[],
  charges: 'itemised' | 'bundled',
  count = 0,
): PlanStep[] {
  const { needs } = needsOf(placed, settledBy(before), RECKONING);
  const known: PlacedCharge = { count, numbered: count, isHere: count > 0, open: null };
  return groupsOf(needs, charges).map(
    (group) => chargeStep(group, CONTRACT, known, billing(charges)) as PlanStep,
  );
}

const amountOf = ({ charge }: PlanStep) =>
  new MoneyDecimal(charge?.quantity ?? 0).times(charge?.unitPrice ?? 0);
const sum = (amounts: readonly MoneyDecimal[]) =>
  amounts.reduce((total, each) => total.plus(each), new MoneyDecimal(0));
const roundedTotal = (placed: Placed) =>
  sum(
    placed.map(({ item }) =>
      item.quantity.times(item.unitPrice.amount).toDecimalPlaces(2, MoneyDecimal.ROUND_HALF_UP),
    ),
  );

describe('amounts beside the seats', () => {
  it('are billed in full and once: billing twice is billing once, by either policy', () => {
    fc.assert(
      fc.property(items, policy, policy, (placed, first, second) => {
        const steps = bill(placed, [], first);
        expect(sum(steps.map(amountOf)).equals(roundedTotal(placed))).toBe(true);
        expect(bill(placed, steps, second)).toEqual([]);
      }),
    );
  });

  it('come to the same whatever order and portions they become known in, and whatever the policy was meanwhile', () => {
    fc.assert(
      fc.property(items, fc.nat(12), policy, policy, (placed, cut, first, second) => {
        const early = bill(placed.slice(0, cut), [], first);
        const late = bill(placed.toReversed(), early, second, 1);
        expect(sum([...early, ...late].map(amountOf)).equals(roundedTotal(placed))).toBe(true);
        expect(bill(placed, [...early, ...late], first)).toEqual([]);
      }),
    );
  });

  it('are planned the same whatever order they are read in', () => {
    fc.assert(
      fc.property(items, policy, (placed, charges) => {
        expect(bill(placed.toReversed(), [], charges)).toEqual(bill(placed, [], charges));
      }),
    );
  });

  it('say of each charge what it is made of: the parts are the whole', () => {
    fc.assert(
      fc.property(items, policy, (placed, charges) => {
        for (const step of bill(placed, [], charges)) {
          const parts = (step.settles?.amounts ?? []).map(({ price }) => new MoneyDecimal(price));
          expect(sum(parts).equals(amountOf(step))).toBe(true);
          expect(step.impact.amount.equals(amountOf(step))).toBe(true);
          expect(step.effectiveOn.slice(0, 7)).toBe(step.settles?.month.slice(0, 7));
        }
      }),
    );
  });

  it('are given back when a corrected file no longer tells them, and only those that were imported', () => {
    fc.assert(
      fc.property(items, (placed) => {
        const steps = bill(placed, [], 'itemised');
        const settled = new Map(
          [...settledBy(steps)].map(([key, amounts]) => [
            key,
            { ...amounts, month: localDate('2026-10-01'), line: LINES[0] ?? null },
          ]),
        );
        const gone = withdrawnNeeds(new Set(), settled, new Set(['customer']));
        const imported = placed.filter(({ item }) => item.chargeId === null);
        expect(
          sum(gone.map(({ price }) => price))
            .negated()
            .equals(roundedTotal(imported)),
        ).toBe(true);
        expect(withdrawnNeeds(new Set(), settled, new Set(['other']))).toEqual([]);
      }),
    );
  });

  it('add up when two operations become one', () => {
    fc.assert(
      fc.property(items, items, (one, other) => {
        const [left] = bill(one, [], 'bundled');
        const [right] = bill(other, [], 'bundled');
        const both = combined(left?.settles, right?.settles);
        const total = (steps: (PlanStep | undefined)[]) =>
          sum(
            steps.flatMap((step) => step?.settles?.amounts ?? []).map(({ price }) => new MoneyDecimal(price)),
          );
        const merged = sum((both?.amounts ?? []).map(({ price }) => new MoneyDecimal(price)));
        expect(merged.equals(total([left, right]))).toBe(true);
      }),
    );
  });

  it('are taken from one source for each subscription, kind and month', () => {
    const source = fc.constantFrom(
      'recorded' as const,
      'nceReconciliation' as const,
      'dailyUsage' as const,
      'focus' as const,
    );
    fc.assert(
      fc.property(items, fc.array(source, { minLength: 12, maxLength: 12 }), (placed, sources) => {
        const given = placed.map(({ item }, index) => ({ ...item, source: sources[index] ?? 'recorded' }));
        const kept = withoutRepeats(given);
        const bySubject = Map.groupBy(
          kept,
          ({ subscriptionId, servicePeriod }) => `${subscriptionId} ${servicePeriod.to}`,
        );
        for (const own of bySubject.values()) expect(new Set(own.map((item) => item.source)).size).toBe(1);
        expect(new Set(bySubject.keys())).toEqual(
          new Set(given.map(({ subscriptionId, servicePeriod }) => `${subscriptionId} ${servicePeriod.to}`)),
        );
      }),
    );
  });
});
