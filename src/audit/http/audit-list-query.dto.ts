import { Transform } from 'class-transformer';
import { IsIn, IsISO8601, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import type { AuditOutcome } from '../domain/audit-entry.js';

/** An empty filter field of a form means "any". */
const EmptyMeansAny = () => Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));

/** Query of `GET /audit-entries`. */
export class AuditListQueryDto extends PageQueryDto {
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
  @IsString()
  @MaxLength(200)
  operation?: string;

  @EmptyMeansAny()
  @IsOptional()
  @IsIn(['succeeded', 'failed'])
  outcome?: AuditOutcome;

  @EmptyMeansAny()
  @IsOptional()
  @IsString()
  @MaxLength(200)
  actor?: string;

  @EmptyMeansAny()
  @IsOptional()
  @IsUUID()
  connectionId?: string;

  @EmptyMeansAny()
  @IsOptional()
  @IsString()
  @MaxLength(200)
  text?: string;
}
