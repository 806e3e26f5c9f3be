import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { type CurrencyCode, isCurrencyCode } from '../../kernel/currency.js';
import { Secret } from '../../kernel/secret.js';
import type { PsaCredentials } from '../../ports/psa/psa-adapter.port.js';
import { money } from '../../kernel/money.js';
import {
  APPLY_MODES,
  AZURE_POLICIES,
  CANCEL_POLICIES,
  CHARGE_PLACEHOLDERS,
  CHARGES_POLICIES,
  type ConnectionPolicies,
  DECREASE_POLICIES,
  PRICES_POLICIES,
  RENEWAL_POLICIES,
} from '../domain/connection-policies.js';
import type { NewConnection } from '../application/connection-registration.service.js';

const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

const IsCurrency = () =>
  ValidateBy({
    name: 'isCurrency',
    validator: {
      validate: isCurrencyCode,
      defaultMessage: () => 'currency must be an active ISO 4217 code in capitals, such as EUR',
    },
  });

/** Credentials travel as HTTP headers, so only characters that a header can carry are accepted. */
const HEADER_TEXT = /^[\u0020-\u007E\u00A0-\u00FF]+$/;
const IsHeaderText = (name: string) =>
  Matches(HEADER_TEXT, { message: `${name} must hold only letters, digits and signs of the Latin-1 set` });

const ALIAS_RULE = { message: 'alias must be a text of 1 to 100 characters' };
const IsAlias = () => Length(1, 100, ALIAS_RULE);
const HasNoControlCharacters = () =>
  Matches(/^\P{C}*$/u, { message: 'alias must not hold control characters' });

/** Absent is allowed, null is not: there is nothing to clear. */
const MayBeAbsent = () => ValidateIf((_, value: unknown) => value !== undefined);

export class CredentialsDto {
  @Trimmed()
  @IsHeaderText('username')
  @Length(1, 200, { message: 'username must be a text of 1 to 200 characters' })
  @IsString({ message: 'username must be a text' })
  username!: string;

  @IsHeaderText('secret')
  @Length(1, 500, { message: 'secret must be a text of 1 to 500 characters' })
  @IsString({ message: 'secret must be a text' })
  secret!: string;

  @Trimmed()
  @IsOptional()
  @IsHeaderText('integrationCode')
  @Length(1, 100, { message: 'integrationCode must be a text of 1 to 100 characters' })
  @IsString({ message: 'integrationCode must be a text' })
  integrationCode?: string | null;
}

/** Body of `POST /connections` and `POST /connections/check`. */
export class CreateConnectionDto {
  @Length(1, 50, { message: 'provider must be the name of a PSA, such as autotask' })
  @IsString({ message: 'provider must be the name of a PSA, such as autotask' })
  provider!: string;

  @Trimmed()
  @HasNoControlCharacters()
  @IsAlias()
  @IsString(ALIAS_RULE)
  alias!: string;

  @IsCurrency()
  currency!: CurrencyCode;

  @ValidateNested({ message: 'credentials must be an object with username and secret' })
  @Type(() => CredentialsDto)
  @IsObject({ message: 'credentials must be an object with username and secret' })
  @IsDefined({ message: 'credentials must be an object with username and secret' })
  credentials!: CredentialsDto;
}

class MoneyDto {
  @Matches(/^\d{1,15}(\.\d{1,8})?$/, { message: 'amount must be a decimal number in text, such as "500.00"' })
  amount!: string;

  @IsCurrency()
  currency!: CurrencyCode;
}

/** No control characters; braces only around what a template may name. */
const TEMPLATE = new RegExp(
  String.raw`^(?=.*\S)(?:[^{}\p{C}]|\{(?:${CHARGE_PLACEHOLDERS.join('|')})\})+$`,
  'u',
);
const TEMPLATE_RULE = `chargeDescription must be a text of 1 to 100 characters; in braces it may name ${CHARGE_PLACEHOLDERS.join(', ')}`;

