import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { type MoneyJson, moneyToJson } from '../../kernel/money.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { cursorKey, INSTANT_PART, PageQueryDto, UUID_PART } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import {
  type BilledSubject,
  type BilledSubjects,
  SubjectNames,
} from '../application/billed-subjects.service.js';
import { internalCurrencyOf } from '../application/contract-reader.service.js';
import { DriftDecisions } from '../application/drift-decisions.service.js';
import type { DriftCause, DriftFinding, DriftState } from '../domain/drift.js';
import {
  type Currencies,
  type PlanResponse,
  toPlanResponse,
  toSubject,
  toValues,
  type ValuesResponse,
} from './billing-response.js';

const STATES = ['open', 'kept', 'corrected', 'gone'] as const;

export class DriftQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(STATES, { message: `state must be one of ${STATES.join(', ')}` })
  state?: DriftState;
}

interface DriftResponse {
  id: string;
  connectionId: string;
  subscriptionId: string;
  /** Absent where the host no longer knows the subscription. */
  subject?: BilledSubject;
  contractId: string;
  cause: DriftCause;
  expected: ValuesResponse;
  actual: ValuesResponse;
  /** Of one billing period: what is shown, less what is expected. */
  impact: MoneyJson;
  state: DriftState;
  foundAt: string;
  seenAt: string;
  decidedAt: string | null;
  decidedBy: { id: string; name: string } | null;
}

@ConnectorController('')
export class DriftController {
  constructor(
    private readonly drift: DriftDecisions,
    private readonly connections: ConnectionDirectory,
    private readonly names: SubjectNames,
  ) {}

  @Get('connections/:id/drift')
  @RequiresPermission('billing:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: DriftQueryDto,
  ): Promise<Page<DriftResponse>> {
    const before = cursorKey(query.cursor, [INSTANT_PART, UUID_PART]);
    const page = await this.drift.list(caller, id, query.state, query, before);
    const currencies = await this.currencies(caller, id);
    const subjects = await this.subjects(caller, page.items);
    return {
      items: page.items.map((finding) => toResponse(finding, currencies, subjects)),
      nextCursor: page.nextCursor,
    };
  }

  @Post('drift/:id/keep')
  @HttpCode(200)
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.keepDrift, 'drift')
  async keep(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<DriftResponse> {
    const finding = await this.drift.keep(caller, id);
    const currencies = await this.currencies(caller, finding.connectionId);
    return toResponse(finding, currencies, await this.subjects(caller, [finding]));
  }

  @Post('drift/:id/correct')
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.correctDrift, 'drift')
  async correct(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<PlanResponse> {
    const plan = await this.drift.correct(caller, id);
    const ids = plan.steps.map(({ step }) => step);
    const currencies = await this.currencies(caller, plan.connectionId);
    return toPlanResponse(plan, currencies, await this.subjects(caller, ids));
  }

  private subjects(
    { actor }: UseCaseContext,
    about: readonly { subscriptionId: string }[],
  ): Promise<BilledSubjects> {
    return this.names.of(
      actor.tenantId,
      about.map(({ subscriptionId }) => subscriptionId),
    );
  }

  private async currencies(caller: UseCaseContext, connectionId: string): Promise<Currencies> {
    const connection = await this.connections.get(caller, connectionId);
    return { price: connection.currency, cost: internalCurrencyOf(connection) };
  }
}

function toResponse(finding: DriftFinding, currencies: Currencies, subjects: BilledSubjects): DriftResponse {
  const { id, connectionId, subscriptionId, expected, actual, impact, state, decidedBy } = finding;
  return {
    id,
    connectionId,
    subscriptionId,
    ...toSubject(subscriptionId, subjects),
    contractId: finding.contractExternalId,
    cause: finding.cause,
    expected: toValues(expected, currencies),
    actual: toValues(actual, currencies),
    impact: moneyToJson(impact),
    state,
    foundAt: finding.foundAt.toISOString(),
    seenAt: finding.seenAt.toISOString(),
    decidedAt: finding.decidedAt?.toISOString() ?? null,
    decidedBy,
  };
}
