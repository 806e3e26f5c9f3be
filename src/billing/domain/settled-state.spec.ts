import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { money } from '../../kernel/money.js';
import type { BillingCycle, Subscription } from '../../ports/host/subscription-source.port.js';
import type { PlanRefusal } from './plan-step.js';
import { settledState } from './settled-state.js';

const EUR = currencyCode('EUR');

function state(revision: number, quantity: number, price: string, billingCycle: BillingCycle): Subscription {
  return {
    id: 'seats',
    tenantId: 'tenant',
    customerId: 'contoso',
    offer: { productId: 'P', skuId: '1', name: 'Seats', segment: 'commercial', term: 'P1Y', billingCycle },
    kind: 'license',
    quantity,
    status: 'active',
    startsOn: localDate('2026-01-01'),
    commitmentEndsOn: null,
    friendlyName: null,
    autoRenew: null,
    promotionId: null,
    unitCost: money('7', EUR),
    unitPrice: money(price, EUR),
    listPrice: null,
    erpPrice: null,
    effectiveOn: localDate('2026-03-01'),
    revision,
  };
}

const known = state(1, 5, '10', 'monthly');
const changes = [state(2, 6, '11', 'monthly'), state(3, 7, '110', 'annual')].map((subscription) => ({
  subscription,
}));
type Refusal = Pick<PlanRefusal, 'code' | 'written'>;

function settled(refusals: Refusal[]) {
  const found = settledState({ subscriptionId: 'seats', known }, changes, refusals);
  return found === null
    ? null
    : [found.revision, found.quantity, found.unitPrice.amount.toFixed(), found.offer.billingCycle];
}

describe('settledState', () => {
  it('is the newest state where nothing was refused that a person could do anything about', () => {
    expect(settled([])).toEqual([3, 7, '110', 'annual']);
    expect(settled([{ code: 'billing.unsupported' }])).toEqual([3, 7, '110', 'annual']);
  });

  it('is nothing new where a change was refused', () => {
    expect(settled([{ code: 'billing.contract_ended' }])).toBeNull();
  });

  it('keeps the price, and the period it is for, where only that was refused', () => {
    const misfit: Refusal = { code: 'billing.period_mismatch', written: { state: 3, terms: 2 } };
    expect(settled([{ code: 'billing.unsupported' }, misfit])).toEqual([3, 7, '11', 'monthly']);
    expect(settled([{ ...misfit, written: { state: 3, terms: 1 } }])).toEqual([3, 7, '10', 'monthly']);
    expect(settled([misfit, { code: 'billing.contract_ended' }])).toBeNull();
  });

  it('is nothing new where nothing was ever written', () => {
    expect(settled([{ code: 'billing.period_mismatch', written: { state: null, terms: null } }])).toBeNull();
  });
});
