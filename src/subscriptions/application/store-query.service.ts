import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { SourceCharge, Subscription } from '../../ports/host/subscription-source.port.js';
import { ChargeNotFoundError, SubscriptionNotFoundError } from '../domain/subscription.errors.js';
import { SUBSCRIPTION_STORE, type SubscriptionStore } from '../domain/subscription-store.js';

/** What only the connector's own store can tell. */
@Injectable()
export class StoreQuery {
  constructor(@Inject(SUBSCRIPTION_STORE) private readonly store: SubscriptionStore) {}

  /** Every recorded state of a subscription, newest first. @throws SubscriptionNotFoundError */
  async revisions(
    { actor }: UseCaseContext,
    id: string,
    page: PageRequest,
    before: number | undefined,
  ): Promise<Page<Subscription>> {
    const found = await this.store.readRevisions({ tenantId: actor.tenantId, id }, page, before);
    if (found.items.length === 0 && before === undefined) throw new SubscriptionNotFoundError();
    return found;
  }

  /** @throws ChargeNotFoundError */
  async charge({ actor }: UseCaseContext, id: string): Promise<SourceCharge> {
    const charge = await this.store.findCharge({ tenantId: actor.tenantId, id });
    if (charge === null) throw new ChargeNotFoundError();
    return charge;
  }
}
