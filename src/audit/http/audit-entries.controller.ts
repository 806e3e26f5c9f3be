import { Get, Query } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { cursorKey } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { Caller } from '../../platform/http/request-context.js';
import { AuditQuery } from '../application/audit-query.service.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import { AuditListQueryDto } from './audit-list-query.dto.js';

/** As an entry travels: `sequence` is a JSON number, which stays exact far beyond any log's length. */
export interface AuditEntryResponse extends Omit<AuditEntry, 'sequence'> {
  sequence: number;
}

function toResponse(entry: AuditEntry): AuditEntryResponse {
  return { ...entry, sequence: Number(entry.sequence) };
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

@ConnectorController('audit-entries')
export class AuditEntriesController {
  constructor(private readonly audit: AuditQuery) {}

  @Get()
  @RequiresPermission('audit:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Query() query: AuditListQueryDto,
  ): Promise<Page<AuditEntryResponse>> {
    const { limit, cursor, from, to, ...rest } = query;
    const filter = { ...rest, from: instantOf('from', from), to: instantOf('to', to) };
    const before = cursorKey(cursor, [/^\d{1,18}$/])?.[0];
    const page = await this.audit.list(caller, filter, { limit, cursor }, before);
    return { items: page.items.map(toResponse), nextCursor: page.nextCursor };
  }
}