/** How changes reach the PSA; absent leaves a value. */
export class PoliciesDto {
  @MayBeAbsent()
  @IsIn(APPLY_MODES, { message: `applyMode must be one of ${APPLY_MODES.join(', ')}` })
  applyMode?: ConnectionPolicies['applyMode'];

  @MayBeAbsent()
  @IsIn(DECREASE_POLICIES, { message: `decrease must be one of ${DECREASE_POLICIES.join(', ')}` })
  decrease?: ConnectionPolicies['decrease'];

  @MayBeAbsent()
  @IsIn(CANCEL_POLICIES, { message: `cancel must be one of ${CANCEL_POLICIES.join(', ')}` })
  cancel?: ConnectionPolicies['cancel'];

  @MayBeAbsent()
  @IsIn(AZURE_POLICIES, { message: `azure must be one of ${AZURE_POLICIES.join(', ')}` })
  azure?: ConnectionPolicies['azure'];

  @MayBeAbsent()
  @IsIn(CHARGES_POLICIES, { message: `charges must be one of ${CHARGES_POLICIES.join(', ')}` })
  charges?: ConnectionPolicies['charges'];

  @MayBeAbsent()
  @IsIn(PRICES_POLICIES, { message: `prices must be one of ${PRICES_POLICIES.join(', ')}` })
  prices?: ConnectionPolicies['prices'];

  @MayBeAbsent()
  @IsIn(RENEWAL_POLICIES, { message: `renewal must be one of ${RENEWAL_POLICIES.join(', ')}` })
  renewal?: ConnectionPolicies['renewal'];

  /** Null: the first active material code. */
  @IsOptional()
  @Matches(/^[1-9]\d{0,17}$/, { message: 'chargeBillingCodeId must be the id of a billing code of the PSA' })
  chargeBillingCodeId?: string | null;

  /** Null: the amount's own description. */
  @IsOptional()
  @Matches(TEMPLATE, { message: TEMPLATE_RULE })
  @Length(1, 100, { message: TEMPLATE_RULE })
  chargeDescription?: string | null;

  /** Null takes the limit away. */
  @IsOptional()
  @ValidateNested({ message: 'secondApproverAbove must be an amount with its currency' })
  @Type(() => MoneyDto)
  @IsObject({ message: 'secondApproverAbove must be an amount with its currency' })
  secondApproverAbove?: MoneyDto | null;
}

/** Body of `PATCH /connections/{id}`: absent leaves a value; at least one member is needed. */
export class UpdateConnectionDto {
  @Trimmed()
  @MayBeAbsent()
  @HasNoControlCharacters()
  @IsAlias()
  @IsString(ALIAS_RULE)
  alias?: string;

  @MayBeAbsent()
  @IsBoolean({ message: 'enabled must be true or false' })
  enabled?: boolean;

  @MayBeAbsent()
  @ValidateNested({ message: 'policies must be an object' })
  @Type(() => PoliciesDto)
  @IsObject({ message: 'policies must be an object' })
  policies?: PoliciesDto;

  @MayBeAbsent()
  @ValidateNested({ message: 'credentials must be an object with username and secret' })
  @Type(() => CredentialsDto)
  @IsObject({ message: 'credentials must be an object with username and secret' })
  credentials?: CredentialsDto;
}

export function toCredentials({ username, secret, integrationCode }: CredentialsDto): PsaCredentials {
  return {
    username,
    secret: new Secret(secret),
    integrationCode: integrationCode == null ? undefined : new Secret(integrationCode),
  };
}

export function toNewConnection({
  provider,
  alias,
  currency,
  credentials,
}: CreateConnectionDto): NewConnection {
  return { provider, alias, currency, credentials: toCredentials(credentials) };
}

export function toPolicies({
  secondApproverAbove: limit,
  ...policies
}: PoliciesDto): Partial<ConnectionPolicies> {
  if (limit === undefined) return policies;
  const secondApproverAbove = limit === null ? null : money(limit.amount, limit.currency);
  return { ...policies, secondApproverAbove };
}
