import { Transform, Type } from 'class-transformer';
import {
  IsDefined,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { type CurrencyCode, isCurrencyCode } from '../../kernel/currency.js';
import { isLocalDate } from '../../kernel/local-date.js';
import { money, type Money } from '../../kernel/money.js';

type Decorator = (target: object, name: string) => void;

/** Later rules run first in class-validator's list; only the first problem of a field is told. */
function all(...decorators: PropertyDecorator[]): Decorator {
  return (target, name) => decorators.forEach((decorate) => decorate(target, name));
}

const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** Text for people: trimmed, of 1 to `maxLength` characters, without control characters. */
export function IsText(name: string, maxLength: number): Decorator {
  const message = `${name} must be a text of 1 to ${maxLength} characters`;
  return all(
    Trimmed(),
    Matches(/^\P{C}*$/u, { message: `${name} must not hold control characters` }),
    Length(1, maxLength, { message }),
    IsString({ message }),
  );
}

/** Options of a rule that lists what is allowed. */
export const oneOf = (name: string, values: readonly string[]) => ({
  message: `${name} must be one of ${values.join(', ')}`,
});

/** The longest id of a customer, subscription, charge, product or sku; also the longest path parameter Fastify takes by default. */
export const ID_LENGTH = 100;
const ID_FORM = new RegExp(`^[!-~]{1,${ID_LENGTH}}$`);

export function isExternalId(text: unknown): text is string {
  return typeof text === 'string' && ID_FORM.test(text);
}

export const ID_RULE = `must be an id of 1 to ${ID_LENGTH} letters, digits and signs without spaces`;

function rule(name: string, validate: (value: unknown) => boolean, sentence: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => sentence } });
}

export const IsExternalId = (name: string) => rule('isExternalId', isExternalId, `${name} ${ID_RULE}`);

export const IsDay = (name: string) =>
  rule('isDay', isLocalDate, `${name} must be a day in the form YYYY-MM-DD`);

/** Absent and null mean the same: there is no such value. */
export const MayBeNull = () => IsOptional();

const CURRENCY_RULE = 'currency must be an active ISO 4217 code in capitals, such as EUR';
const AMOUNT_RULE =
  'amount must be a text such as "12.50", with at most 12 digits before the point and 10 behind it';

/**
 * An amount for one unit. It may have more decimals than the currency is invoiced with, because usage is priced in fractions of the
 * smallest coin; only totals are rounded (see `src/docs/adr/0003-money.md`).
 */
export class MoneyDto {
  @Matches(/^-?\d{1,12}(\.\d{1,10})?$/, { message: AMOUNT_RULE })
  @IsString({ message: AMOUNT_RULE })
  amount!: string;

  @rule('isCurrency', isCurrencyCode, CURRENCY_RULE)
  currency!: CurrencyCode;
}

const isNotNegative = (value: unknown) =>
  !(value instanceof MoneyDto) || typeof value.amount !== 'string' || !value.amount.startsWith('-');

const isInCurrencyOf = (other: string) =>
  ValidateBy({
    name: 'isInCurrencyOf',
    constraints: [other],
    validator: {
      validate: (value: unknown, context) => {
        const counterpart = (context?.object as Record<string, unknown> | undefined)?.[other];
        return (
          !(value instanceof MoneyDto) ||
          !(counterpart instanceof MoneyDto) ||
          !isCurrencyCode(counterpart.currency) ||
          value.currency === counterpart.currency
        );
      },
      defaultMessage: (context) => `${context?.property} must be in the currency of ${other}`,
    },
  });

/** An amount for one unit that must be there; which signs it may have is the caller's rule. */
export function IsMoney(name: string): Decorator {
  const message = `${name} must be an object with amount and currency`;
  return all(
    ValidateNested({ message }),
    Type(() => MoneyDto),
    IsObject({ message }),
    IsDefined({ message }),
  );
}

/** Amounts that are compared or reckoned with each other share a currency. */
export const SharesCurrencyWith = (other: string) => isInCurrencyOf(other);

export const IsNotNegative = (name: string) =>
  rule('isNotNegative', isNotNegative, `${name} must not be negative`);

export function toMoney({ amount, currency }: MoneyDto): Money {
  return money(amount, currency);
}

/** A quantity that may have decimals; as text it keeps every digit. */
export const IsQuantity = (sentence: string) =>
  rule(
    'isQuantity',
    (value) =>
      (typeof value === 'string' || typeof value === 'number') &&
      /^\d{1,12}(\.\d{1,10})?$/.test(String(value)),
    sentence,
  );
