import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import type { LineValues } from './line-timeline.js';
import { isUndone, mergedStep, shiftedBy, withUnitsBefore, writtenLast } from './merged-step.js';
import type { PlanStep } from './plan-step.js';

const EUR = currencyCode('EUR');
const DAY = localDate('2026-11-25');

function values(units: number, price: string | null = '10'): LineValues {
  const amount = price === null ? null : new MoneyDecimal(price);
  return { units, unitPrice: amount, unitCost: amount };
}

function step(
  before: LineValues,
  after: LineValues,
  changes: Partial<PlanStep> & { amount?: string } = {},
): PlanStep {
  const { amount = '0', ...rest } = changes;
  return {
    kind: before.units === after.units ? 'adjustPrice' : 'adjustUnits',
    identity: 'connection/account/seats/2026-11-25',
    subscriptionId: 'seats',
    contractExternalId: '1',
    serviceExternalId: '2',
    lineExternalId: '3',
    before,
    after,
    effectiveOn: DAY,
    notBefore: DAY,
    period: { startsOn: DAY, endsOn: DAY, fullDays: 30, isPosted: false },
    impactPerPeriod: money(amount, EUR),
    impact: money(amount, EUR),
    reason: `To ${after.units}.`,
    rule: 'quantity.sameDay',
    revision: after.units,
    contractEndsOn: null,
    charge: null,
    ...rest,
  };
}

const amountsOf = ({ impact, impactPerPeriod }: PlanStep) => [
  impact.amount.toFixed(),
  impactPerPeriod.amount.toFixed(),
];

const prices = ({ before, after }: PlanStep) => [before.unitPrice?.toFixed(), after.unitPrice?.toFixed()];

const units = ({ before, after }: PlanStep) => [before.units, after.units];

describe('one write in place of two', () => {
  it('bears the money of both and leads from before the first to after the second', () => {
    const merged = mergedStep(
      step(values(5), values(8), { amount: '30' }),
      step(values(8), values(10), { amount: '20' }),
    );
    expect(merged).toMatchObject({
      kind: 'adjustUnits',
      before: { units: 5 },
      after: { units: 10 },
      revision: 10,
      reason: 'Several changes of 2026-11-25 in one, from 5 to 10 units; the last: To 10.',
    });
    expect(amountsOf(merged)).toEqual(['50', '50']);
  });

  it('does not repeat the reasons of all before it', () => {
    const twice = mergedStep(step(values(5), values(8)), step(values(8), values(10)));
    expect(mergedStep(twice, step(values(10), values(12))).reason).toBe(
      'Several changes of 2026-11-25 in one, from 5 to 12 units; the last: To 12.',
    );
  });

  it.each([
    ['units and then a price', step(values(5), values(8)), step(values(8), values(8, '11')), 'adjustUnits'],
    [
      'units that come back, with a price',
      step(values(5), values(8)),
      step(values(8), values(5, '11')),
      'adjustPrice',
    ],
    [
      'a price and then units',
      step(values(5), values(5, '11')),
      step(values(5, '11'), values(6, '11')),
      'adjustUnits',
    ],
    [
      'a service and then units',
      step(values(0, null), values(4), { kind: 'addService' }),
      step(values(4), values(6)),
      'addService',
    ],
  ])('is of the kind of what it comes to: %s', (_, known, later, kind) => {
    const merged = mergedStep(known, later);
    expect(merged.kind).toBe(kind);
    expect(isUndone(merged)).toBe(false);
  });

  it('is undone when the second takes the first back, or the service never comes', () => {
    expect(isUndone(mergedStep(step(values(5), values(8)), step(values(8), values(5))))).toBe(true);
    const added = step(values(0, null), values(4), { kind: 'addService' });
    expect(isUndone(mergedStep(added, step(values(4), values(0))))).toBe(true);
  });

  it('changes what both change where something else was decided for an earlier day in between', () => {
    const [known, later] = [step(values(5), values(9)), step(values(12), values(8))];
    expect(mergedStep(known, later)).toMatchObject({ before: { units: 5 }, after: { units: 5 } });
    expect(isUndone(mergedStep(known, later))).toBe(true);
  });

  it.each([
    ['none of them sets', ['10', '10'], ['12', '12'], ['10', '10']],
    ['the first sets', ['10', '11'], ['11', '11'], ['10', '11']],
    ['the second sets', ['10', '10'], ['12', '10'], ['12', '10']],
    ['both set', ['10', '11'], ['11', '13'], ['10', '13']],
  ] as const)('sends the price that counts in the end: %s', (_, known, later, expected) => {
    const merged = mergedStep(
      step(values(5, known[0]), values(9, known[1])),
      step(values(12, later[0]), values(8, later[1])),
    );
    expect(prices(merged)).toEqual(expected);
  });

  it('comes to the total of the second when it is written after all others', () => {
    const later = step(values(29), values(3));
    const merged = mergedStep(step(values(0, null), values(9), { kind: 'addService' }), later);
    expect(merged.after.units).toBe(-17);
    expect(writtenLast(merged, later)).toMatchObject({
      kind: 'adjustUnits',
      before: { units: 20 },
      after: { units: 3 },
    });
  });

  it('finds what a change before it adds', () => {
    expect(shiftedBy(step(values(9), values(10)), -4)).toMatchObject({
      before: { units: 5 },
      after: { units: 6 },
    });
  });

  it('comes to its own total on other units, unless it only prices', () => {
    expect(units(withUnitsBefore(step(values(8), values(9)), 5))).toEqual([5, 9]);
    expect(units(withUnitsBefore(step(values(8), values(8, '12')), 5))).toEqual([5, 5]);
  });

  it('adds the amounts of a charge up', () => {
    const charge = {
      chargeId: 'c',
      name: 'Usage',
      billingCodeExternalId: '1',
      quantity: '1',
      unitPrice: '12.5',
      unitCost: '12.5',
    };
    const nothing = values(0, null);
    const usage = (amount: string) =>
      step(nothing, nothing, { kind: 'createCharge', charge, amount, reason: `Usage of ${amount}.` });
    const merged = mergedStep(usage('10'), usage('2.5'));
    expect(merged).toMatchObject({
      kind: 'createCharge',
      reason: 'Several amounts in one, 12.5 EUR together; the last: Usage of 2.5.',
    });
    expect(amountsOf(merged)).toEqual(['12.5', '12.5']);
    expect(isUndone(merged)).toBe(false);
  });
});
