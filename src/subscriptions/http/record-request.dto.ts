import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { localDate, type LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import {
  type BillingAccount,
  CHARGE_KINDS,
  type ChargeKind,
  type SourceCharge,
  SUBSCRIPTION_KINDS,
  SUBSCRIPTION_STATUSES,
  type SubscriptionKind,
  type SubscriptionStatus,
} from '../../ports/host/subscription-source.port.js';
import { OfferKeyDto } from '../../platform/http/offer-key.dto.js';
import type { SubscriptionValues } from '../domain/record-values.js';
import {
  IsDay,
  oneOf,
  IsExternalId,
  IsMoney,
  IsNotNegative,
  IsQuantity,
  IsText,
  MayBeNull,
  MoneyDto,
  SharesCurrencyWith,
  toMoney,
} from '../../platform/http/field-rules.js';

const QUANTITY_RULE = { message: 'quantity must be a whole number from 0 to 2147483647' };

/** Body of `PUT /customers/{id}`; an absent member is none, also where one was recorded before. */
export class CustomerDto {
  @IsText('name', 200)
  name!: string;

  @MayBeNull()
  @Matches(/^[^\s/:@]+$/u, { message: 'domain must be a domain name such as contoso.com' })
  @IsText('domain', 253)
  domain?: string | null;

  @MayBeNull()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be an ISO 3166 code of two capitals, such as DE' })
  @IsText('country', 2)
  country?: string | null;
}

export class OfferDto extends OfferKeyDto {
  @IsText('name', 200)
  name!: string;
}

/** Body of `PUT /subscriptions/{id}`; an absent optional member is none. */
export class SubscriptionDto {
  @IsExternalId('customerId')
  customerId!: string;

  @ValidateNested({ message: 'offer must be an object' })
  @Type(() => OfferDto)
  @IsObject({ message: 'offer must be an object' })
  @IsDefined({ message: 'offer must be an object' })
  offer!: OfferDto;

  @IsIn(SUBSCRIPTION_KINDS, oneOf('kind', SUBSCRIPTION_KINDS))
  kind!: SubscriptionKind;

  @Max(2_147_483_647, QUANTITY_RULE)
  @Min(0, QUANTITY_RULE)
  @IsInt(QUANTITY_RULE)
  quantity!: number;

  @IsIn(SUBSCRIPTION_STATUSES, oneOf('status', SUBSCRIPTION_STATUSES))
  status!: SubscriptionStatus;

  @IsDay('startsOn')
  startsOn!: LocalDate;

  @MayBeNull()
  @IsDay('commitmentEndsOn')
  commitmentEndsOn?: LocalDate | null;

  @MayBeNull()
  @IsText('friendlyName', 200)
  friendlyName?: string | null;

  @MayBeNull()
  @IsBoolean({ message: 'autoRenew must be true or false' })
  autoRenew?: boolean | null;

  @MayBeNull()
  @IsText('promotionId', 100)
  promotionId?: string | null;

  @IsNotNegative('unitCost')
  @IsMoney('unitCost')
  unitCost!: MoneyDto;

  @IsNotNegative('unitPrice')
  @IsMoney('unitPrice')
  unitPrice!: MoneyDto;

  @MayBeNull()
  @SharesCurrencyWith('unitPrice')
  @IsNotNegative('listPrice')
  @IsMoney('listPrice')
  listPrice?: MoneyDto | null;

  @MayBeNull()
  @SharesCurrencyWith('unitPrice')
  @IsNotNegative('erpPrice')
  @IsMoney('erpPrice')
  erpPrice?: MoneyDto | null;

  @MayBeNull()
  @IsDay('effectiveOn')
  effectiveOn?: LocalDate | null;
}

export class ServicePeriodDto {
  @IsDay('from')
  from!: LocalDate;

  @IsDay('to')
  to!: LocalDate;
}

const CHARGE_QUANTITY =
  'quantity must be a number or a text such as "12.5", 0 or more, with at most 10 decimals';

/** Body of `POST /charges`. */
export class ChargeDto {
  @IsExternalId('id')
  id!: string;

  @IsExternalId('customerId')
  customerId!: string;

  @MayBeNull()
  @IsExternalId('subscriptionId')
  subscriptionId?: string | null;

  @IsIn(CHARGE_KINDS, oneOf('kind', CHARGE_KINDS))
  kind!: ChargeKind;

  @IsText('description', 500)
  description!: string;

  @ValidateNested({ message: 'servicePeriod must be an object with from and to' })
  @Type(() => ServicePeriodDto)
  @IsObject({ message: 'servicePeriod must be an object with from and to' })
  @IsDefined({ message: 'servicePeriod must be an object with from and to' })
  servicePeriod!: ServicePeriodDto;

  @IsQuantity(CHARGE_QUANTITY)
  quantity!: number | string;

  @IsMoney('unitCost')
  unitCost!: MoneyDto;

  @IsMoney('unitPrice')
  unitPrice!: MoneyDto;
}

export function toCustomer(
  id: string,
  { name, domain, country }: CustomerDto,
): Omit<BillingAccount, 'tenantId'> {
  return { id, name, domain: domain ?? null, country: country ?? null };
}

export function toSubscription(id: string, body: SubscriptionDto): Omit<SubscriptionValues, 'tenantId'> {
  const { productId, skuId, name, segment, term, billingCycle } = body.offer;
  return {
    id,
    customerId: body.customerId,
    offer: { productId, skuId, name, segment, term, billingCycle },
    kind: body.kind,
    quantity: body.quantity,
    status: body.status,
    startsOn: localDate(body.startsOn),
    commitmentEndsOn: body.commitmentEndsOn ?? null,
    friendlyName: body.friendlyName ?? null,
    autoRenew: body.autoRenew ?? null,
    promotionId: body.promotionId ?? null,
    unitCost: toMoney(body.unitCost),
    unitPrice: toMoney(body.unitPrice),
    listPrice: body.listPrice == null ? null : toMoney(body.listPrice),
    erpPrice: body.erpPrice == null ? null : toMoney(body.erpPrice),
    effectiveOn: body.effectiveOn ?? null,
  };
}

export function toCharge(body: ChargeDto): Omit<SourceCharge, 'tenantId'> {
  const { from, to } = body.servicePeriod;
  return {
    id: body.id,
    customerId: body.customerId,
    subscriptionId: body.subscriptionId ?? null,
    kind: body.kind,
    description: body.description,
    servicePeriod: { from, to },
    quantity: new MoneyDecimal(body.quantity),
    unitCost: toMoney(body.unitCost),
    unitPrice: toMoney(body.unitPrice),
  };
}
