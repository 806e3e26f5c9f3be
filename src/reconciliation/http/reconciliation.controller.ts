import { Body, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { cursorKey } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { FindingPlans } from '../application/finding-plans.service.js';
import { MonthClosing } from '../application/month-closing.service.js';
import { Reconciliation } from '../application/reconciliation.service.js';
import type { FindingKey } from '../domain/reconciliation-report.js';
import { findingsCsv } from './reconciliation.csv.js';
import {
  PlanFindingsDto,
  ReconciliationCustomersDto,
  ReconciliationFilterDto,
  ReconciliationQueryDto,
} from './reconciliation-query.dto.js';
import {
  type ReportResponse,
  toClosingResponse,
  toCustomersResponse,
  toReportResponse,
} from './reconciliation-response.js';

/** Text without NUL, which the database cannot compare with. */
const TEXT_PART = /^[^\0]*$/;
const AMOUNT_PART = /^\d{1,30}(\.\d{1,30})?$/;

@ConnectorController('connections/:id/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly closing: MonthClosing,
    private readonly plans: FindingPlans,
  ) {}

  @Get()
  @RequiresPermission('reconciliation:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { month, kind, stage, customerId, search, limit, cursor }: ReconciliationQueryDto,
  ): Promise<ReportResponse> {
    const after = cursorKey(cursor, [TEXT_PART, TEXT_PART]) as FindingKey | undefined;
    const filter = { kind, stage, customerId, search };
    return toReportResponse(await this.reconciliation.page(caller, id, month, filter, { limit }, after));
  }

  @Get('customers')
  @RequiresPermission('reconciliation:read')
  async customers(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { month, limit, cursor }: ReconciliationCustomersDto,
  ): Promise<ReturnType<typeof toCustomersResponse>> {
    const after = cursorKey(cursor, [AMOUNT_PART, TEXT_PART]) as [string, string] | undefined;
    const { report, ...page } = await this.reconciliation.customers(caller, id, month, { limit }, after);
    return toCustomersResponse(report, page);
  }

  @Get('export.csv')
  @RequiresPermission('reconciliation:read')
  async export(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { month, ...filter }: ReconciliationFilterDto,
  ): Promise<StreamableFile> {
    const { report, findings } = await this.reconciliation.all(caller, id, month, filter);
    return new StreamableFile(findingsCsv(findings, report.currency), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="reconciliation-${report.month}.csv"`,
    });
  }

  @Post(':month/close')
  @HttpCode(200)
  @RequiresPermission('reconciliation:close')
  @AuditedAs(AUDIT_OPERATIONS.closeMonth)
  async close(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('month') month: string,
  ): Promise<ReturnType<typeof toClosingResponse>> {
    const { report, totals } = await this.closing.close(caller, id, month);
    return toClosingResponse(report, totals);
  }

  @Post(':month/plans')
  @RequiresPermission('billing:approve')
  @AuditedAs(AUDIT_OPERATIONS.createPlan)
  async plan(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('month') month: string,
    @Body() { findingIds }: PlanFindingsDto,
  ): Promise<{ planId: string; steps: number; refusals: string[] }> {
    const plan = await this.plans.create(caller, id, month, findingIds);
    return {
      planId: plan.id,
      steps: plan.steps.length,
      refusals: plan.refusals.map(({ detail }) => detail),
    };
  }
}
