import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { money } from '../../kernel/money.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import { expectedStates } from './seat-states.js';

const EUR = currencyCode('EUR');
const CONTRACT = {
  startsOn: localDate('2026-01-01'),
  endsOn: localDate('2026-12-31'),
  periodType: 'monthly' as const,
};
const SAME_DAY = { decrease: 'sameDay', cancel: 'sameDay' } as const;
const LATER = { decrease: 'nextPeriod', cancel: 'periodEnd' } as const;

function revision(
  number: number,
  on: string,
  change: Partial<Subscription> & { price?: string } = {},
): Subscription {
  const { price = '10', ...rest } = change;
  return {
    id: 'sub',
    tenantId: 'tenant',
    customerId: 'contoso',
    offer: {
      productId: 'p',
      skuId: 's',
      name: 'Exchange',
      segment: 'commercial',
      term: 'P1Y',
      billingCycle: 'monthly',
    },
    kind: 'license',
    quantity: 5,
    status: 'active',
    startsOn: localDate('2026-02-01'),
    commitmentEndsOn: null,
    friendlyName: null,
    autoRenew: null,
    promotionId: null,
    unitCost: money('7', EUR),
    unitPrice: money(price, EUR),
    listPrice: null,
    erpPrice: null,
    effectiveOn: localDate(on),
    revision: number,
    ...rest,
  };
}

const told = (history: Subscription[], policies: Parameters<typeof expectedStates>[2] = SAME_DAY) =>
  expectedStates(history, CONTRACT, policies).map(
    ({ from, units, unitPrice }) => `${from} ${units} at ${unitPrice.amount.toFixed()}`,
  );

describe('expectedStates', () => {
  it('begins with the first state known, from the first day of the term', () => {
    expect(told([revision(1, '2026-03-10')])).toEqual(['2026-02-01 5 at 10']);
  });

  it('takes revisions by their number, and lets a later one replace what was foreseen', () => {
    const history = [
      revision(3, '2026-11-10', { quantity: 7 }),
      revision(1, '2026-02-01'),
      revision(2, '2026-11-20', { quantity: 9 }),
    ];
    expect(told(history)).toEqual(['2026-02-01 5 at 10', '2026-11-10 7 at 10']);
  });

  it.each([
    ['an increase, whatever the policy', 9, 'active', LATER, ['2026-02-01 5 at 10', '2026-11-10 9 at 10']],
    ['a decrease on its day', 3, 'active', SAME_DAY, ['2026-02-01 5 at 10', '2026-11-10 3 at 10']],
    ['a decrease with the next period', 3, 'active', LATER, ['2026-02-01 5 at 10', '2026-12-01 3 at 10']],
    ['a cancellation on its day', 5, 'cancelled', SAME_DAY, ['2026-02-01 5 at 10', '2026-11-10 0 at 10']],
    [
      'a cancellation with the end of the period',
      5,
      'cancelled',
      LATER,
      ['2026-02-01 5 at 10', '2026-12-01 0 at 10'],
    ],
  ] as const)('dates %s', (_, quantity, status, policies, states) => {
    const history = [revision(1, '2026-02-01'), revision(2, '2026-11-10', { quantity, status })];
    expect(told(history, policies)).toEqual(states);
  });

  it('dates a price to the start of its billing period, also where the seats change in the middle of it', () => {
    expect(told([revision(1, '2026-02-01'), revision(2, '2026-11-10', { price: '12' })])).toEqual([
      '2026-02-01 5 at 10',
      '2026-11-01 5 at 12',
    ]);
    expect(
      told([revision(1, '2026-02-01'), revision(2, '2026-11-10', { price: '12', quantity: 8 })]),
    ).toEqual(['2026-02-01 5 at 10', '2026-11-01 5 at 12', '2026-11-10 8 at 12']);
  });

  it('bills suspended licences, and a suspended Azure plan nothing from the following period on', () => {
    expect(told([revision(1, '2026-02-01'), revision(2, '2026-11-10', { status: 'suspended' })])).toEqual([
      '2026-02-01 5 at 10',
    ]);
    const azure = { kind: 'azurePlan' as const, quantity: 1 };
    const history = [
      revision(1, '2026-02-01', azure),
      revision(2, '2026-11-10', { ...azure, status: 'suspended' }),
    ];
    expect(told(history)).toEqual(['2026-02-01 1 at 10', '2026-12-01 1 at 0']);
  });
});
