import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsExternalId, IsText, MayBeNull, oneOf } from '../../platform/http/field-rules.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { OfferKeyDto } from '../../platform/http/offer-key.dto.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { MAPPING_STATES, type MappingKeys, type MappingState, type MappingWish } from '../domain/mapping.js';

/** An empty field of a form means "any". */
const EmptyMeansAny = () => Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));

export class MappingListQueryDto extends PageQueryDto {
  @EmptyMeansAny()
  @IsOptional()
  @IsIn(MAPPING_STATES, oneOf('state', MAPPING_STATES))
  state?: MappingState;

  @EmptyMeansAny()
  @IsOptional()
  @Matches(/^[^\0]*$/, { message: 'search must not hold NUL' })
  @MaxLength(200)
  @IsString()
  search?: string;
}

/** Query of `…/suggestions`. */
export class SuggestionQueryDto extends PageQueryDto {
  @EmptyMeansAny()
  @IsOptional()
  @Matches(/^[^\0]*$/, { message: 'search must not hold NUL' })
  @MaxLength(200)
  @IsString()
  search?: string;
}

/** Longest reason of an exclusion. */
export const REASON_LENGTH = 500;

/** The members that keep a subject out of the PSA instead of binding it. */
class ExclusionDto {
  @IsOptional()
  @IsBoolean({ message: 'excluded must be true or false' })
  excluded?: boolean;

  @MayBeNull()
  @IsText('reason', REASON_LENGTH)
  reason?: string | null;
}

export class PutCustomerMappingDto extends ExclusionDto {
  @IsExternalId('customerId')
  customerId!: string;

  @MayBeNull()
  @IsExternalId('companyId')
  companyId?: string | null;
}

/** An offer to map; its name is kept for people, in case nobody has bought it yet. */
export class MappedOfferDto extends OfferKeyDto {
  @IsOptional()
  @IsText('name', 200)
  name?: string;
}

export const OFFER_RULE = { message: 'offer must be an object' };

export class PutOfferMappingDto extends ExclusionDto {
  @ValidateNested(OFFER_RULE)
  @Type(() => MappedOfferDto)
  @IsObject(OFFER_RULE)
  @IsDefined(OFFER_RULE)
  offer!: MappedOfferDto;

  @MayBeNull()
  @IsExternalId('serviceId')
  serviceId?: string | null;
}

export class PutSubscriptionMappingDto extends ExclusionDto {
  @IsExternalId('subscriptionId')
  subscriptionId!: string;

  @MayBeNull()
  @IsExternalId('contractId')
  contractId?: string | null;
}

/** Mappings accepted in one call. */
export const MOST_ACCEPTED = 500;
const ITEMS_RULE = { message: `items must be a list of 1 to ${MOST_ACCEPTED} mappings` };

function AcceptedItems(type: () => new () => object): PropertyDecorator {
  return (target, name) => {
    for (const decorate of [
      ValidateNested({ ...ITEMS_RULE, each: true }),
      // Lists in the list are gone through in search of something to validate, and may hold nothing.
      IsObject({ ...ITEMS_RULE, each: true }),
      Type(type),
      ArrayMaxSize(MOST_ACCEPTED, ITEMS_RULE),
      ArrayMinSize(1, ITEMS_RULE),
      IsArray(ITEMS_RULE),
    ]) {
      decorate(target, name);
    }
  };
}

export class AcceptedCustomerDto {
  @IsExternalId('customerId')
  customerId!: string;

  @IsExternalId('companyId')
  companyId!: string;
}

export class AcceptCustomersDto {
  @AcceptedItems(() => AcceptedCustomerDto)
  items!: AcceptedCustomerDto[];
}

export class AcceptedOfferDto {
  @ValidateNested(OFFER_RULE)
  @Type(() => MappedOfferDto)
  @IsObject(OFFER_RULE)
  @IsDefined(OFFER_RULE)
  offer!: MappedOfferDto;

  @IsExternalId('serviceId')
  serviceId!: string;
}

export class AcceptOffersDto {
  @AcceptedItems(() => AcceptedOfferDto)
  items!: AcceptedOfferDto[];
}

export class AcceptedSubscriptionDto {
  @IsExternalId('subscriptionId')
  subscriptionId!: string;

  @IsExternalId('contractId')
  contractId!: string;
}

export class AcceptSubscriptionsDto {
  @AcceptedItems(() => AcceptedSubscriptionDto)
  items!: AcceptedSubscriptionDto[];
}

function problem(pointer: string, detail: string): InvalidRequestError {
  return new InvalidRequestError([{ pointer, detail }]);
}

/** Binding and exclusion are one or the other. @throws InvalidRequestError */
function toWish<Key>(
  key: Key,
  targetField: string,
  target: string | null | undefined,
  { excluded, reason }: ExclusionDto,
): MappingWish<Key> {
  const isExcluded = excluded === true;
  const targetId = target ?? null;
  if (!isExcluded && targetId === null) {
    throw problem(`/${targetField}`, 'must be the id of the record to bind to, or excluded must be true');
  }
  if (isExcluded && targetId !== null) throw problem('/excluded', `cannot be combined with ${targetField}`);
  if (isExcluded && reason == null) throw problem('/reason', 'must say why it is excluded');
  if (!isExcluded && reason != null)
    throw problem('/reason', 'belongs to an exclusion; excluded must be true');
  return { key, targetId, excludedReason: reason ?? null };
}

export function toCustomerWish(body: PutCustomerMappingDto): MappingWish<string> {
  return toWish(body.customerId, 'companyId', body.companyId, body);
}

export function toOfferKey({ productId, skuId, segment, term, billingCycle, name }: MappedOfferDto) {
  return { productId, skuId, segment, term, billingCycle, name } satisfies MappingKeys['offer'];
}

export function toOfferWish(body: PutOfferMappingDto): MappingWish<MappingKeys['offer']> {
  return toWish(toOfferKey(body.offer), 'serviceId', body.serviceId, body);
}

export function toSubscriptionWish(body: PutSubscriptionMappingDto): MappingWish<string> {
  return toWish(body.subscriptionId, 'contractId', body.contractId, body);
}
