import { Body, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { cursorKey, PageQueryDto } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { ChargeRegister } from '../application/charge-register.service.js';
import { CustomerRegister } from '../application/customer-register.service.js';
import { StoreQuery } from '../application/store-query.service.js';
import { SubscriptionRegister } from '../application/subscription-register.service.js';
import { chargeProblems, type RuleProblem, subscriptionProblems } from '../domain/record-rules.js';
import { ChargeNotFoundError, SubscriptionNotFoundError } from '../domain/subscription.errors.js';
import { ID_RULE, isExternalId } from '../../platform/http/field-rules.js';
import {
  ChargeDto,
  CustomerDto,
  SubscriptionDto,
  toCharge,
  toCustomer,
  toSubscription,
} from './record-request.dto.js';
import {
  type ChargeResponse,
  type CustomerResponse,
  type SubscriptionResponse,
  toChargeResponse,
  toCustomerResponse,
  toSubscriptionResponse,
} from './record-response.js';

function demandNone(problems: RuleProblem[]): void {
  if (problems.length > 0) throw new InvalidRequestError(problems);
}

function demandId(id: string): void {
  demandNone(isExternalId(id) ? [] : [{ pointer: '/id', detail: ID_RULE }]);
}

/** Writes to the connector's own store; mounted only where the host supplies no `SubscriptionSource`. */
@ConnectorController('')
export class SubscriptionStoreController {
  constructor(
    private readonly customers: CustomerRegister,
    private readonly subscriptions: SubscriptionRegister,
    private readonly charges: ChargeRegister,
    private readonly query: StoreQuery,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Put('customers/:id')
  @RequiresPermission('subscription:write')
  @AuditedAs(AUDIT_OPERATIONS.putCustomer, 'customer')
  async putCustomer(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: CustomerDto,
    @Res({ passthrough: true }) response: object,
  ): Promise<CustomerResponse> {
    demandId(id);
    const { record, isNew } = await this.customers.put(caller, toCustomer(id, body));
    this.sayWhetherNew(response, isNew);
    return toCustomerResponse(record);
  }

  @Put('subscriptions/:id')
  @RequiresPermission('subscription:write')
  @AuditedAs(AUDIT_OPERATIONS.putSubscription, 'subscription')
  async putSubscription(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: SubscriptionDto,
    @Res({ passthrough: true }) response: object,
  ): Promise<SubscriptionResponse> {
    demandId(id);
    const values = toSubscription(id, body);
    demandNone(subscriptionProblems(values));
    const { record, isNew } = await this.subscriptions.put(caller, values);
    this.sayWhetherNew(response, isNew);
    return toSubscriptionResponse(record);
  }

  @Get('subscriptions/:id/revisions')
  @RequiresPermission('subscription:read')
  async revisions(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<SubscriptionResponse>> {
    if (!isExternalId(id)) throw new SubscriptionNotFoundError();
    const before = cursorKey(query.cursor, [/^\d{1,9}$/])?.[0];
    const page = await this.query.revisions(
      caller,
      id,
      query,
      before === undefined ? undefined : Number(before),
    );
    return { items: page.items.map(toSubscriptionResponse), nextCursor: page.nextCursor };
  }

  @Post('charges')
  @HttpCode(201)
  @RequiresPermission('subscription:write')
  @AuditedAs(AUDIT_OPERATIONS.createCharge, 'charge')
  async createCharge(@Caller() caller: UseCaseContext, @Body() body: ChargeDto): Promise<ChargeResponse> {
    const charge = toCharge(body);
    demandNone(chargeProblems(charge));
    return toChargeResponse((await this.charges.create(caller, charge)).record);
  }

  @Get('charges/:id')
  @RequiresPermission('subscription:read')
  async charge(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<ChargeResponse> {
    if (!isExternalId(id)) throw new ChargeNotFoundError();
    return toChargeResponse(await this.query.charge(caller, id));
  }

  /** 201 for a record that is new, 200 for one that was there; through the adapter, because Express and Fastify differ. */
  private sayWhetherNew(response: object, isNew: boolean): void {
    this.adapterHost.httpAdapter.status(response, isNew ? 201 : 200);
  }
}
