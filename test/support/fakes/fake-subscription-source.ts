import { Injectable } from '@nestjs/common';
import {
  type BillingAccount,
  currencyCode,
  localDate,
  money,
  type Page,
  type SourceCharge,
  type Subscription,
  type SubscriptionSource,
} from '../../../src/index.js';

const EUR = currencyCode('EUR');

/** A host's own subscriptions: one customer with one subscription in every tenant; it cannot tell which offers were bought. */
@Injectable()
export class FakeSubscriptionSource implements SubscriptionSource {
  readBillingAccounts(tenantId: string): Promise<Page<BillingAccount>> {
    return page([customerOf(tenantId)]);
  }

  findBillingAccounts(tenantId: string, ids: readonly string[]): Promise<BillingAccount[]> {
    return Promise.resolve([customerOf(tenantId)].filter(({ id }) => ids.includes(id)));
  }

  readSubscriptions(tenantId: string): Promise<Page<Subscription>> {
    return page([subscriptionOf(tenantId)]);
  }

  findSubscriptions(tenantId: string, ids: readonly string[]): Promise<Subscription[]> {
    return Promise.resolve([subscriptionOf(tenantId)].filter(({ id }) => ids.includes(id)));
  }

  readCharges(): Promise<Page<SourceCharge>> {
    return page([]);
  }
}

function page<T>(items: T[]): Promise<Page<T>> {
  return Promise.resolve({ items, nextCursor: null });
}

function customerOf(tenantId: string): BillingAccount {
  return { id: 'hosted', tenantId, name: 'Hosted Ltd', domain: null, country: 'GB' };
}

function subscriptionOf(tenantId: string): Subscription {
  return {
    id: 'hosted-sub',
    tenantId,
    customerId: 'hosted',
    offer: {
      productId: 'own',
      skuId: '1',
      name: 'Own offer',
      segment: 'commercial',
      term: 'P1M',
      billingCycle: 'monthly',
    },
    kind: 'license',
    quantity: 3,
    status: 'active',
    startsOn: localDate('2026-01-01'),
    commitmentEndsOn: null,
    friendlyName: null,
    autoRenew: true,
    promotionId: null,
    unitCost: money('1', EUR),
    unitPrice: money('2', EUR),
    listPrice: null,
    erpPrice: null,
    effectiveOn: localDate('2026-01-01'),
    revision: 1,
  };
}
