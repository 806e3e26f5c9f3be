import { IsBoolean, IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { MoneyDecimal } from '../../kernel/money.js';
import { type CurrencyCode, currencyDigits } from '../../kernel/currency.js';
import { IsExternalId, MayBeNull, oneOf } from '../../platform/http/field-rules.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import {
  MARGIN_KINDS,
  MARGIN_METHODS,
  type MarginKind,
  type MarginMethod,
  type MarginRule,
  PROMOTION_POLICIES,
} from '../domain/margin-rule.js';

const PERCENT_RULE = 'percent must be a text such as "12.5", from 0 to 1000, with at most 6 decimals';
const amountRule = (name: string) =>
  `${name} must be a text such as "12.50", 0 or more, in the connection's currency`;
const AMOUNT = /^\d{1,12}(\.\d{1,4})?$/;
const MayBeAbsent = () => ValidateIf((_, value: unknown) => value !== undefined);

/** Body of `PUT /connections/{id}/margin-rules/{ruleId}`; what is absent is none. */
export class MarginRuleDto {
  @IsIn(MARGIN_METHODS, oneOf('method', MARGIN_METHODS))
  method!: MarginMethod;

  @Matches(/^\d{1,4}(\.\d{1,6})?$/, { message: PERCENT_RULE })
  percent!: string;

  @MayBeNull()
  @IsExternalId('customerId')
  customerId?: string | null;

  @MayBeNull()
  @IsExternalId('productId')
  productId?: string | null;

  @MayBeNull()
  @IsExternalId('skuId')
  skuId?: string | null;

  @IsOptional()
  @IsIn(MARGIN_KINDS, oneOf('kind', MARGIN_KINDS))
  kind?: MarginKind | null;

  @MayBeAbsent()
  @IsIn(PROMOTION_POLICIES, oneOf('promotions', PROMOTION_POLICIES))
  promotions?: MarginRule['promotions'];

  @MayBeAbsent()
  @IsBoolean({ message: 'notAboveErp must be true or false' })
  notAboveErp?: boolean;

  @MayBeAbsent()
  @IsBoolean({ message: 'notBelowList must be true or false' })
  notBelowList?: boolean;

  @MayBeNull()
  @Matches(AMOUNT, { message: amountRule('minUnitPrice') })
  minUnitPrice?: string | null;

  @MayBeNull()
  @Matches(AMOUNT, { message: amountRule('maxUnitPrice') })
  maxUnitPrice?: string | null;
}

/** @throws InvalidRequestError for rules between the fields */
export function toMarginRule(id: string, body: MarginRuleDto, currency: CurrencyCode): MarginRule {
  const rule: MarginRule = {
    id,
    scope: {
      customerId: body.customerId ?? null,
      productId: body.productId ?? null,
      skuId: body.skuId ?? null,
      kind: body.kind ?? null,
    },
    method: body.method,
    percent: new MoneyDecimal(body.percent),
    promotions: body.promotions ?? 'passOn',
    isNotAboveErp: body.notAboveErp ?? false,
    isNotBelowList: body.notBelowList ?? false,
    minUnitPrice: body.minUnitPrice == null ? null : new MoneyDecimal(body.minUnitPrice),
    maxUnitPrice: body.maxUnitPrice == null ? null : new MoneyDecimal(body.maxUnitPrice),
  };
  const problems = problemsOf(rule, currency);
  if (problems.length > 0) throw new InvalidRequestError(problems);
  return rule;
}

function problemsOf(
  { scope, method, percent, minUnitPrice, maxUnitPrice }: MarginRule,
  currency: CurrencyCode,
): { pointer: string; detail: string }[] {
  const digits = currencyDigits(currency);
  const hasDecimals = (amount: MoneyDecimal | null) => amount !== null && amount.decimalPlaces() > digits;
  const decimals = `must have at most ${digits} decimals, as ${currency} has`;
  const isCrossed = minUnitPrice !== null && maxUnitPrice !== null && minUnitPrice.greaterThan(maxUnitPrice);
  const rules: [boolean, string, string][] = [
    [percent.greaterThan(1000), '/percent', 'must not be above 1000'],
    [
      method !== 'markupOnList' && percent.greaterThan(100),
      '/percent',
      `must not be above 100 for ${method}`,
    ],
    [scope.skuId !== null && scope.productId === null, '/skuId', 'needs a productId beside it'],
    [hasDecimals(minUnitPrice), '/minUnitPrice', decimals],
    [hasDecimals(maxUnitPrice), '/maxUnitPrice', decimals],
    [isCrossed, '/minUnitPrice', 'must not be above maxUnitPrice'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, pointer, detail]) => ({ pointer, detail }));
}
