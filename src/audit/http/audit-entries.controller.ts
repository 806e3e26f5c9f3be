import { Readable } from 'node:stream';
import { Get, Query, StreamableFile } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ClientSignal } from '../../platform/http/client-signal.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { cursorKey, INSTANT_PART, PageQueryDto } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { AuditExport, type AuditExportFormat } from '../application/audit-export.service.js';
import { AuditQuery } from '../application/audit-query.service.js';
import type { ChainReport } from '../application/audit-verification.service.js';
import { SharedVerifications } from '../application/shared-verifications.service.js';
import type { AuditCheckpoint } from '../../ports/host/audit-anchor.port.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import { type AuditEntryJson, jsonLines, toJson } from '../domain/audit-export.js';
import { AUDIT_OPERATIONS } from '../domain/audit-operations.js';
import type { AuditFilter } from '../domain/audit-store.js';
import { entriesCsv } from './audit-export.csv.js';
import { AuditFilterDto, AuditListQueryDto } from './audit-list-query.dto.js';

export type AuditEntryResponse = AuditEntryJson;

const FORMATS: Readonly<
  Record<AuditExportFormat, { type: string; write: (pages: AsyncIterable<AuditEntry[]>) => Readable }>
> = {
  csv: { type: 'text/csv; charset=utf-8', write: entriesCsv },
  jsonl: {
    type: 'application/jsonl; charset=utf-8',
    write: (pages) => Readable.from(linesOf(pages), { objectMode: false }),
  },
};

async function* linesOf(pages: AsyncIterable<AuditEntry[]>): AsyncGenerator<string> {
  for await (const page of pages) if (page.length > 0) yield jsonLines(page);
}

/** ISO 8601 also writes weeks and ordinal days, which `Date` does not read. */
function instantOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) {
    throw new InvalidRequestError([
      { pointer: `/${name}`, detail: 'must be an instant such as 2026-03-01T00:00:00Z' },
    ]);
  }
  return instant;
}

function filterOf({ from, to, ...rest }: AuditFilterDto): AuditFilter {
  return { ...rest, from: instantOf('from', from), to: instantOf('to', to) };
}

@ConnectorController('audit-entries')
export class AuditEntriesController {
  constructor(
    private readonly audit: AuditQuery,
    private readonly verifications: SharedVerifications,
    private readonly exports: AuditExport,
  ) {}

  @Get()
  @RequiresPermission('audit:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Query() { limit, cursor, ...filter }: AuditListQueryDto,
  ): Promise<Page<AuditEntryResponse>> {
    const key = cursorKey(cursor, [INSTANT_PART, /^\d{1,18}$/]);
    const before = key === undefined ? undefined : { occurredAt: key[0] ?? '', sequence: key[1] ?? '' };
    const page = await this.audit.list(caller, filterOf(filter), { limit, cursor }, before);
    return { items: page.items.map(toJson), nextCursor: page.nextCursor };
  }

  @Get('verify')
  @RequiresPermission('audit:read')
  verify(@Caller() { actor }: UseCaseContext, @ClientSignal() signal: AbortSignal): Promise<ChainReport> {
    return this.verifications.verify(actor.tenantId, signal);
  }

  @Get('checkpoints')
  @RequiresPermission('audit:read')
  async checkpoints(
    @Caller() caller: UseCaseContext,
    @Query() { limit, cursor }: PageQueryDto,
  ): Promise<Page<AuditCheckpoint>> {
    return this.audit.checkpoints(caller, { limit, cursor }, cursorKey(cursor, [/^\d{1,18}$/])?.[0]);
  }

  @Get('export.csv')
  @RequiresPermission('audit:read')
  @AuditedAs(AUDIT_OPERATIONS.exportAuditLog, 'auditLog')
  exportCsv(
    @Caller() caller: UseCaseContext,
    @Query() query: AuditFilterDto,
    @ClientSignal() signal: AbortSignal,
  ): Promise<StreamableFile> {
    return this.export(caller, 'csv', query, signal);
  }

  @Get('export.jsonl')
  @RequiresPermission('audit:read')
  @AuditedAs(AUDIT_OPERATIONS.exportAuditLog, 'auditLog')
  exportJsonLines(
    @Caller() caller: UseCaseContext,
    @Query() query: AuditFilterDto,
    @ClientSignal() signal: AbortSignal,
  ): Promise<StreamableFile> {
    return this.export(caller, 'jsonl', query, signal);
  }

  private async export(
    caller: UseCaseContext,
    format: AuditExportFormat,
    query: AuditFilterDto,
    signal: AbortSignal,
  ): Promise<StreamableFile> {
    const pages = await this.exports.start(caller, format, filterOf(query), signal);
    const { type, write } = FORMATS[format];
    return new StreamableFile(write(pages), {
      type,
      disposition: `attachment; filename="audit-log.${format}"`,
    });
  }
}
