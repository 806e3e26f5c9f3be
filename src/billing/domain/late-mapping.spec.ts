import { describe, expect, it } from 'vitest';
import {
  contractOfTheYear,
  emptyContract,
  plan,
  SERVICE,
  state,
  told,
} from '../../../test/support/billing/line-plan-case.js';
import { day } from '../../../test/support/billing/vendor-model.js';
import { MoneyDecimal } from '../../kernel/money.js';

describe('a subscription that is included again', () => {
  const six = state(2, '2026-03-10', { quantity: 6 });

  it('keeps the day of a decrease that counts from the next period on', () => {
    const vendor = contractOfTheYear(10);
    const policy = { decrease: 'nextPeriod' } as const;
    const decreased = { known: state(1, '2026-01-01', { quantity: 10 }), changes: [six], policy, vendor };
    for (const step of plan(decreased).steps) vendor.apply(step);
    expect(told({ ...decreased, known: null })).toEqual({ steps: [], refusals: [] });
  });

  it.each([
    ['2026-03-10', 'sameDay', '2026-03-10', 'mapping.difference'],
    ['2026-03-10', 'nextPeriod', '2026-04-01', 'decrease.nextPeriod'],
    ['2026-01-10', 'nextPeriod', '2026-03-01', 'decrease.nextPeriod'],
  ] as const)('has fewer units since %s, by the policy %s, from %s on', (since, decrease, on, rule) => {
    const changes = [state(2, since, { quantity: 6 })];
    const { steps } = told({ known: null, changes, policy: { decrease }, vendor: contractOfTheYear(10) });
    expect(steps).toMatchObject([{ effectiveOn: on, units: [10, 6], rule }]);
  });

  it('is billed until the period of its cancellation ends, where the policy says so', () => {
    const changes = [state(2, '2026-03-10', { status: 'cancelled' })];
    expect(told({ known: null, changes, policy: { cancel: 'periodEnd' } }).steps).toMatchObject([
      { effectiveOn: '2026-04-01', units: [5, 0], rule: 'cancel.periodEnd' },
    ]);
  });

  it('has more units at once', () => {
    const changes = [state(2, '2026-03-10', { quantity: 6 })];
    expect(told({ known: null, changes, policy: { decrease: 'nextPeriod' } }).steps).toMatchObject([
      { effectiveOn: '2026-03-10', units: [5, 6], rule: 'mapping.difference' },
    ]);
  });
});

/** Five seats at 10 since March 10 of a service that is listed at 20. */
function began() {
  const vendor = emptyContract();
  const line = vendor.addLine(SERVICE, 20, 14);
  vendor.adjust(line, day('2026-03-10'), 5, new MoneyDecimal(10), new MoneyDecimal(7));
  return { vendor, line, known: state(1, '2026-03-10') };
}

/** Units, price and cost of days once the backdated change is carried out. */
function carriedOut(changes: Parameters<typeof state>[2]): string[] {
  const { vendor, line, known } = began();
  const { steps } = plan({ vendor, known, changes: [state(2, '2026-03-05', changes)] });
  for (const step of steps) vendor.apply(step);
  return ['2026-03-04', '2026-03-05', '2026-03-11', '2026-04-01'].map((date) => {
    const { units, unitPrice, unitCost } = vendor.valuesOn(line, day(date));
    return [units, unitPrice?.toNumber(), unitCost?.toNumber()].join(' ');
  });
}

describe('units that are dated before the first of their line', () => {
  it('have the price of the line', () => {
    expect(carriedOut({ quantity: 8 })).toEqual(['0 20 14', '8 10 7', '8 10 7', '8 10 7']);
  });

  it('have the price they come with', () => {
    const unitPrice = new MoneyDecimal(12);
    expect(carriedOut({ quantity: 8, unitPrice })).toEqual(['0 20 14', '8 12 7', '8 12 7', '8 12 7']);
  });

  it('bring no price where there are none', () => {
    const unitPrice = new MoneyDecimal(12);
    expect(carriedOut({ unitPrice })).toEqual(['0 20 14', '0 20 14', '5 12 7', '5 12 7']);
  });
});
