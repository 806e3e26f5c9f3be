import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsInt,
  IsObject,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { LocalDate } from '../../kernel/local-date.js';
import {
  IsDay,
  IsExternalId,
  IsMoney,
  IsNotNegative,
  IsText,
  MoneyDto,
  toMoney,
} from '../../platform/http/field-rules.js';
import {
  type CompanyWishes,
  type ContractWishes,
  DESCRIPTION_LENGTH,
  NAME_LENGTH,
  NUMBER_LENGTH,
  type ServiceWishes,
} from '../domain/template-records.js';
import { MappedOfferDto, OFFER_RULE, toOfferKey } from './mapping-request.dto.js';

/** Ids that go into a record as they are given; the PSA's own are digits. */
const IsPsaId = (name: string) =>
  Matches(/^\d{1,18}$/, { message: `${name} must be an id of Autotask, in digits` });

class TemplateDto {
  /** Nothing is created unless this is false. */
  @IsOptional()
  @IsBoolean({ message: 'preview must be true or false' })
  preview?: boolean;

  @IsOptional()
  @IsText('name', NAME_LENGTH)
  name?: string;
}

/** Lengths as Autotask keeps them (Autotask REST reference, §7.1). */
export class CreateCompanyDto extends TemplateDto {
  @IsExternalId('customerId')
  customerId!: string;

  @IsOptional()
  @IsText('number', NUMBER_LENGTH)
  number?: string;

  @IsOptional()
  @IsText('phone', 25)
  phone?: string;

  @IsOptional()
  @IsPsaId('ownerId')
  ownerId?: string;

  @IsOptional()
  @IsText('webAddress', 255)
  webAddress?: string;

  @IsOptional()
  @IsText('address1', 128)
  address1?: string;

  @IsOptional()
  @IsText('city', 30)
  city?: string;

  @IsOptional()
  @IsText('state', 40)
  state?: string;

  @IsOptional()
  @IsText('postalCode', 10)
  postalCode?: string;

  @IsOptional()
  @IsPsaId('countryId')
  countryId?: string;
}

export class CreateServiceDto extends TemplateDto {
  @ValidateNested(OFFER_RULE)
  @Type(() => MappedOfferDto)
  @IsObject(OFFER_RULE)
  @IsDefined(OFFER_RULE)
  offer!: MappedOfferDto;

  @IsOptional()
  @IsText('description', DESCRIPTION_LENGTH)
  description?: string;

  @IsOptional()
  @IsText('sku', NUMBER_LENGTH)
  sku?: string;

  @IsOptional()
  @IsPsaId('billingCodeId')
  billingCodeId?: string;

  @IsOptional()
  @IsNotNegative('unitPrice')
  @IsMoney('unitPrice')
  unitPrice?: MoneyDto;

  @IsOptional()
  @IsNotNegative('unitCost')
  @IsMoney('unitCost')
  unitCost?: MoneyDto;
}

/** Longest contract a template makes, in months. */
export const MOST_MONTHS = 120;
const MONTHS_RULE = { message: `months must be a whole number from 1 to ${MOST_MONTHS}` };

export class CreateContractDto extends TemplateDto {
  @IsExternalId('subscriptionId')
  subscriptionId!: string;

  @IsOptional()
  @IsText('number', NUMBER_LENGTH)
  number?: string;

  @IsOptional()
  @IsText('description', DESCRIPTION_LENGTH)
  description?: string;

  @IsOptional()
  @IsDay('startsOn')
  startsOn?: LocalDate;

  @IsOptional()
  @IsDay('endsOn')
  endsOn?: LocalDate;

  @IsOptional()
  @Max(MOST_MONTHS, MONTHS_RULE)
  @Min(1, MONTHS_RULE)
  @IsInt(MONTHS_RULE)
  months?: number;
}

export function toCompanyWishes(body: CreateCompanyDto): CompanyWishes & { customerId: string } {
  const { preview: _, ...wishes } = body;
  return wishes;
}

export function toServiceWishes(body: CreateServiceDto) {
  const { preview: _, offer, unitPrice, unitCost, ...wishes } = body;
  return {
    ...wishes,
    offer: toOfferKey(offer),
    unitPrice: unitPrice == null ? undefined : toMoney(unitPrice),
    unitCost: unitCost == null ? undefined : toMoney(unitCost),
  } satisfies ServiceWishes & { offer: object };
}

export function toContractWishes(body: CreateContractDto): ContractWishes & { subscriptionId: string } {
  const { preview: _, ...wishes } = body;
  return wishes;
}
