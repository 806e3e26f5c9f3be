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
import { CustomerBinding } from '../application/customer-binding.service.js';
import { MappingBook } from '../application/mapping-book.service.js';
import { MappingLists } from '../application/mapping-lists.service.js';
import { MappingSuggestions } from '../application/mapping-suggestions.service.js';
import { CustomerNotFoundError } from '../../subscriptions/domain/subscription.errors.js';
import type { CustomerMappingRow } from '../domain/mapping-rows.js';
import { demandListCursor } from './mapping-cursor.js';
import {
  AcceptCustomersDto,
  type AcceptedCustomerDto,
  MappingListQueryDto,
  PutCustomerMappingDto,
  SuggestionQueryDto,
  toCustomerWish,
} from './mapping-request.dto.js';
import {
  type AcceptanceOutcome,
  bindingWish,
  toAcceptance,
  toCustomerSuggestion,
} from './mapping-response.js';
import { type ImportReport, MappingTransfer } from './mapping-transfer.service.js';

@ConnectorController('connections/:id/customer-mappings')
export class CustomerMappingsController {
  constructor(
    private readonly book: MappingBook,
    private readonly lists: MappingLists,
    private readonly suggestions: MappingSuggestions,
    private readonly transfer: MappingTransfer,
    private readonly binding: CustomerBinding,
  ) {}

  @Get()
  @RequiresPermission('mapping:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { state, search, ...page }: MappingListQueryDto,
  ): Promise<Page<CustomerMappingRow>> {
    demandListCursor(page.cursor);
    return this.lists.customers(await this.book.scope(caller, id), { state, search }, page);
  }

  @Put()
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createCustomerMapping)
  async put(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: PutCustomerMappingDto,
  ): Promise<CustomerMappingRow> {
    await this.book.put(caller, id, this.binding, toCustomerWish(body));
    const row = await this.lists.customer(await this.book.scope(caller, id), body.customerId);
    if (row === null) throw new CustomerNotFoundError();
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
    const found = await this.suggestions.forCustomers(await this.book.scope(caller, id), page, search);
    return { ...found, items: found.items.map(toCustomerSuggestion) };
  }

  @Post('accept')
  @HttpCode(200)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createCustomerMapping)
  async accept(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() { items }: AcceptCustomersDto,
  ): Promise<{ items: (AcceptedCustomerDto & AcceptanceOutcome)[] }> {
    const wishes = items.map(({ customerId, companyId }) => bindingWish(customerId, companyId));
    return toAcceptance(items, await this.book.apply(caller, id, this.binding, wishes));
  }

  @Get('export.csv')
  @RequiresPermission('mapping:read')
  async export(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<StreamableFile> {
    const scope = await this.book.scope(caller, id);
    return this.transfer.export('customer', (page) => this.lists.customers(scope, {}, page));
  }

  @Post('import')
  @HttpCode(200)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createCustomerMapping)
  import(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Req() request: object,
  ): Promise<ImportReport> {
    return this.transfer.import(caller, id, this.binding, request);
  }

  @Delete(':customerId')
  @HttpCode(204)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.deleteCustomerMapping)
  async remove(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('customerId') customerId: string,
  ): Promise<void> {
    await this.book.remove(caller, id, this.binding, { key: customerId });
  }
}
