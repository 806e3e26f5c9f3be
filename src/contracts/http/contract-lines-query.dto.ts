import { IsOptional, Matches, Validate, ValidatorConstraint } from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';

@ValidatorConstraint({ name: 'isDay' })
class IsDay implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isLocalDate(value);
  }

  defaultMessage(): string {
    return '$property must be a day such as 2026-03-31';
  }
}

/** Ids are texts; Postgres cannot compare with NUL. */
const IsExternalId = () =>
  Matches(/^[^\0]{1,50}$/, { message: '$property must be an id of 1 to 50 characters' });

/** Query of `GET /connections/{id}/contract-lines/export.csv`. */
export class ContractLinesFilterDto {
  @IsOptional()
  @Validate(IsDay)
  asOf?: LocalDate;

  @IsOptional()
  @IsExternalId()
  contractId?: string;

  @IsOptional()
  @IsExternalId()
  companyId?: string;
}

/** Query of `GET /connections/{id}/contract-lines`. */
export class ContractLinesQueryDto extends PageQueryDto {
  @IsOptional()
  @Validate(IsDay)
  asOf?: LocalDate;

  @IsOptional()
  @IsExternalId()
  contractId?: string;

  @IsOptional()
  @IsExternalId()
  companyId?: string;
}
