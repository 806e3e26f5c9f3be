import { describe, expect, it } from 'vitest';
import { contractOfTheYear, plan, state, told } from '../../../test/support/billing/line-plan-case.js';

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
