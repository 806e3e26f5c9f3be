import type { Decimal } from 'decimal.js';
import type { ItemKind } from './charge-item.js';

export const MARGIN_METHODS = ['markupOnList', 'erpMinusDiscount', 'splitMargin'] as const;
export type MarginMethod = (typeof MARGIN_METHODS)[number];
export const PROMOTION_POLICIES = ['passOn', 'keep'] as const;
export const MARGIN_KINDS = ['license', 'usage', 'oneTime', 'fee', 'reservation'] as const;
export type MarginKind = (typeof MARGIN_KINDS)[number];

/** What a rule is for; null: whatever it is. */
export interface MarginScope {
  customerId: string | null;
  productId: string | null;
  /** Only together with a product. */
  skuId: string | null;
  kind: MarginKind | null;
}

/** How the customer's price is made. Methods and limits as CloudCockpit's users know them. */
export interface MarginRule {
  id: string;
  scope: MarginScope;
  /** `markupOnList`: list + percent of it; `erpMinusDiscount`: ERP less percent of it; `splitMargin`: list + percent of what lies between. */
  method: MarginMethod;
  percent: Decimal;
  /** Whether the customer gets a promotion of Microsoft's, or the seller keeps what it saves. */
  promotions: (typeof PROMOTION_POLICIES)[number];
  /** Never dearer than the ERP price. */
  isNotAboveErp: boolean;
  /** Never cheaper than the list price. */
  isNotBelowList: boolean;
  /** Per unit, currency of the connection. */
  minUnitPrice: Decimal | null;
  maxUnitPrice: Decimal | null;
}

/** What is priced. */
export interface MarginSubject {
  customerId: string;
  productId: string | null;
  skuId: string | null;
  kind: MarginKind;
}

/**
 * The rule that counts: one for the customer before one for the product, then the sku, then the kind. Two rules of the same scope cannot
 * be (unique index), so their order does not matter.
 */
export function ruleFor(rules: readonly MarginRule[], subject: MarginSubject): MarginRule | null {
  const fitting = rules.filter(({ scope }) => isWithin(scope, subject));
  return fitting.toSorted((left, right) => weightOf(right.scope) - weightOf(left.scope))[0] ?? null;
}

function isWithin(scope: MarginScope, { customerId, productId, skuId, kind }: MarginSubject): boolean {
  return (
    (scope.customerId === null || scope.customerId === customerId) &&
    (scope.productId === null || scope.productId === productId) &&
    (scope.skuId === null || scope.skuId === skuId) &&
    (scope.kind === null || scope.kind === kind)
  );
}

/** Customer before product before sku before kind. */
function weightOf({ customerId, productId, skuId, kind }: MarginScope): number {
  const named = [customerId, productId, skuId, kind].map((part) => (part === null ? 0 : 1));
  const [customer = 0, product = 0, sku = 0, ofKind = 0] = named;
  return customer * 8 + product * 4 + sku * 2 + ofKind;
}

export function marginKindOf(kind: ItemKind): MarginKind | null {
  return kind === 'correction' ? null : kind;
}
