import {
  Body,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  type StreamableFile,
} from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { SubscriptionBinding } from '../application/subscription-binding.service.js';
import { MappingBook } from '../application/mapping-book.service.js';
import { MappingLists } from '../application/mapping-lists.service.js';
import { MappingSuggestions } from '../application/mapping-suggestions.service.js';
import { SubscriptionNotFoundError } from '../../subscriptions/domain/subscription.errors.js';
import type { SubscriptionMappingRow } from '../domain/mapping-rows.js';
import { demandListCursor } from './mapping-cursor.js';
import {
  AcceptSubscriptionsDto,
  type AcceptedSubscriptionDto,
  MappingListQueryDto,
  PutSubscriptionMappingDto,
  SuggestionQueryDto,
  toSubscriptionWish,
} from './mapping-request.dto.js';
import {
  type AcceptanceOutcome,
  bindingWish,
  toAcceptance,
  toSubscriptionSuggestion,
} from './mapping-response.js';
import { type ImportReport, MappingTransfer } from './mapping-transfer.service.js';

@ConnectorController('connections/:id/subscription-mappings')
export class SubscriptionMappingsController {
  constructor(
    private readonly book: MappingBook,
    private readonly lists: MappingLists,
    private readonly suggestions: MappingSuggestions,
    private readonly transfer: MappingTransfer,
    private readonly binding: SubscriptionBinding,
  ) {}

  @Get()
  @RequiresPermission('mapping:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { state, search, ...page }: MappingListQueryDto,
  ): Promise<Page<SubscriptionMappingRow>> {
    demandListCursor(page.cursor);
    return this.lists.subscriptions(await this.book.scope(caller, id), { state, search }, page);
  }

  @Put()
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createSubscriptionMapping)
  async put(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: PutSubscriptionMappingDto,
  ): Promise<SubscriptionMappingRow> {
    await this.book.put(caller, id, this.binding, toSubscriptionWish(body));
    const row = await this.lists.subscription(await this.book.scope(caller, id), body.subscriptionId);
    if (row === null) throw new SubscriptionNotFoundError();
    return row;
  }

  @Get('suggestions')
  @RequiresPermission('mapping:read')
  async suggest(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { search, ...page }: SuggestionQueryDto,
  ) {
    demandListCursor(page.cursor);
    const found = await this.suggestions.forSubscriptions(await this.book.scope(caller, id), page, search);
    return { ...found, items: found.items.map(toSubscriptionSuggestion) };
  }

  @Post('accept')
  @HttpCode(200)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createSubscriptionMapping)
  async accept(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() { items }: AcceptSubscriptionsDto,
  ): Promise<{ items: (AcceptedSubscriptionDto & AcceptanceOutcome)[] }> {
    const wishes = items.map(({ subscriptionId, contractId }) => bindingWish(subscriptionId, contractId));
    return toAcceptance(items, await this.book.apply(caller, id, this.binding, wishes));
  }

  @Get('export.csv')
  @RequiresPermission('mapping:read')
  async export(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<StreamableFile> {
    const scope = await this.book.scope(caller, id);
    return this.transfer.export('subscription', (page) => this.lists.subscriptions(scope, {}, page));
  }

  @Post('import')
  @HttpCode(200)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createSubscriptionMapping)
  import(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Req() request: object,
  ): Promise<ImportReport> {
    return this.transfer.import(caller, id, this.binding, request);
  }

  @Delete(':subscriptionId')
  @HttpCode(204)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.deleteSubscriptionMapping)
  async remove(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('subscriptionId') subscriptionId: string,
  ): Promise<void> {
    await this.book.remove(caller, id, this.binding, { key: subscriptionId });
  }
}
