import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { money } from '../../kernel/money.js';
import { changesBetween, nextRevision, type SubscriptionValues } from './record-values.js';

const EUR = currencyCode('EUR');
const TODAY = localDate('2026-11-25');

function values(changes: Partial<SubscriptionValues> = {}): SubscriptionValues {
  return {
    id: 'sub-1',
    tenantId: 'tenant-a',
    customerId: 'contoso',
    offer: {
      productId: 'CFQ7TTC0LH16',
      skuId: '0001',
      name: 'Exchange',
      segment: 'commercial',
      term: 'P1Y',
      billingCycle: 'monthly',
    },
    kind: 'license',
    quantity: 5,
    status: 'active',
    startsOn: localDate('2026-03-15'),
    commitmentEndsOn: null,
    friendlyName: null,
    autoRenew: null,
    promotionId: null,
    unitCost: money('3.2', EUR),
    unitPrice: money('4', EUR),
    listPrice: null,
    erpPrice: null,
    effectiveOn: null,
    ...changes,
  };
}

describe('the next revision of a subscription', () => {
  const first = nextRevision(null, values(), TODAY);

  it('counts from today, or from its first day when that is still to come', () => {
    expect(first).toMatchObject({ revision: 1, effectiveOn: TODAY });
    const later = localDate('2027-01-01');
    expect(nextRevision(null, values({ startsOn: later }), TODAY).effectiveOn).toBe(later);
  });

  it('counts from the day that is given', () => {
    const effectiveOn = localDate('2026-11-01');
    expect(nextRevision(first, values({ quantity: 6, effectiveOn }), TODAY)).toMatchObject({
      revision: 2,
      effectiveOn,
    });
  });

  it('is what is stored when nothing but the day or the zeros of an amount differ', () => {
    const same = values({ unitPrice: money('4.00', EUR), effectiveOn: localDate('2026-12-01') });
    expect(nextRevision(first, same, TODAY)).toBe(first);
  });
});

describe('changes between two records', () => {
  it('name each field that differs, inside offers and amounts too', () => {
    const after = values({
      quantity: 7,
      friendlyName: 'Mail',
      unitPrice: money('4.5', EUR),
      offer: { ...values().offer, billingCycle: 'annual' },
    });
    expect(changesBetween(values(), after)).toEqual([
      { field: 'offer.billingCycle', before: 'monthly', after: 'annual' },
      { field: 'quantity', before: 5, after: 7 },
      { field: 'friendlyName', before: null, after: 'Mail' },
      { field: 'unitPrice.amount', before: '4', after: '4.5' },
    ]);
  });

  it('name what an amount became that was not there', () => {
    expect(changesBetween(values(), values({ listPrice: money('5', EUR) }))).toEqual([
      { field: 'listPrice.amount', before: null, after: '5' },
      { field: 'listPrice.currency', before: null, after: 'EUR' },
    ]);
  });
});
