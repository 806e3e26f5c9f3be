import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import {
  type BillingAccount,
  type SourceCharge,
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { CustomerNotFoundError, SubscriptionNotFoundError } from '../domain/subscription.errors.js';

/** What the host's source holds for the caller's tenant; the connector's own store or the host's. */
@Injectable()
export class SubscriptionQuery {
  constructor(@Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource) {}

  customers({ actor }: UseCaseContext, page: PageRequest, search?: string): Promise<Page<BillingAccount>> {
    return this.source.readBillingAccounts(actor.tenantId, page, search);
  }

  /** @throws CustomerNotFoundError */
  async customer({ actor }: UseCaseContext, id: string): Promise<BillingAccount> {
    const [customer] = await this.source.findBillingAccounts(actor.tenantId, [id]);
    if (customer === undefined) throw new CustomerNotFoundError();
    return customer;
  }

  subscriptions(
    { actor }: UseCaseContext,
    page: PageRequest,
    customerId?: string,
  ): Promise<Page<Subscription>> {
    return this.source.readSubscriptions(actor.tenantId, page, customerId);
  }

  /** @throws SubscriptionNotFoundError */
  async subscription({ actor }: UseCaseContext, id: string): Promise<Subscription> {
    const [subscription] = await this.source.findSubscriptions(actor.tenantId, [id]);
    if (subscription === undefined) throw new SubscriptionNotFoundError();
    return subscription;
  }

  charges(
    { actor }: UseCaseContext,
    period: { from: LocalDate; to: LocalDate },
    page: PageRequest,
  ): Promise<Page<SourceCharge>> {
    return this.source.readCharges(actor.tenantId, period, page);
  }
}
