import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Money } from '../../kernel/money.js';
import type { Page, PageRequest } from '../../kernel/page.js';

/** A customer in the host's truth. */
export interface BillingAccount {
  id: string;
  /** The tenant the customer belongs to. */
  tenantId: string;
  name: string;
  domain: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
}

export const TERMS = ['P1M', 'P1Y', 'P3Y'] as const;
export type Term = (typeof TERMS)[number];
export const BILLING_CYCLES = ['monthly', 'annual', 'triennial'] as const;
export type BillingCycle = (typeof BILLING_CYCLES)[number];

/** What identifies an offer: the same product and sku in another segment, term or cycle is another offer. */
export interface OfferKey {
  productId: string;
  skuId: string;
  /** As Microsoft names it, such as `commercial`. */
  segment: string;
  term: Term;
  billingCycle: BillingCycle;
}

export interface Offer extends OfferKey {
  name: string;
}

export const SUBSCRIPTION_KINDS = ['license', 'azurePlan'] as const;
export type SubscriptionKind = (typeof SUBSCRIPTION_KINDS)[number];
export const SUBSCRIPTION_STATUSES = ['active', 'suspended', 'cancelled'] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** What a customer is subscribed to, as it stands from `effectiveOn` on. */
export interface Subscription {
  id: string;
  /** The tenant that bought it. */
  tenantId: string;
  customerId: string;
  offer: Offer;
  kind: SubscriptionKind;
  /** Whole seats, 0 or more. */
  quantity: number;
  status: SubscriptionStatus;
  /** First day of the present term. */
  startsOn: LocalDate;
  /** Last day of the commitment, included; null without one. */
  commitmentEndsOn: LocalDate | null;
  friendlyName: string | null;
  autoRenew: boolean | null;
  promotionId: string | null;
  /** What the CSP pays for a seat and billing cycle. */
  unitCost: Money;
  /** What the customer pays for a seat and billing cycle. */
  unitPrice: Money;
  /** Microsoft's list price and its ERP price, where known. */
  listPrice: Money | null;
  erpPrice: Money | null;
  /** The day from which these values count. */
  effectiveOn: LocalDate;
  /** Rises with every change. */
  revision: number;
}

export const CHARGE_KINDS = ['usage', 'oneTime', 'fee', 'correction'] as const;
export type ChargeKind = (typeof CHARGE_KINDS)[number];

/** An amount beside the seats: usage, a one-off purchase, a fee, or a correction of one of them. */
export interface SourceCharge {
  id: string;
  tenantId: string;
  customerId: string;
  subscriptionId: string | null;
  kind: ChargeKind;
  description: string;
  /** Both days included. */
  servicePeriod: { from: LocalDate; to: LocalDate };
  quantity: Decimal;
  unitCost: Money;
  unitPrice: Money;
}

/** An offer that somebody of a tenant has bought. */
export interface BoughtOffer extends Offer {
  /** Whether it is bought as an Azure plan. */
  isAzurePlan: boolean;
}

/** The host's customers, subscriptions and charges. Only read; every list is in ascending order of id. */
export interface SubscriptionSource {
  /** Customers of the tenant. @param search matches anywhere in name or domain, whatever the case */
  readBillingAccounts(tenantId: string, page: PageRequest, search?: string): Promise<Page<BillingAccount>>;
  findBillingAccounts(tenantId: string, ids: readonly string[]): Promise<BillingAccount[]>;
  /** Subscriptions the tenant bought, cancelled ones included. @param customerId of one customer */
  readSubscriptions(tenantId: string, page: PageRequest, customerId?: string): Promise<Page<Subscription>>;
  findSubscriptions(tenantId: string, ids: readonly string[]): Promise<Subscription[]>;
  /**
   * Optional: every recorded state of these subscriptions, in any order; reconciliation compares a month with them. Of a source that
   * cannot tell, the changes reported while a subscription was mapped are used.
   */
  readSubscriptionHistory?(tenantId: string, ids: readonly string[]): Promise<Subscription[]>;
  /**
   * Optional: every offer the tenant has bought, each once. A source that can tell spares the connector reading all subscriptions
   * whenever offers are listed.
   */
  readOffers?(tenantId: string): Promise<BoughtOffer[]>;
  /** Charges whose service period ends in the days from `from` to `to`, both included. */
  readCharges(
    tenantId: string,
    period: { from: LocalDate; to: LocalDate },
    page: PageRequest,
  ): Promise<Page<SourceCharge>>;
}

/** Token of the `SubscriptionSource`; the connector's own store unless the host gives its own. */
export const SUBSCRIPTION_SOURCE = Symbol('SUBSCRIPTION_SOURCE');
