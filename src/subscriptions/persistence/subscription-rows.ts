import { currencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { type Money, money, MoneyDecimal } from '../../kernel/money.js';
import type { SourceCharge, Subscription } from '../../ports/host/subscription-source.port.js';
import type { Recording } from '../domain/subscription-store.js';

export const CUSTOMER_COLUMNS = 'id, tenant_id AS "tenantId", name, domain, country';

export const SUBSCRIPTION_COLUMNS = `
  id, tenant_id AS "tenantId", customer_id AS "customerId", product_id AS "productId", sku_id AS "skuId",
  offer_name AS "offerName", segment, term, billing_cycle AS "billingCycle", kind, quantity, status,
  starts_on::text AS "startsOn", commitment_ends_on::text AS "commitmentEndsOn", friendly_name AS "friendlyName",
  auto_renew AS "autoRenew", promotion_id AS "promotionId", currency, cost_currency AS "costCurrency",
  unit_cost AS "unitCost", unit_price AS "unitPrice",
  list_price AS "listPrice", erp_price AS "erpPrice", effective_on::text AS "effectiveOn", revision`;

export const CHARGE_COLUMNS = `
  id, tenant_id AS "tenantId", customer_id AS "customerId", subscription_id AS "subscriptionId", kind, description,
  service_from::text AS "serviceFrom", service_to::text AS "serviceTo", quantity, currency,
  cost_currency AS "costCurrency", unit_cost AS "unitCost", unit_price AS "unitPrice"`;

type Amounts = 'unitCost' | 'unitPrice' | 'listPrice' | 'erpPrice';

export interface SubscriptionRow extends Omit<Subscription, Amounts | 'offer'> {
  productId: string;
  skuId: string;
  offerName: string;
  segment: string;
  term: Subscription['offer']['term'];
  billingCycle: Subscription['offer']['billingCycle'];
  currency: string;
  costCurrency: string | null;
  unitCost: string;
  unitPrice: string;
  listPrice: string | null;
  erpPrice: string | null;
}

export interface ChargeRow extends Omit<
  SourceCharge,
  'servicePeriod' | 'quantity' | 'unitCost' | 'unitPrice'
> {
  serviceFrom: LocalDate;
  serviceTo: LocalDate;
  quantity: string;
  currency: string;
  costCurrency: string | null;
  unitCost: string;
  unitPrice: string;
}

export function fromSubscriptionRow(row: SubscriptionRow): Subscription {
  const { productId, skuId, offerName, segment, term, billingCycle, currency, costCurrency, ...rest } = row;
  const code = currencyCode(currency);
  const amount = (text: string | null): Money | null => (text === null ? null : money(text, code));
  return {
    ...rest,
    offer: { productId, skuId, name: offerName, segment, term, billingCycle },
    unitCost: money(row.unitCost, currencyCode(costCurrency ?? currency)),
    unitPrice: money(row.unitPrice, code),
    listPrice: amount(row.listPrice),
    erpPrice: amount(row.erpPrice),
  };
}

export function fromChargeRow({
  serviceFrom,
  serviceTo,
  currency,
  costCurrency,
  ...row
}: ChargeRow): SourceCharge {
  const code = currencyCode(currency);
  return {
    ...row,
    servicePeriod: { from: serviceFrom, to: serviceTo },
    quantity: new MoneyDecimal(row.quantity),
    unitCost: money(row.unitCost, currencyCode(costCurrency ?? currency)),
    unitPrice: money(row.unitPrice, code),
  };
}

/** Every column of `subscription` by name. */
export function toSubscriptionRow(
  subscription: Subscription,
  { at, by }: Recording,
): Record<string, unknown> {
  const { offer, unitCost, unitPrice, listPrice, erpPrice } = subscription;
  return {
    tenant_id: subscription.tenantId,
    id: subscription.id,
    customer_id: subscription.customerId,
    product_id: offer.productId,
    sku_id: offer.skuId,
    offer_name: offer.name,
    segment: offer.segment,
    term: offer.term,
    billing_cycle: offer.billingCycle,
    kind: subscription.kind,
    quantity: subscription.quantity,
    status: subscription.status,
    starts_on: subscription.startsOn,
    commitment_ends_on: subscription.commitmentEndsOn,
    friendly_name: subscription.friendlyName,
    auto_renew: subscription.autoRenew,
    promotion_id: subscription.promotionId,
    currency: unitPrice.currency,
    cost_currency: unitCost.currency,
    unit_cost: unitCost.amount.toFixed(),
    unit_price: unitPrice.amount.toFixed(),
    list_price: listPrice?.amount.toFixed() ?? null,
    erp_price: erpPrice?.amount.toFixed() ?? null,
    effective_on: subscription.effectiveOn,
    revision: subscription.revision,
    recorded_at: at,
    recorded_by_id: by.id,
    recorded_by_name: by.name,
  };
}

/** Every column of `charge` by name. */
export function toChargeRow(charge: SourceCharge, at: Date): Record<string, unknown> {
  return {
    tenant_id: charge.tenantId,
    id: charge.id,
    customer_id: charge.customerId,
    subscription_id: charge.subscriptionId,
    kind: charge.kind,
    description: charge.description,
    service_from: charge.servicePeriod.from,
    service_to: charge.servicePeriod.to,
    quantity: charge.quantity.toFixed(),
    currency: charge.unitPrice.currency,
    cost_currency: charge.unitCost.currency,
    unit_cost: charge.unitCost.amount.toFixed(),
    unit_price: charge.unitPrice.amount.toFixed(),
    recorded_at: at,
  };
}
