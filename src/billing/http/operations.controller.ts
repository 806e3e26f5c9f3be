import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { cursorKey } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { SubjectNames } from '../application/billed-subjects.service.js';
import { Compensation } from '../application/compensation.service.js';
import { Operations } from '../application/operations.service.js';
import { PushControl } from '../application/push-control.service.js';
import type { Operation } from '../domain/operation.js';
import type { PushState } from '../domain/operation-store.js';
import { type OperationResponse, toOperationResponse } from './billing-response.js';
import { OperationQueryDto } from './operation-query.dto.js';

const SEQUENCE_PART = /^\d{1,18}$/;

interface PushesResponse {
  state: 'running' | 'stopped';
  failures: number;
  stoppedAt: string | null;
  reason: string | null;
}

@ConnectorController('')
export class OperationsController {
  constructor(
    private readonly operations: Operations,
    private readonly compensation: Compensation,
    private readonly pushes: PushControl,
    private readonly names: SubjectNames,
  ) {}

  @Get('operations')
  @RequiresPermission('billing:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Query() { limit, cursor, ...filter }: OperationQueryDto,
  ): Promise<Page<OperationResponse>> {
    const before = cursorKey(cursor, [SEQUENCE_PART])?.[0];
    const page = await this.operations.list(caller, filter, { limit }, before);
    const ids = page.items.map(({ subscriptionId }) => subscriptionId);
    const subjects = await this.names.of(caller.actor.tenantId, ids);
    return {
      items: page.items.map((operation) => toOperationResponse(operation, subjects)),
      nextCursor: page.nextCursor,
    };
  }

  @Get('operations/:id')
  @RequiresPermission('billing:read')
  async get(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<OperationResponse> {
    return this.shown(await this.operations.get(caller, id));
  }

  @Post('operations/:id/retry')
  @HttpCode(202)
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.retryOperation, 'operation')
  async retry(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<OperationResponse> {
    return this.shown(await this.operations.retry(caller, id));
  }

  @Post('operations/:id/dismiss')
  @HttpCode(200)
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.dismissOperation, 'operation')
  async dismiss(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<OperationResponse> {
    return this.shown(await this.operations.dismiss(caller, id));
  }

  @Post('operations/:id/compensate')
  @HttpCode(202)
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.compensateOperation, 'operation')
  async compensate(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<OperationResponse> {
    return this.shown(await this.compensation.compensate(caller, id));
  }

  @Post('subscriptions/:id/sync')
  @HttpCode(202)
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.syncSubscription, 'subscription')
  async sync(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
  ): Promise<{ subscriptionId: string; operationIds: string[] }> {
    const operations = await this.operations.syncSubscription(caller, id);
    return { subscriptionId: id, operationIds: operations.map((operation) => operation.id) };
  }

  @Get('connections/:id/pushes')
  @RequiresPermission('billing:read')
  async pushState(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<PushesResponse> {
    return toPushes(await this.pushes.read(caller, id));
  }

  @Post('connections/:id/pushes/resume')
  @HttpCode(200)
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.resumePushes)
  async resume(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<PushesResponse> {
    return toPushes(await this.pushes.resume(caller, id));
  }

  private async shown(operation: Operation): Promise<OperationResponse> {
    const subjects = await this.names.of(operation.tenantId, [operation.subscriptionId]);
    return toOperationResponse(operation, subjects);
  }
}

function toPushes({ failures, stoppedAt, stopReason }: PushState): PushesResponse {
  return {
    state: stoppedAt === null ? 'running' : 'stopped',
    failures,
    stoppedAt: stoppedAt?.toISOString() ?? null,
    reason: stopReason,
  };
}
