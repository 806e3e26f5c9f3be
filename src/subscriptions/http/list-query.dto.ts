import { Transform } from 'class-transformer';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { LocalDate } from '../../kernel/local-date.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { IsDay } from '../../platform/http/field-rules.js';

/** An empty field of a form means "any". */
const EmptyMeansAny = () => Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));

export class CustomerListQueryDto extends PageQueryDto {
  @EmptyMeansAny()
  @IsOptional()
  @Matches(/^[^\0]*$/, { message: 'search must not hold NUL' })
  @MaxLength(200)
  @IsString()
  search?: string;
}

export class SubscriptionListQueryDto extends PageQueryDto {
  @EmptyMeansAny()
  @IsOptional()
  @Matches(/^[^\0]*$/, { message: 'customerId must not hold NUL' })
  @MaxLength(200)
  @IsString()
  customerId?: string;
}

/** Days of the end of the service period, both included. */
export class ChargeListQueryDto extends PageQueryDto {
  @IsDay('from')
  from!: LocalDate;

  @IsDay('to')
  to!: LocalDate;
}
