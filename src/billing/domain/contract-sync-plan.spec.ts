import { describe, expect, it } from 'vitest';
import {
  contractOfTheYear,
  plan,
  SERVICE,
  state,
  told,
} from '../../../test/support/billing/line-plan-case.js';
import { day } from '../../../test/support/billing/vendor-model.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { TargetPolicy } from './dated-targets.js';

describe('planContractSync', () => {
  it('changes units on the day of the change and prorates the impact by days', () => {
    expect(told({ changes: [state(2, '2026-03-10', { quantity: 8 })] })).toEqual({
      steps: [
        {
          kind: 'adjustUnits',
          effectiveOn: '2026-03-10',
          units: [5, 8],
          price: ['10', '10'],
          // 22 of 31 days of March and nine months
          impact: '291.29',
          rule: 'quantity.sameDay',
        },
      ],
      refusals: [],
    });
  });

  it('says whose line, which period and what a full period costs', () => {
    expect(plan({ changes: [state(2, '2026-03-10', { quantity: 8 })] }).steps[0]).toMatchObject({
      identity: 'connection/account/subscription/2026-03-10',
      lineExternalId: '9001',
      period: { startsOn: '2026-03-01', endsOn: '2026-03-31', isPosted: false },
      impactPerPeriod: { amount: new MoneyDecimal(30), currency: 'EUR' },
      reason: 'The quantity changed from 5 to 8 on 2026-03-10.',
    });
  });

  it('merges several changes of one day to the last', () => {
    const changes = [state(2, '2026-03-10', { quantity: 8 }), state(3, '2026-03-10', { quantity: 6 })];
    expect(told({ changes }).steps.map(({ units }) => units)).toEqual([[5, 6]]);
    const undone = [state(2, '2026-03-10', { quantity: 8 }), state(3, '2026-03-10')];
    expect(told({ changes: undone }).steps).toEqual([]);
  });

  it.each<[TargetPolicy['decrease'], string, string]>([
    ['sameDay', '2026-03-10', 'quantity.sameDay'],
    ['nextPeriod', '2026-04-01', 'decrease.nextPeriod'],
  ])('decreases by the policy %s', (decrease, effectiveOn, rule) => {
    const changes = [state(2, '2026-03-10', { quantity: 2 })];
    expect(told({ changes, policy: { decrease } }).steps).toMatchObject([
      { effectiveOn, units: [5, 2], rule },
    ]);
  });

  it('lets an increase replace a decrease that was to count later', () => {
    const changes = [state(2, '2026-03-10', { quantity: 2 }), state(3, '2026-03-15', { quantity: 6 })];
    expect(told({ changes, policy: { decrease: 'nextPeriod' } }).steps).toMatchObject([
      { effectiveOn: '2026-03-15', units: [5, 6] },
    ]);
  });

  it('lets no more units fall away than a decrease that is dated later has left', () => {
    const vendor = contractOfTheYear();
    vendor.adjust(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-04-01'), -2);
    const known = state(2, '2026-03-05', { quantity: 3 });
    const changes = [state(3, '2026-03-10', { status: 'cancelled' })];
    const policy = { decrease: 'nextPeriod' } as const;
    const { steps } = plan({ changes, known, vendor, policy });
    expect(steps).toMatchObject([
      { effectiveOn: '2026-03-10', before: { units: 5 }, after: { units: 2 }, rule: 'cancel.sameDay' },
    ]);
    expect(steps[0]?.reason).toMatch(/2 of them fall away later/);
    // 22 of 31 days of March with three seats less, and nine months without the three that were left.
    expect(steps[0]?.impact.amount.toFixed()).toBe('-291.29');
    for (const step of steps) vendor.apply(step);
    const [line] = vendor.lines;
    const on = (date: string) => (line === undefined ? null : vendor.unitsOn(line, day(date)));
    expect(['2026-03-09', '2026-03-10', '2026-03-31', '2026-04-01', '2026-12-31'].map(on)).toEqual([
      5, 2, 2, 0, 0,
    ]);
  });

  it('takes fewer units than are in force for a decrease, also where they are more than were foreseen', () => {
    const policy = { decrease: 'nextPeriod' } as const;
    const known = state(1, '2026-01-01', { quantity: 10 });
    const eight = state(2, '2026-03-10', { quantity: 8 });
    const nine = state(3, '2026-03-20', { quantity: 9 });
    expect(
      told({ changes: [eight, nine], known, policy, vendor: contractOfTheYear(10) }).steps,
    ).toMatchObject([{ effectiveOn: '2026-04-01', units: [10, 9], rule: 'decrease.nextPeriod' }]);
    const later = contractOfTheYear(10);
    for (const step of plan({ changes: [eight], known, policy, vendor: later }).steps) later.apply(step);
    const { steps } = plan({ changes: [nine], known: eight, policy, vendor: later });
    // The first day of the period has its adjustment already.
    expect(steps).toMatchObject([
      { effectiveOn: '2026-04-02', before: { units: 8 }, after: { units: 9 }, rule: 'date.nextFreeDay' },
    ]);
    expect(
      told({
        changes: [eight, state(3, '2026-03-20', { quantity: 11 })],
        known,
        policy,
        vendor: contractOfTheYear(10),
      }).steps,
    ).toMatchObject([{ effectiveOn: '2026-03-20', units: [10, 11], rule: 'quantity.sameDay' }]);
  });

  it('dates a price at the start of the billing period of the change', () => {
    const changes = [state(2, '2026-03-10', { unitPrice: new MoneyDecimal('12') })];
    expect(told({ changes }).steps).toMatchObject([
      { kind: 'adjustPrice', effectiveOn: '2026-03-01', units: [5, 5], price: ['10', '12'], impact: '100' },
    ]);
  });

  it('dates a price at the next open period when that one is approved and posted', () => {
    const vendor = contractOfTheYear();
    vendor.post(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-04-01'));
    const changes = [state(2, '2026-03-10', { unitPrice: new MoneyDecimal('12') })];
    expect(told({ changes, vendor }).steps).toMatchObject([
      { kind: 'adjustPrice', effectiveOn: '2026-05-01', rule: 'price.nextOpenPeriod' },
    ]);
  });

  it('keeps the day of a quantity in a posted period, because the PSA bills the difference beside it', () => {
    const vendor = contractOfTheYear();
    vendor.post(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-03-01'));
    const { steps } = plan({ changes: [state(2, '2026-03-10', { quantity: 8 })], vendor });
    expect(steps).toMatchObject([{ effectiveOn: '2026-03-10', period: { isPosted: true } }]);
  });

  it.each<[TargetPolicy['cancel'], string]>([
    ['sameDay', '2026-03-10'],
    ['periodEnd', '2026-04-01'],
  ])('brings units to 0 on cancellation, by the policy %s', (cancel, effectiveOn) => {
    const changes = [state(2, '2026-03-10', { status: 'cancelled' })];
    expect(told({ changes, policy: { cancel } }).steps).toMatchObject([
      { effectiveOn, units: [5, 0], rule: `cancel.${cancel}` },
    ]);
  });

  it('bills a subscription that was ordered again', () => {
    const known = state(2, '2026-03-10', { status: 'cancelled' });
    const vendor = contractOfTheYear();
    vendor.adjust(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-03-10'), -5);
    const changes = [state(3, '2026-03-15', { quantity: 4 })];
    expect(told({ changes, known, vendor }).steps).toMatchObject([
      { effectiveOn: '2026-03-15', units: [0, 4] },
    ]);
  });

  it('takes the price of a suspended Azure plan to 0 with the following period, and back', () => {
    const suspended = state(2, '2026-03-10', { status: 'suspended' });
    expect(told({ changes: [suspended], kind: 'azurePlan' })).toMatchObject({
      steps: [
        { kind: 'adjustPrice', effectiveOn: '2026-04-01', price: ['10', '0'], rule: 'azure.followingPeriod' },
      ],
      refusals: [],
    });
    const both = [suspended, state(3, '2026-05-20')];
    expect(told({ changes: both, kind: 'azurePlan' }).steps).toMatchObject([
      { effectiveOn: '2026-04-01', price: ['10', '0'] },
      { effectiveOn: '2026-06-01', price: ['0', '10'] },
    ]);
  });

  it('extends a contract that ends before the renewed term', () => {
    const changes = [
      state(2, '2027-01-01', {
        startsOn: day('2027-01-01'),
        commitmentEndsOn: day('2027-12-31'),
        quantity: 7,
      }),
    ];
    const { steps } = plan({ changes });
    expect(steps).toMatchObject([
      {
        kind: 'extendContract',
        effectiveOn: '2027-01-01',
        contractEndsOn: '2027-12-31',
        rule: 'renew.termStart',
      },
      { kind: 'adjustUnits', effectiveOn: '2027-01-01', before: { units: 5 }, after: { units: 7 } },
    ]);
    expect(steps[0]?.impact.amount.toFixed()).toBe('600');
  });
});
