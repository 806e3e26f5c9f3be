import { Transform } from 'class-transformer';
import { IsOptional, Matches } from 'class-validator';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';

/** Query of the lists of companies, services and contracts. */
export class MirrorListQueryDto extends PageQueryDto {
  /** An empty field of a form means all; Postgres cannot compare with NUL. */
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsOptional()
  @Matches(/^[^\0]{1,100}$/u, { message: 'search must be a text of 1 to 100 characters' })
  search?: string;
}
