import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
} from 'class-validator';
import { oneOf } from '../../platform/http/field-rules.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { type BillingMonth, isBillingMonth } from '../domain/billing-month.js';
import { FINDING_KINDS, FINDING_STAGES, type FindingKind, type FindingStage } from '../domain/finding.js';

/** An empty field of a form means all. */
const EmptyMeansAll = () => Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));

const IsMonth = () =>
  ValidateBy({
    name: 'isMonth',
    validator: { validate: isBillingMonth, defaultMessage: () => 'month must be a month such as 2026-11' },
  });

const IsSomeText = (name: string) =>
  Matches(/^[^\0]{1,200}$/u, { message: `${name} must be a text of 1 to 200 characters` });

/** Query of `GET /connections/{id}/reconciliation/export.csv`. */
export class ReconciliationFilterDto {
  @EmptyMeansAll()
  @IsOptional()
  @IsMonth()
  month?: BillingMonth;

  @EmptyMeansAll()
  @IsOptional()
  @IsIn(FINDING_KINDS, oneOf('kind', FINDING_KINDS))
  kind?: FindingKind;

  @EmptyMeansAll()
  @IsOptional()
  @IsIn(FINDING_STAGES, oneOf('stage', FINDING_STAGES))
  stage?: FindingStage;

  @EmptyMeansAll()
  @IsOptional()
  @IsSomeText('customerId')
  customerId?: string;

  @EmptyMeansAll()
  @IsOptional()
  @IsSomeText('search')
  search?: string;
}

/** Query of `GET /connections/{id}/reconciliation`. */
export class ReconciliationQueryDto extends PageQueryDto {
  @EmptyMeansAll()
  @IsOptional()
  @IsMonth()
  month?: BillingMonth;

  @EmptyMeansAll()
  @IsOptional()
  @IsIn(FINDING_KINDS, oneOf('kind', FINDING_KINDS))
  kind?: FindingKind;

  @EmptyMeansAll()
  @IsOptional()
  @IsIn(FINDING_STAGES, oneOf('stage', FINDING_STAGES))
  stage?: FindingStage;

  @EmptyMeansAll()
  @IsOptional()
  @IsSomeText('customerId')
  customerId?: string;

  @EmptyMeansAll()
  @IsOptional()
  @IsSomeText('search')
  search?: string;
}

/** Query of `GET /connections/{id}/reconciliation/customers`. */
export class ReconciliationCustomersDto extends PageQueryDto {
  @EmptyMeansAll()
  @IsOptional()
  @IsMonth()
  month?: BillingMonth;
}

const MOST_FINDINGS = 50;
const FINDINGS_RULE = `findingIds must be a list of 1 to ${MOST_FINDINGS} ids of findings`;

/** Body of `POST /connections/{id}/reconciliation/{month}/plans`. */
export class PlanFindingsDto {
  @MaxLength(400, { each: true, message: FINDINGS_RULE })
  @IsString({ each: true, message: FINDINGS_RULE })
  @ArrayMaxSize(MOST_FINDINGS, { message: FINDINGS_RULE })
  @ArrayNotEmpty({ message: FINDINGS_RULE })
  @IsArray({ message: FINDINGS_RULE })
  findingIds!: string[];
}
