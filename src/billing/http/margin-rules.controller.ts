import { Body, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { ID_RULE, isExternalId } from '../../platform/http/field-rules.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { cursorKey, PageQueryDto } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { MarginPrices } from '../application/margin-prices.service.js';
import { MarginRules } from '../application/margin-rules.service.js';
import { MarginRuleDto, toMarginRule } from './margin-request.dto.js';
import {
  type MarginPriceResponse,
  type MarginRuleResponse,
  toMarginPriceResponse,
  toMarginRuleResponse,
} from './margin-response.js';

@ConnectorController('connections/:id')
export class MarginRulesController {
  constructor(
    private readonly rules: MarginRules,
    private readonly prices: MarginPrices,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Get('margin-rules')
  @RequiresPermission('billing:read')
  async list(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<Page<MarginRuleResponse>> {
    const rules = await this.rules.list(caller, id);
    return { items: rules.map(toMarginRuleResponse), nextCursor: null };
  }

  @Put('margin-rules/:ruleId')
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.putMarginRule)
  async put(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('ruleId') ruleId: string,
    @Body() body: MarginRuleDto,
    @Res({ passthrough: true }) response: object,
  ): Promise<MarginRuleResponse> {
    const { rule, isNew } = await this.rules.put(caller, id, ruleId, (currency) => {
      if (!isExternalId(ruleId)) throw new InvalidRequestError([{ pointer: '/ruleId', detail: ID_RULE }]);
      return toMarginRule(ruleId, body, currency);
    });
    this.adapterHost.httpAdapter.status(response, isNew ? 201 : 200);
    return toMarginRuleResponse(rule);
  }

  @Delete('margin-rules/:ruleId')
  @HttpCode(204)
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.deleteMarginRule)
  async remove(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('ruleId') ruleId: string,
  ): Promise<void> {
    await this.rules.remove(caller, id, ruleId);
  }

  @Get('margin-prices')
  @RequiresPermission('billing:read')
  async listPrices(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<MarginPriceResponse>> {
    const after = cursorKey(query.cursor, [/^[^\0]*$/])?.[0];
    const { items, nextCursor } = await this.prices.page(caller, id, query, after);
    return { items: items.map(toMarginPriceResponse), nextCursor };
  }
}
