import { Get, Param, Query } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { Caller } from '../../platform/http/request-context.js';
import { SubscriptionQuery } from '../application/subscription-query.service.js';
import { CustomerNotFoundError, SubscriptionNotFoundError } from '../domain/subscription.errors.js';
import { isExternalId } from '../../platform/http/field-rules.js';
import { ChargeListQueryDto, CustomerListQueryDto, SubscriptionListQueryDto } from './list-query.dto.js';
import {
  type ChargeResponse,
  type CustomerResponse,
  type SubscriptionResponse,
  toChargeResponse,
  toCustomerResponse,
  toSubscriptionResponse,
} from './record-response.js';

function toResponses<T, R>({ items, nextCursor }: Page<T>, toResponse: (item: T) => R): Page<R> {
  return { items: items.map(toResponse), nextCursor };
}

/** What customers are subscribed to, as the `SubscriptionSource` tells it. */
@ConnectorController('')
export class SubscriptionSourceController {
  constructor(private readonly subscriptionQuery: SubscriptionQuery) {}

  @Get('customers')
  @RequiresPermission('subscription:read')
  async customers(
    @Caller() caller: UseCaseContext,
    @Query() { search, ...page }: CustomerListQueryDto,
  ): Promise<Page<CustomerResponse>> {
    return toResponses(await this.subscriptionQuery.customers(caller, page, search), toCustomerResponse);
  }

  @Get('customers/:id')
  @RequiresPermission('subscription:read')
  async customer(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<CustomerResponse> {
    if (!isExternalId(id)) throw new CustomerNotFoundError();
    return toCustomerResponse(await this.subscriptionQuery.customer(caller, id));
  }

  @Get('subscriptions')
  @RequiresPermission('subscription:read')
  async subscriptions(
    @Caller() caller: UseCaseContext,
    @Query() { customerId, ...page }: SubscriptionListQueryDto,
  ): Promise<Page<SubscriptionResponse>> {
    const found = await this.subscriptionQuery.subscriptions(caller, page, customerId);
    return toResponses(found, toSubscriptionResponse);
  }

  @Get('subscriptions/:id')
  @RequiresPermission('subscription:read')
  async subscription(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
  ): Promise<SubscriptionResponse> {
    if (!isExternalId(id)) throw new SubscriptionNotFoundError();
    return toSubscriptionResponse(await this.subscriptionQuery.subscription(caller, id));
  }

  @Get('charges')
  @RequiresPermission('subscription:read')
  async charges(
    @Caller() caller: UseCaseContext,
    @Query() { from, to, ...page }: ChargeListQueryDto,
  ): Promise<Page<ChargeResponse>> {
    return toResponses(await this.subscriptionQuery.charges(caller, { from, to }, page), toChargeResponse);
  }
}
