import type { LocalDate } from '../../kernel/local-date.js';
import { type MoneyJson, moneyToJson } from '../../kernel/money.js';
import type {
  BillingAccount,
  Offer,
  SourceCharge,
  Subscription,
} from '../../ports/host/subscription-source.port.js';

export type CustomerResponse = Omit<BillingAccount, 'tenantId'>;

type Amounts = 'unitCost' | 'unitPrice' | 'listPrice' | 'erpPrice';

export interface SubscriptionResponse extends Omit<Subscription, Amounts | 'tenantId'> {
  offer: Offer;
  unitCost: MoneyJson;
  unitPrice: MoneyJson;
  listPrice: MoneyJson | null;
  erpPrice: MoneyJson | null;
}

export interface ChargeResponse extends Omit<
  SourceCharge,
  'tenantId' | 'quantity' | 'unitCost' | 'unitPrice'
> {
  servicePeriod: { from: LocalDate; to: LocalDate };
  /** Decimal text, because a quantity of usage may have more digits than a JSON number keeps. */
  quantity: string;
  unitCost: MoneyJson;
  unitPrice: MoneyJson;
}

export function toCustomerResponse({ id, name, domain, country }: BillingAccount): CustomerResponse {
  return { id, name, domain, country };
}

export function toSubscriptionResponse(subscription: Subscription): SubscriptionResponse {
  const { tenantId: _, unitCost, unitPrice, listPrice, erpPrice, ...rest } = subscription;
  return {
    ...rest,
    unitCost: moneyToJson(unitCost),
    unitPrice: moneyToJson(unitPrice),
    listPrice: listPrice === null ? null : moneyToJson(listPrice),
    erpPrice: erpPrice === null ? null : moneyToJson(erpPrice),
  };
}

export function toChargeResponse(charge: SourceCharge): ChargeResponse {
  const { tenantId: _, quantity, unitCost, unitPrice, ...rest } = charge;
  return {
    ...rest,
    quantity: quantity.toFixed(),
    unitCost: moneyToJson(unitCost),
    unitPrice: moneyToJson(unitPrice),
  };
}
