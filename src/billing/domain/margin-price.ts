import type { Decimal } from 'decimal.js';
import { type CurrencyCode, currencyDigits } from '../../kernel/currency.js';
import { MONEY_ROUNDING, MoneyDecimal } from '../../kernel/money.js';
import type { MarginRule } from './margin-rule.js';

/** What a price is made from, per unit and in one currency. */
export interface PriceBasis {
  /** What the seller pays, before a promotion. */
  list: Decimal;
  /** What Microsoft names as the customer's price, before a promotion; null where it is not known. */
  erp: Decimal | null;
  /** Share of the price that a promotion takes off: 0 none, 0.2 a fifth. */
  promotionShare: Decimal;
}

export type MarginWarning =
  /** The promotion lowers what the rule then takes its discount from. */
  | 'promotion_discounts_twice'
  /** The rule needs an ERP price and there is none: the list price stands in. */
  | 'erp_price_missing'
  /** Two bounds contradict each other; the stronger one counts. */
  | 'limits_contradict'
  /** The customer would pay less than the seller. */
  | 'price_below_cost';

export type MarginLimit = 'erp' | 'list' | 'minUnitPrice' | 'maxUnitPrice';

export interface MarginPrice {
  /** Per unit, rounded once to the decimals of the currency. */
  unitPrice: Decimal;
  /** What the seller pays per unit with the promotion, not rounded. */
  unitCost: Decimal;
  /** The bound that moved the price; null where none did. */
  limitedBy: MarginLimit | null;
  warnings: MarginWarning[];
}

/**
 * The customer's price of one unit. Reckoned exactly and rounded once, half away from zero; totals are products of it, as the PSA reckons
 * them, so that what is shown adds up.
 */
export function marginPrice(rule: MarginRule, basis: PriceBasis, currency: CurrencyCode): MarginPrice {
  const left = new MoneyDecimal(1).minus(basis.promotionShare);
  const isPassedOn = rule.promotions === 'passOn';
  const cost = basis.list.times(left);
  const list = isPassedOn ? cost : basis.list;
  const fullErp = basis.erp ?? basis.list;
  const erp = isPassedOn ? fullErp.times(left) : fullErp;
  const limited = withinLimits(rawPrice(rule, list, erp), rule, list, erp);
  const unitPrice = limited.price.toDecimalPlaces(currencyDigits(currency), MONEY_ROUNDING);
  const warnings: MarginWarning[] = [
    ...(basis.erp === null && needsErp(rule) ? (['erp_price_missing'] as const) : []),
    ...(discountsTwice(rule, basis) ? (['promotion_discounts_twice'] as const) : []),
    ...(limited.isContradictory ? (['limits_contradict'] as const) : []),
    ...(unitPrice.lessThan(cost.toDecimalPlaces(currencyDigits(currency), MONEY_ROUNDING))
      ? (['price_below_cost'] as const)
      : []),
  ];
  return { unitPrice, unitCost: cost, limitedBy: limited.by, warnings };
}

/** Price, cost and what is between them for a number of units; exact. */
export function marginTotals(
  { unitPrice, unitCost }: Pick<MarginPrice, 'unitPrice' | 'unitCost'>,
  quantity: Decimal,
): { price: Decimal; cost: Decimal; margin: Decimal } {
  const price = quantity.times(unitPrice);
  const cost = quantity.times(unitCost);
  return { price, cost, margin: price.minus(cost) };
}

function rawPrice({ method, percent }: MarginRule, list: Decimal, erp: Decimal): Decimal {
  const share = percent.dividedBy(100);
  if (method === 'markupOnList') return list.plus(list.times(share));
  if (method === 'erpMinusDiscount') return erp.minus(erp.times(share));
  return list.plus(erp.minus(list).times(share));
}

/** Bounds from the weakest to the strongest: fixed amounts count before those of the price list, upper before lower. */
function withinLimits(
  raw: Decimal,
  rule: MarginRule,
  list: Decimal,
  erp: Decimal,
): { price: Decimal; by: MarginLimit | null; isContradictory: boolean } {
  const bounds: { by: MarginLimit; isUpper: boolean; bound: Decimal }[] = [
    ...(rule.isNotBelowList ? [{ by: 'list' as const, isUpper: false, bound: list }] : []),
    ...(rule.isNotAboveErp ? [{ by: 'erp' as const, isUpper: true, bound: erp }] : []),
    ...(rule.minUnitPrice === null
      ? []
      : [{ by: 'minUnitPrice' as const, isUpper: false, bound: rule.minUnitPrice }]),
    ...(rule.maxUnitPrice === null
      ? []
      : [{ by: 'maxUnitPrice' as const, isUpper: true, bound: rule.maxUnitPrice }]),
  ];
  let price = raw;
  let by: MarginLimit | null = null;
  for (const limit of bounds) {
    const isOutside = limit.isUpper ? price.greaterThan(limit.bound) : price.lessThan(limit.bound);
    if (!isOutside) continue;
    price = limit.bound;
    by = limit.by;
  }
  const lowest = bounds.filter(({ isUpper }) => !isUpper).map(({ bound }) => bound);
  const highest = bounds.filter(({ isUpper }) => isUpper).map(({ bound }) => bound);
  const isContradictory = lowest.some((low) => highest.some((high) => low.greaterThan(high)));
  return { price, by, isContradictory };
}

function needsErp({ method, isNotAboveErp }: MarginRule): boolean {
  return method !== 'markupOnList' || isNotAboveErp;
}

/** A promotion that is passed on lowers the ERP price too, so a discount on it comes on top (CloudCockpit, from 2026-04-06). */
function discountsTwice(
  { method, percent, promotions }: MarginRule,
  { promotionShare }: PriceBasis,
): boolean {
  const isDiscount =
    method === 'erpMinusDiscount'
      ? percent.greaterThan(0)
      : method === 'splitMargin' && percent.lessThan(100);
  return promotions === 'passOn' && promotionShare.greaterThan(0) && isDiscount;
}
