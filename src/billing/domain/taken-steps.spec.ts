import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import type { StoredStep } from './billing-plan.js';
import { takenSteps } from './taken-steps.js';

const EUR = currencyCode('EUR');

function values(units: number, price: number) {
  return { units, unitPrice: new MoneyDecimal(price), unitCost: new MoneyDecimal(7) };
}

function step(
  id: string,
  on: string,
  [unitsBefore, unitsAfter]: [number, number],
  [priceBefore, priceAfter]: [number, number] = [10, 10],
  lineId = 'line',
): StoredStep {
  const perPeriod = new MoneyDecimal(unitsAfter * priceAfter - unitsBefore * priceBefore);
  const effectiveOn = localDate(on);
  return {
    id,
    lineId,
    dismissedReason: null,
    step: {
      kind: unitsBefore === unitsAfter ? 'adjustPrice' : 'adjustUnits',
      identity: `connection/account/subscription/${on}`,
      subscriptionId: 'subscription',
      contractExternalId: '7001',
      serviceExternalId: '501',
      lineExternalId: '9001',
      before: values(unitsBefore, priceBefore),
      after: values(unitsAfter, priceAfter),
      effectiveOn,
      notBefore: effectiveOn,
      period: { startsOn: effectiveOn, endsOn: effectiveOn, fullDays: 30, isPosted: false },
      impactPerPeriod: money(perPeriod, EUR),
      impact: money(perPeriod.times(2), EUR),
      reason: '',
      rule: 'quantity.sameDay',
      revision: 2,
      contractEndsOn: null,
      charge: null,
    },
  };
}

function taken(steps: StoredStep[], ...ids: string[]) {
  return takenSteps(steps, ({ id }) => ids.includes(id)).map(({ id, step: { before, after, impact } }) => [
    id,
    [before.units, after.units],
    [before.unitPrice?.toNumber(), after.unitPrice?.toNumber()],
    impact.amount.toNumber(),
  ]);
}

describe('takenSteps', () => {
  const more = step('more', '2026-03-10', [5, 8]);
  const fewer = step('fewer', '2026-03-20', [8, 6]);

  it('leaves steps as they are while nothing before them is left out', () => {
    expect(takenSteps([more, fewer], () => true)).toEqual([more, fewer]);
    expect(takenSteps([more, fewer], ({ id }) => id === 'more')).toEqual([more]);
  });

  it('has a step start from what there is without the one before it, and come to its own total', () => {
    expect(taken([more, fewer], 'fewer')).toEqual([['fewer', [5, 6], [10, 10], 20]]);
  });

  it('has a price change nothing but the price of the units that stay', () => {
    const dearer = step('dearer', '2026-04-01', [8, 8], [10, 12]);
    const fewest = step('fewest', '2026-05-01', [8, 4], [12, 12]);
    expect(taken([more, dearer, fewest], 'dearer', 'fewest')).toEqual([
      ['dearer', [5, 5], [10, 12], 20],
      ['fewest', [5, 4], [12, 12], -24],
    ]);
    expect(taken([more, dearer, fewest], 'more', 'fewest')).toEqual([
      ['more', [5, 8], [10, 10], 60],
      ['fewest', [8, 4], [10, 10], -80],
    ]);
  });

  it('drops a step that has nothing left to take back, and leaves other lines alone', () => {
    const back = step('back', '2026-03-20', [8, 5]);
    const other = step('other', '2026-03-20', [8, 6], [10, 10], 'other line');
    expect(taken([more, back, other], 'back', 'other')).toEqual([['other', [8, 6], [10, 10], -40]]);
  });
});
