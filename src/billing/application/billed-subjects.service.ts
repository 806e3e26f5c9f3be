import { Inject, Injectable } from '@nestjs/common';
import { SUBSCRIPTION_SOURCE, type SubscriptionSource } from '../../ports/host/subscription-source.port.js';

/** What people call a subscription and whoever bought it. */
export interface BilledSubject {
  subscriptionName: string;
  customerId: string;
  customerName: string;
}

/** By subscription id; those the host no longer knows are not in it. */
export type BilledSubjects = ReadonlyMap<string, BilledSubject>;

const BATCH = 200;

/** Names for what plans, operations and findings are about. */
@Injectable()
export class SubjectNames {
  constructor(@Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource) {}

  async of(tenantId: string, subscriptionIds: readonly string[]): Promise<BilledSubjects> {
    const ids = [...new Set(subscriptionIds)];
    const subscriptions = await inBatches(ids, (batch) => this.source.findSubscriptions(tenantId, batch));
    const customerIds = [...new Set(subscriptions.map(({ customerId }) => customerId))];
    const customers = await inBatches(customerIds, (batch) =>
      this.source.findBillingAccounts(tenantId, batch),
    );
    const names = new Map(customers.map(({ id, name }) => [id, name]));
    return new Map(
      subscriptions.map(({ id, friendlyName, offer, customerId }) => [
        id,
        {
          subscriptionName: friendlyName ?? offer.name,
          customerId,
          customerName: names.get(customerId) ?? customerId,
        },
      ]),
    );
  }
}

async function inBatches<T>(
  ids: readonly string[],
  read: (batch: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    found.push(...(await read(ids.slice(start, start + BATCH))));
  }
  return found;
}
