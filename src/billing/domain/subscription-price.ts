import type { CurrencyCode } from '../../kernel/currency.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import { type MarginPrice, marginPrice, type PriceBasis } from './margin-price.js';
import { type MarginRule, ruleFor } from './margin-rule.js';

/** The price a margin rule makes for a licence, and by which rule. */
export interface RuledPrice extends MarginPrice {
  rule: MarginRule;
  basis: PriceBasis;
}

/**
 * What the rules make of a subscription; null where none is for it, or it is none of a licence (the price of an Azure plan is what its
 * amounts come to), or its amounts are in another currency.
 */
export function ruledPrice(
  subscription: Pick<
    Subscription,
    'kind' | 'customerId' | 'offer' | 'listPrice' | 'erpPrice' | 'unitCost' | 'promotionId'
  >,
  rules: readonly MarginRule[],
  currency: CurrencyCode,
): RuledPrice | null {
  const { kind, customerId, offer, unitCost, erpPrice, promotionId } = subscription;
  const list = subscription.listPrice ?? unitCost;
  if (kind !== 'license' || list.currency !== currency) return null;
  const rule = ruleFor(rules, {
    customerId,
    productId: offer.productId,
    skuId: offer.skuId,
    kind: 'license',
  });
  if (rule === null) return null;
  const isPromoted =
    promotionId !== null && list.currency === unitCost.currency && list.amount.greaterThan(unitCost.amount);
  const basis = {
    list: list.amount,
    erp: erpPrice?.amount ?? null,
    promotionShare: isPromoted
      ? new MoneyDecimal(1).minus(unitCost.amount.dividedBy(list.amount))
      : new MoneyDecimal(0),
  };
  return { ...marginPrice(rule, basis, currency), rule, basis };
}

/** The subscription at the price its rule makes; as it is where there is none. */
export function atRuledPrice(
  subscription: Subscription,
  rules: readonly MarginRule[],
  currency: CurrencyCode,
): Subscription {
  const priced = ruledPrice(subscription, rules, currency);
  return priced === null ? subscription : { ...subscription, unitPrice: money(priced.unitPrice, currency) };
}
