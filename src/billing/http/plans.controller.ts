import { Body, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { cursorKey, INSTANT_PART, PageQueryDto, UUID_PART } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { internalCurrencyOf } from '../application/contract-reader.service.js';
import { SubjectNames } from '../application/billed-subjects.service.js';
import { PlanSteps } from '../application/plan-steps.service.js';
import { Plans } from '../application/plans.service.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import { type PlanResponse, toPlanResponse } from './billing-response.js';
import { ApplyPlanDto, UpdateStepDto } from './plan-request.dto.js';

@ConnectorController('')
export class PlansController {
  constructor(
    private readonly plans: Plans,
    private readonly steps: PlanSteps,
    private readonly connections: ConnectionDirectory,
    private readonly names: SubjectNames,
  ) {}

  @Post('connections/:id/plans')
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.createPlan)
  async create(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<PlanResponse> {
    return this.shown(caller, await this.plans.create(caller, id));
  }

  @Get('connections/:id/plans')
  @RequiresPermission('billing:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<PlanResponse>> {
    const before = cursorKey(query.cursor, [INSTANT_PART, UUID_PART]);
    const page = await this.plans.list(caller, id, query, before);
    const items = await Promise.all(page.items.map((plan) => this.shown(caller, plan)));
    return { items, nextCursor: page.nextCursor };
  }

  @Get('plans/:id')
  @RequiresPermission('billing:read')
  async get(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<PlanResponse> {
    return this.shown(caller, await this.plans.get(caller, id));
  }

  @Patch('plans/:id/steps/:stepId')
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.updatePlan, 'plan')
  async updateStep(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('stepId') stepId: string,
    @Body() { effectiveOn, dismissed, reason }: UpdateStepDto,
  ): Promise<PlanResponse> {
    if (effectiveOn === undefined && dismissed === undefined) {
      throw new InvalidRequestError([
        { pointer: '', detail: 'must name at least one of effectiveOn, dismissed' },
      ]);
    }
    if (dismissed === true && reason === undefined) {
      throw new InvalidRequestError([{ pointer: '/reason', detail: 'must say why the step is dismissed' }]);
    }
    const plan = await this.steps.update(caller, id, stepId, { effectiveOn, dismissed, reason });
    return this.shown(caller, plan);
  }

  @Post('plans/:id/apply')
  @HttpCode(202)
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.approvePlan, 'plan')
  async apply(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: ApplyPlanDto,
  ): Promise<PlanResponse> {
    return this.shown(caller, await this.plans.apply(caller, id, body.stepIds));
  }

  private async shown(caller: UseCaseContext, plan: BillingPlan): Promise<PlanResponse> {
    const connection = await this.connections.get(caller, plan.connectionId);
    const ids = plan.steps.map(({ step }) => step.subscriptionId);
    const subjects = await this.names.of(plan.tenantId, ids);
    const currencies = { price: connection.currency, cost: internalCurrencyOf(connection) };
    return toPlanResponse(plan, currencies, subjects);
  }
}
