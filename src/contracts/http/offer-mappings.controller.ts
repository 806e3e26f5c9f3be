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
import { OfferBinding } from '../application/offer-binding.service.js';
import { MappingBook } from '../application/mapping-book.service.js';
import { MappingLists } from '../application/mapping-lists.service.js';
import { MappingSuggestions } from '../application/mapping-suggestions.service.js';
import { MappingRefusedError } from '../domain/mapping.errors.js';
import type { OfferMappingRow } from '../domain/mapping-rows.js';
import { demandListCursor } from './mapping-cursor.js';
import {
  AcceptOffersDto,
  type AcceptedOfferDto,
  MappingListQueryDto,
  PutOfferMappingDto,
  toOfferKey,
  SuggestionQueryDto,
  toOfferWish,
} from './mapping-request.dto.js';
import { type AcceptanceOutcome, bindingWish, toAcceptance, toOfferSuggestion } from './mapping-response.js';
import { type ImportReport, MappingTransfer } from './mapping-transfer.service.js';

@ConnectorController('connections/:id/offer-mappings')
export class OfferMappingsController {
  constructor(
    private readonly book: MappingBook,
    private readonly lists: MappingLists,
    private readonly suggestions: MappingSuggestions,
    private readonly transfer: MappingTransfer,
    private readonly binding: OfferBinding,
  ) {}

  @Get()
  @RequiresPermission('mapping:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { state, search, ...page }: MappingListQueryDto,
  ): Promise<Page<OfferMappingRow>> {
    demandListCursor(page.cursor);
    return this.lists.offers(await this.book.scope(caller, id), { state, search }, page);
  }

  @Put()
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createOfferMapping)
  async put(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: PutOfferMappingDto,
  ): Promise<OfferMappingRow> {
    await this.book.put(caller, id, this.binding, toOfferWish(body));
    const row = await this.lists.offer(await this.book.scope(caller, id), toOfferKey(body.offer));
    if (row === null)
      throw new MappingRefusedError('not_found', 'The mapping was removed by somebody else just now.');
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
    const found = await this.suggestions.forOffers(await this.book.scope(caller, id), page, search);
    return { ...found, items: found.items.map(toOfferSuggestion) };
  }

  @Post('accept')
  @HttpCode(200)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createOfferMapping)
  async accept(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() { items }: AcceptOffersDto,
  ): Promise<{ items: (AcceptedOfferDto & AcceptanceOutcome)[] }> {
    const wishes = items.map(({ offer, serviceId }) => bindingWish(toOfferKey(offer), serviceId));
    return toAcceptance(items, await this.book.apply(caller, id, this.binding, wishes));
  }

  @Get('export.csv')
  @RequiresPermission('mapping:read')
  async export(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<StreamableFile> {
    const scope = await this.book.scope(caller, id);
    return this.transfer.export('offer', (page) => this.lists.offers(scope, {}, page));
  }

  @Post('import')
  @HttpCode(200)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createOfferMapping)
  import(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Req() request: object,
  ): Promise<ImportReport> {
    return this.transfer.import(caller, id, this.binding, request);
  }

  @Delete(':mappingId')
  @HttpCode(204)
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.deleteOfferMapping)
  async remove(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('mappingId') mappingId: string,
  ): Promise<void> {
    await this.book.remove(caller, id, this.binding, { mappingId });
  }
}
