import { Get, Param, Query } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { cursorKey, INSTANT_PART, PageQueryDto, UUID_PART } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { Caller } from '../../platform/http/request-context.js';
import { ImportQuery } from '../application/import-query.service.js';
import type { ImportListKey } from '../domain/import-store.js';
import {
  type ImportedLineResponse,
  type ImportResponse,
  type ImportSummaryResponse,
  type RejectionResponse,
  toLine,
  toRejection,
  toResponse,
  toSummary,
} from './import-response.js';

/** Up to nine digits, as a line number has at most. */
const LINE_PART = /^\d{1,9}$/;

class LinesQueryDto extends PageQueryDto {
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'different must be true or false' })
  different?: boolean;
}

const afterLine = (cursor: string | undefined): number => Number(cursorKey(cursor, [LINE_PART])?.[0] ?? 0);

@ConnectorController('imports')
export class ImportsController {
  constructor(private readonly imports: ImportQuery) {}

  @Get()
  @RequiresPermission('imports:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Query() query: PageQueryDto,
  ): Promise<Page<ImportSummaryResponse>> {
    const before = cursorKey(query.cursor, [INSTANT_PART, UUID_PART]) as ImportListKey | undefined;
    const { items, nextCursor } = await this.imports.list(caller, query, before);
    return { items: items.map(toSummary), nextCursor };
  }

  @Get(':id')
  @RequiresPermission('imports:read')
  async get(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<ImportResponse> {
    const found = await this.imports.get(caller, id);
    return toResponse(found, await this.imports.firstRejections(found));
  }

  @Get(':id/rejections')
  @RequiresPermission('imports:read')
  async rejections(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<RejectionResponse>> {
    const { items, nextCursor } = await this.imports.rejections(caller, id, query, afterLine(query.cursor));
    return { items: items.map(toRejection), nextCursor };
  }

  @Get(':id/lines')
  @RequiresPermission('imports:read')
  async lines(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { limit, cursor, different }: LinesQueryDto,
  ): Promise<Page<ImportedLineResponse>> {
    const wanted = { limit, afterLine: afterLine(cursor), onlyDifferent: different ?? false };
    const { items, nextCursor } = await this.imports.lines(caller, id, wanted);
    return { items: items.map(toLine), nextCursor };
  }
}
