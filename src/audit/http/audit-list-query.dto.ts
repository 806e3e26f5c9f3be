import { Transform } from 'class-transformer';
import { IsIn, IsISO8601, IsOptional, IsUUID, Matches } from 'class-validator';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import type { AuditOutcome } from '../domain/audit-entry.js';

/** An empty filter field of a form means "any". */
const EmptyMeansAny = () => Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));

/** Text to search for; Postgres cannot compare with NUL. */
const IsSearchText = () =>
  Matches(/^[^\0]{1,200}$/, { message: '$property must be a text of 1 to 200 characters' });

/** Adds what the log can be narrowed down by to a query. */
function withAuditFilter<Base extends new (...args: never[]) => object>(base: Base) {
  class WithAuditFilter extends (base as new () => object) {
    @EmptyMeansAny()
    @IsOptional()
    @IsISO8601({ strict: true }, { message: 'from must be an ISO 8601 instant such as 2026-03-01T00:00:00Z' })
    from?: string;

    @EmptyMeansAny()
    @IsOptional()
    @IsISO8601({ strict: true }, { message: 'to must be an ISO 8601 instant such as 2026-04-01T00:00:00Z' })
    to?: string;

    @EmptyMeansAny()
    @IsOptional()
    @IsSearchText()
    operation?: string;

    @EmptyMeansAny()
    @IsOptional()
    @IsIn(['succeeded', 'failed'])
    outcome?: AuditOutcome;

    @EmptyMeansAny()
    @IsOptional()
    @IsSearchText()
    actor?: string;

    @EmptyMeansAny()
    @IsOptional()
    @IsUUID()
    connectionId?: string;

    @EmptyMeansAny()
    @IsOptional()
    @IsSearchText()
    text?: string;
  }
  return WithAuditFilter as unknown as new () => WithAuditFilter & InstanceType<Base>;
}

/** Query of the exports. */
export class AuditFilterDto extends withAuditFilter(Object) {}

/** Query of `GET /audit-entries`. */
export class AuditListQueryDto extends withAuditFilter(PageQueryDto) {}
