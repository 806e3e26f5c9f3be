import { money, type MoneyJson, moneyToJson } from '../../kernel/money.js';
import type { PricedSubscription } from '../application/margin-prices.service.js';
import type { MarginLimit, MarginWarning } from '../domain/margin-price.js';
import type { MarginKind, MarginMethod, MarginRule } from '../domain/margin-rule.js';
import type { StoredMarginRule } from '../domain/margin-store.js';

export interface MarginRuleResponse {
  id: string;
  method: MarginMethod;
  percent: string;
  customerId: string | null;
  productId: string | null;
  skuId: string | null;
  kind: MarginKind | null;
  promotions: MarginRule['promotions'];
  notAboveErp: boolean;
  notBelowList: boolean;
  minUnitPrice: string | null;
  maxUnitPrice: string | null;
  updatedAt: string;
  updatedBy: { id: string; name: string };
}

export function toMarginRuleResponse(rule: StoredMarginRule): MarginRuleResponse {
  const { id, method, scope, promotions, isNotAboveErp, isNotBelowList, minUnitPrice, maxUnitPrice } = rule;
  return {
    id,
    method,
    percent: rule.percent.toFixed(),
    ...scope,
    promotions,
    notAboveErp: isNotAboveErp,
    notBelowList: isNotBelowList,
    minUnitPrice: minUnitPrice?.toFixed() ?? null,
    maxUnitPrice: maxUnitPrice?.toFixed() ?? null,
    updatedAt: rule.updatedAt.toISOString(),
    updatedBy: rule.updatedBy,
  };
}

export interface MarginPriceResponse {
  subscriptionId: string;
  customerId: string;
  quantity: number;
  /** As the platform says. */
  unitPrice: MoneyJson;
  unitCost: MoneyJson;
  /** In the internal currency of the PSA; null where it has no rate. */
  internalUnitCost: MoneyJson | null;
  exchangeRate: string | null;
  /** What the rule for it makes; null: no rule is for it. */
  rule: {
    id: string;
    unitPrice: MoneyJson;
    promotionPercent: string;
    limitedBy: MarginLimit | null;
    warnings: MarginWarning[];
  } | null;
  /** For one billing cycle, at the price that counts. */
  totals: { price: MoneyJson; cost: MoneyJson; margin: MoneyJson | null };
}

const PERCENT_DECIMALS = 4;

export function toMarginPriceResponse(priced: PricedSubscription): MarginPriceResponse {
  const { subscription, ruled, totals, internalCost, rate } = priced;
  const { id, customerId, quantity, unitPrice, unitCost } = subscription;
  const currency = (subscription.listPrice ?? unitCost).currency;
  return {
    subscriptionId: id,
    customerId,
    quantity,
    unitPrice: moneyToJson(unitPrice),
    unitCost: moneyToJson(unitCost),
    internalUnitCost: internalCost === null ? null : moneyToJson(internalCost),
    exchangeRate: rate?.toFixed() ?? null,
    rule:
      ruled === null
        ? null
        : {
            id: ruled.rule.id,
            unitPrice: moneyToJson(money(ruled.unitPrice, currency)),
            promotionPercent: ruled.basis.promotionShare
              .times(100)
              .toDecimalPlaces(PERCENT_DECIMALS)
              .toFixed(),
            limitedBy: ruled.limitedBy,
            warnings: ruled.warnings,
          },
    totals: {
      price: moneyToJson(totals.price),
      cost: moneyToJson(totals.cost),
      margin: totals.margin === null ? null : moneyToJson(totals.margin),
    },
  };
}
