// Written by `npm run generate:api` from our OpenAPI document. Do not edit.
import type { ApiClient } from '../api-client.js';

/** Members that may also be given as undefined. */
type Loose<T> = { [K in keyof T]: T[K] | undefined };

/** RFC 9457 problem document; further members depend on the code. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: {
    pointer: string;
    detail: string;
  }[];
  accessReport?: AccessReport;
}

export interface Money {
  /** @pattern ^-?\d+(\.\d+)?$ */
  amount: string;
  /** @pattern ^[A-Z]{3}$ */
  currency: string;
}

export interface OfferKey {
  /** @pattern ^[!-~]{1,100}$ */
  productId: string;
  /** @pattern ^[!-~]{1,100}$ */
  skuId: string;
  /**
   * @minLength 1
   * @maxLength 50
   */
  segment: string;
  term: 'P1M' | 'P1Y' | 'P3Y';
  billingCycle: 'monthly' | 'annual' | 'triennial';
}

export interface Offer {
  /** @pattern ^[!-~]{1,100}$ */
  productId: string;
  /** @pattern ^[!-~]{1,100}$ */
  skuId: string;
  /**
   * @minLength 1
   * @maxLength 50
   */
  segment: string;
  term: 'P1M' | 'P1Y' | 'P3Y';
  billingCycle: 'monthly' | 'annual' | 'triennial';
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string;
}

export interface CustomerValues {
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string;
  /**
   * @minLength 1
   * @maxLength 253
   */
  domain?: string | null;
  /**
   * @minLength 1
   * @maxLength 2
   */
  country?: string | null;
}

export interface Customer {
  /** @pattern ^[!-~]{1,100}$ */
  id: string;
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string;
  /**
   * @minLength 1
   * @maxLength 253
   */
  domain: string | null;
  /**
   * @minLength 1
   * @maxLength 2
   */
  country: string | null;
}

export interface SubscriptionValues {
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  offer: Offer;
  kind: 'license' | 'azurePlan';
  /** @min 0 */
  quantity: number;
  status: 'active' | 'suspended' | 'cancelled';
  /** @format date */
  startsOn: string;
  /** @format date */
  commitmentEndsOn?: string | null;
  /**
   * @minLength 1
   * @maxLength 200
   */
  friendlyName?: string | null;
  autoRenew?: boolean | null;
  /**
   * @minLength 1
   * @maxLength 100
   */
  promotionId?: string | null;
  unitCost: Money;
  unitPrice: Money;
  listPrice?: Money | null;
  erpPrice?: Money | null;
  /** @format date */
  effectiveOn?: string | null;
}

export interface Subscription {
  /** @pattern ^[!-~]{1,100}$ */
  id: string;
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  offer: Offer;
  kind: 'license' | 'azurePlan';
  /** @min 0 */
  quantity: number;
  status: 'active' | 'suspended' | 'cancelled';
  /** @format date */
  startsOn: string;
  /** @format date */
  commitmentEndsOn: string | null;
  /**
   * @minLength 1
   * @maxLength 200
   */
  friendlyName: string | null;
  autoRenew: boolean | null;
  /**
   * @minLength 1
   * @maxLength 100
   */
  promotionId: string | null;
  unitCost: Money;
  unitPrice: Money;
  listPrice: Money | null;
  erpPrice: Money | null;
  /** @format date */
  effectiveOn: string;
  /** @min 1 */
  revision: number;
}

export interface NewCharge {
  /** @pattern ^[!-~]{1,100}$ */
  id: string;
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  subscriptionId?: string | null;
  kind: 'usage' | 'oneTime' | 'fee' | 'correction';
  /**
   * @minLength 1
   * @maxLength 500
   */
  description: string;
  servicePeriod: {
    /** @format date */
    from: string;
    /** @format date */
    to: string;
  };
  unitCost: Money;
  unitPrice: Money;
  quantity: string | number;
}

export interface Charge {
  /** @pattern ^[!-~]{1,100}$ */
  id: string;
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  subscriptionId: string | null;
  kind: 'usage' | 'oneTime' | 'fee' | 'correction';
  /**
   * @minLength 1
   * @maxLength 500
   */
  description: string;
  servicePeriod: {
    /** @format date */
    from: string;
    /** @format date */
    to: string;
  };
  unitCost: Money;
  unitPrice: Money;
  /** @pattern ^\d+(\.\d+)?$ */
  quantity: string;
}

export interface Capabilities {
  billing: boolean;
  crm: boolean;
  helpdesk: boolean;
}

export interface AccessReport {
  outcome: 'passed' | 'failed';
  /** @format date-time */
  checkedAt: string;
  capabilities: Capabilities;
  checks: AccessCheck[];
  excess: {
    entity: string;
    verb: 'query' | 'create' | 'update' | 'delete';
  }[];
}

export interface AccessCheck {
  id: string;
  title: string;
  outcome: 'passed' | 'failed' | 'unknown' | 'skipped';
  detail: string;
  remedy?: string;
  capability?: 'billing' | 'crm' | 'helpdesk';
  entity?: string;
  verb?: 'query' | 'create' | 'update' | 'delete';
  found?: string;
}

export interface Credentials {
  /**
   * @minLength 1
   * @maxLength 200
   */
  username: string;
  /**
   * @minLength 1
   * @maxLength 500
   */
  secret: string;
  /**
   * @minLength 1
   * @maxLength 100
   */
  integrationCode?: string | null;
}

export interface NewConnection {
  provider: 'autotask';
  /**
   * @minLength 1
   * @maxLength 100
   */
  alias: string;
  /** @pattern ^[A-Z]{3}$ */
  currency: string;
  credentials: Credentials;
}

export interface Policies {
  applyMode: 'automatic' | 'approval';
  decrease: 'sameDay' | 'nextPeriod';
  cancel: 'sameDay' | 'periodEnd';
  azure: 'charge' | 'priceReset';
  charges: 'itemised' | 'bundled';
  prices: 'platform' | 'marginRules';
  renewal: 'extend' | 'nextContract';
  /** @pattern ^[1-9]\d{0,17}$ */
  chargeBillingCodeId?: string;
  /**
   * @minLength 1
   * @maxLength 100
   */
  chargeDescription?: string;
  secondApproverAbove?: Money;
}

export interface PoliciesChange {
  applyMode?: 'automatic' | 'approval';
  decrease?: 'sameDay' | 'nextPeriod';
  cancel?: 'sameDay' | 'periodEnd';
  azure?: 'charge' | 'priceReset';
  charges?: 'itemised' | 'bundled';
  prices?: 'platform' | 'marginRules';
  renewal?: 'extend' | 'nextContract';
  chargeBillingCodeId?: string | null;
  chargeDescription?: string | null;
  secondApproverAbove?: Money | null;
}

export interface ConnectionChange {
  /**
   * @minLength 1
   * @maxLength 100
   */
  alias?: string;
  enabled?: boolean;
  credentials?: Credentials;
  policies?: PoliciesChange;
}

export interface Connection {
  /** @format uuid */
  id: string;
  provider: string;
  alias: string;
  /** @pattern ^[A-Z]{3}$ */
  currency: string;
  state: 'active' | 'attention' | 'disabled';
  username: string;
  instance: {
    id: string;
    zoneName: string;
    apiUrl: string;
    webUrl: string;
  };
  capabilities: Capabilities;
  accessReport: AccessReport;
  policies: Policies;
  /** @format date-time */
  createdAt: string;
  createdBy: ActorName;
}

export interface Company {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  currency: string | null;
  parentExternalId: string | null;
  webAddress: string | null;
}

export interface Service {
  externalId: string;
  name: string;
  description: string | null;
  sku: string | null;
  periodType: 'one_time' | 'monthly' | 'quarterly' | 'semi_annual' | 'yearly' | 'unknown';
  isActive: boolean;
  unitPrice: Money | null;
  unitCost: Money | null;
}

export interface Contract {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  periodType: 'one_time' | 'monthly' | 'quarterly' | 'semi_annual' | 'yearly' | 'unknown';
  /** @format date */
  startsOn: string;
  /** @format date */
  endsOn: string;
  company: {
    externalId: string;
    name: string;
  };
  services: ContractService[];
}

export interface ContractService {
  externalId: string;
  serviceId: string;
  name: string;
  description: string | null;
  units: number;
  unitPrice: Money | null;
  unitCost: Money | null;
}

/** What people call a subscription and whoever bought it */
export interface BilledSubject {
  subscriptionName: string;
  customerId: string;
  customerName: string;
}

export interface LineValues {
  /** @min 0 */
  units: number;
  unitPrice: Money | null;
  unitCost: Money | null;
}

export interface PlanStep {
  /** @format uuid */
  id: string;
  kind: 'addService' | 'adjustUnits' | 'adjustPrice' | 'createCharge' | 'updateCharge' | 'extendContract';
  identity: string;
  subscriptionId: string;
  /** What people call a subscription and whoever bought it */
  subject?: BilledSubject;
  contractId: string;
  contractServiceId?: string;
  serviceId: string;
  before: LineValues;
  after: LineValues;
  /** @format date */
  effectiveOn: string;
  period: {
    /** @format date */
    start: string;
    /** @format date */
    end: string;
    posted: boolean;
  };
  impactPerPeriod: Money;
  impact: Money;
  reason: string;
  rule: string;
  /** @format date */
  contractEndsOn?: string;
  charge?: {
    id: string;
    name: string;
    description?: string;
    quantity: string;
    unitPrice: Money;
    unitCost: Money;
    conversion?: {
      from: Money;
      rate: string;
    };
    replaces?: {
      chargeId: string;
      price: Money;
      cost: Money;
    };
  };
  amounts?: {
    key: string;
    price: Money;
    cost: Money;
  }[];
  dismissed: boolean;
  dismissedReason?: string;
}

export interface BillingPlan {
  /** @format uuid */
  id: string;
  /** @format uuid */
  connectionId: string;
  state: 'draft' | 'approved' | 'applied' | 'stale';
  /** @format date-time */
  createdAt: string;
  createdBy: {
    id: string;
    name: string;
  };
  approvals: {
    id: string;
    name: string;
  }[];
  steps: PlanStep[];
  refusals: {
    code: string;
    subscriptionId: string;
    contractId: string;
    detail: string;
  }[];
  total: Money;
}

export interface Operation {
  /** @format uuid */
  id: string;
  /** @format uuid */
  connectionId: string;
  /** @format uuid */
  planId?: string;
  /** @format uuid */
  stepId?: string;
  /** @format uuid */
  compensates?: string;
  subscriptionId: string;
  /** What people call a subscription and whoever bought it */
  subject?: BilledSubject;
  contractId: string;
  kind: 'addService' | 'adjustUnits' | 'adjustPrice' | 'createCharge' | 'updateCharge' | 'extendContract';
  state: 'pending' | 'sending' | 'verifying' | 'applied' | 'failed' | 'dismissed';
  /** @format date */
  effectiveOn: string;
  /** @min 0 */
  unitsBefore: number;
  /** @min 0 */
  unitsAfter: number;
  impact: Money;
  reason: string;
  rule: string;
  /** @min 0 */
  attempts: number;
  lastError?: {
    code: string;
    detail: string;
  };
  externalId?: string;
  /** @format date-time */
  createdAt: string;
  /** @format date-time */
  updatedAt: string;
}

export interface Pushes {
  state: 'running' | 'stopped';
  /** @min 0 */
  failures: number;
  /** @format date-time */
  stoppedAt: string | null;
  reason: string | null;
}

export interface DriftFinding {
  /** @format uuid */
  id: string;
  /** @format uuid */
  connectionId: string;
  subscriptionId: string;
  /** What people call a subscription and whoever bought it */
  subject?: BilledSubject;
  contractId: string;
  cause: 'changed' | 'left';
  expected: LineValues;
  actual: LineValues;
  impact: Money;
  state: 'open' | 'kept' | 'corrected' | 'gone';
  /** @format date-time */
  foundAt: string;
  /** @format date-time */
  seenAt: string;
  /** @format date-time */
  decidedAt: string | null;
  decidedBy: {
    id: string;
    name: string;
  } | null;
}

export interface MarginRuleValues {
  method: 'markupOnList' | 'erpMinusDiscount' | 'splitMargin';
  /** @pattern ^\d{1,4}(\.\d{1,6})?$ */
  percent: string;
  customerId?: string | null;
  productId?: string | null;
  skuId?: string | null;
  kind?: 'license' | 'usage' | 'oneTime' | 'fee' | 'reservation' | null;
  promotions?: 'passOn' | 'keep';
  notAboveErp?: boolean;
  notBelowList?: boolean;
  minUnitPrice?: string | null;
  maxUnitPrice?: string | null;
}

export interface MarginRule {
  id: string;
  method: 'markupOnList' | 'erpMinusDiscount' | 'splitMargin';
  /** @pattern ^\d{1,4}(\.\d{1,6})?$ */
  percent: string;
  customerId: string | null;
  productId: string | null;
  skuId: string | null;
  kind: 'license' | 'usage' | 'oneTime' | 'fee' | 'reservation' | null;
  promotions: 'passOn' | 'keep';
  notAboveErp: boolean;
  notBelowList: boolean;
  minUnitPrice: string | null;
  maxUnitPrice: string | null;
  /** @format date-time */
  updatedAt: string;
  updatedBy: {
    id: string;
    name: string;
  };
}

export interface MarginPrice {
  subscriptionId: string;
  customerId: string;
  /** @min 0 */
  quantity: number;
  unitPrice: Money;
  unitCost: Money;
  internalUnitCost: Money | null;
  exchangeRate: string | null;
  rule: {
    id: string;
    unitPrice: Money;
    promotionPercent: string;
    limitedBy: 'erp' | 'list' | 'minUnitPrice' | 'maxUnitPrice' | null;
    warnings: (
      'promotion_discounts_twice' | 'erp_price_missing' | 'limits_contradict' | 'price_below_cost'
    )[];
  } | null;
  totals: {
    price: Money;
    cost: Money;
    margin: Money | null;
  };
}

export interface CustomerMappingInput {
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  /** @pattern ^[!-~]{1,100}$ */
  companyId?: string | null;
  excluded?: boolean;
  /**
   * @minLength 1
   * @maxLength 500
   */
  reason?: string | null;
}

export interface CustomerMapping {
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  customerName: string;
  /** @pattern ^[!-~]{1,100}$ */
  companyId: string | null;
  companyName: string | null;
  state: 'mapped' | 'unmapped' | 'excluded';
  /**
   * @minLength 1
   * @maxLength 500
   */
  reason: string | null;
}

export interface CustomerSuggestion {
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  customerName: string;
  /** @pattern ^[!-~]{1,100}$ */
  companyId: string;
  companyName: string;
  /**
   * @min 0
   * @max 1
   */
  score: number;
  reasons: ('number' | 'domain' | 'sku' | 'service' | 'name' | 'only')[];
  alternatives: {
    /** @pattern ^[!-~]{1,100}$ */
    companyId: string;
    companyName: string;
    /**
     * @min 0
     * @max 1
     */
    score: number;
    reasons: ('number' | 'domain' | 'sku' | 'service' | 'name' | 'only')[];
  }[];
}

export interface CustomerAcceptance {
  /**
   * @maxItems 500
   * @minItems 1
   */
  items: {
    /** @pattern ^[!-~]{1,100}$ */
    customerId: string;
    /** @pattern ^[!-~]{1,100}$ */
    companyId: string;
  }[];
}

export interface CustomerAcceptanceResult {
  items: {
    /** @pattern ^[!-~]{1,100}$ */
    customerId: string;
    /** @pattern ^[!-~]{1,100}$ */
    companyId: string;
    outcome: 'accepted' | 'unchanged' | 'refused';
    code: string | null;
    detail: string | null;
  }[];
}

export interface OfferMappingInput {
  offer: OfferToMap;
  /** @pattern ^[!-~]{1,100}$ */
  serviceId?: string | null;
  excluded?: boolean;
  /**
   * @minLength 1
   * @maxLength 500
   */
  reason?: string | null;
}

export interface OfferMapping {
  offer: Offer;
  mappingId: string | null;
  /** @pattern ^[!-~]{1,100}$ */
  serviceId: string | null;
  serviceName: string | null;
  state: 'mapped' | 'unmapped' | 'excluded';
  /**
   * @minLength 1
   * @maxLength 500
   */
  reason: string | null;
}

export interface OfferSuggestion {
  offer: Offer;
  /** @pattern ^[!-~]{1,100}$ */
  serviceId: string;
  serviceName: string;
  /**
   * @min 0
   * @max 1
   */
  score: number;
  reasons: ('number' | 'domain' | 'sku' | 'service' | 'name' | 'only')[];
  alternatives: {
    /** @pattern ^[!-~]{1,100}$ */
    serviceId: string;
    serviceName: string;
    /**
     * @min 0
     * @max 1
     */
    score: number;
    reasons: ('number' | 'domain' | 'sku' | 'service' | 'name' | 'only')[];
  }[];
}

export interface OfferAcceptance {
  /**
   * @maxItems 500
   * @minItems 1
   */
  items: {
    offer: OfferToMap;
    /** @pattern ^[!-~]{1,100}$ */
    serviceId: string;
  }[];
}

export interface OfferAcceptanceResult {
  items: {
    offer: OfferToMap;
    /** @pattern ^[!-~]{1,100}$ */
    serviceId: string;
    outcome: 'accepted' | 'unchanged' | 'refused';
    code: string | null;
    detail: string | null;
  }[];
}

export interface SubscriptionMappingInput {
  /** @pattern ^[!-~]{1,100}$ */
  subscriptionId: string;
  /** @pattern ^[!-~]{1,100}$ */
  contractId?: string | null;
  excluded?: boolean;
  /**
   * @minLength 1
   * @maxLength 500
   */
  reason?: string | null;
}

export interface SubscriptionMapping {
  /** @pattern ^[!-~]{1,100}$ */
  subscriptionId: string;
  subscriptionName: string;
  customerId: string | null;
  customerName: string | null;
  offer: Offer | null;
  syncState: 'synced' | 'outOfSync' | null;
  /** @pattern ^[!-~]{1,100}$ */
  contractId: string | null;
  contractName: string | null;
  state: 'mapped' | 'unmapped' | 'excluded';
  /**
   * @minLength 1
   * @maxLength 500
   */
  reason: string | null;
}

export interface SubscriptionSuggestion {
  /** @pattern ^[!-~]{1,100}$ */
  subscriptionId: string;
  subscriptionName: string;
  customerId: string | null;
  customerName: string | null;
  /** @pattern ^[!-~]{1,100}$ */
  contractId: string;
  contractName: string;
  /**
   * @min 0
   * @max 1
   */
  score: number;
  reasons: ('number' | 'domain' | 'sku' | 'service' | 'name' | 'only')[];
  alternatives: {
    /** @pattern ^[!-~]{1,100}$ */
    contractId: string;
    contractName: string;
    /**
     * @min 0
     * @max 1
     */
    score: number;
    reasons: ('number' | 'domain' | 'sku' | 'service' | 'name' | 'only')[];
  }[];
}

export interface SubscriptionAcceptance {
  /**
   * @maxItems 500
   * @minItems 1
   */
  items: {
    /** @pattern ^[!-~]{1,100}$ */
    subscriptionId: string;
    /** @pattern ^[!-~]{1,100}$ */
    contractId: string;
  }[];
}

export interface SubscriptionAcceptanceResult {
  items: {
    /** @pattern ^[!-~]{1,100}$ */
    subscriptionId: string;
    /** @pattern ^[!-~]{1,100}$ */
    contractId: string;
    outcome: 'accepted' | 'unchanged' | 'refused';
    code: string | null;
    detail: string | null;
  }[];
}

export interface OfferToMap {
  /** @pattern ^[!-~]{1,100}$ */
  productId: string;
  /** @pattern ^[!-~]{1,100}$ */
  skuId: string;
  segment: string;
  term: string;
  billingCycle: string;
  name?: string;
}

export interface MappingImport {
  lines: {
    /** @min 0 */
    read: number;
    /** @min 0 */
    accepted: number;
    /** @min 0 */
    unchanged: number;
    /** @min 0 */
    rejected: number;
  };
  rejections: {
    /** @min 0 */
    line: number;
    column?: string;
    code: string;
    detail: string;
  }[];
}

export interface CompanyToCreate {
  /** @pattern ^[!-~]{1,100}$ */
  customerId: string;
  /** @default true */
  preview?: boolean;
  /**
   * @minLength 1
   * @maxLength 100
   */
  name?: string;
  /**
   * @minLength 1
   * @maxLength 50
   */
  number?: string;
  /**
   * @minLength 1
   * @maxLength 25
   */
  phone?: string;
  /** @pattern ^\d{1,18}$ */
  ownerId?: string;
  /**
   * @minLength 1
   * @maxLength 255
   */
  webAddress?: string;
  /**
   * @minLength 1
   * @maxLength 128
   */
  address1?: string;
  /**
   * @minLength 1
   * @maxLength 30
   */
  city?: string;
  /**
   * @minLength 1
   * @maxLength 40
   */
  state?: string;
  /**
   * @minLength 1
   * @maxLength 10
   */
  postalCode?: string;
  /** @pattern ^\d{1,18}$ */
  countryId?: string;
}

export interface CompanyFromTemplate {
  /**
   * @minLength 1
   * @maxLength 100
   */
  name: string;
  number: string;
  phone: string | null;
  ownerId: string | null;
  webAddress: string | null;
  address1: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  countryId: string | null;
  currencyId: string | null;
  type: 'customer';
  currency: string;
}

export interface CompanyPreview {
  record: CompanyFromTemplate;
  missing: {
    pointer: string;
    detail: string;
  }[];
}

export interface CompanyCreated {
  record: CompanyFromTemplate;
  externalId: string;
  mapping: CustomerMapping | null;
}

export interface ServiceToCreate {
  offer: OfferToMap;
  /** @default true */
  preview?: boolean;
  /**
   * @minLength 1
   * @maxLength 100
   */
  name?: string;
  /**
   * @minLength 1
   * @maxLength 100
   */
  description?: string;
  /**
   * @minLength 1
   * @maxLength 50
   */
  sku?: string;
  /** @pattern ^\d{1,18}$ */
  billingCodeId?: string;
  unitPrice?: Money;
  unitCost?: Money;
}

export interface ServiceFromTemplate {
  name: string;
  /**
   * @minLength 1
   * @maxLength 100
   */
  description: string;
  sku: string;
  billingCodeId: string | null;
  unitPrice: Money | null;
  unitCost: Money | null;
  periodType: string;
}

export interface ServicePreview {
  record: ServiceFromTemplate;
  missing: {
    pointer: string;
    detail: string;
  }[];
  rates: {
    from: string;
    to: string;
    rate: string;
  }[];
}

export interface ServiceCreated {
  record: ServiceFromTemplate;
  externalId: string;
  mapping: OfferMapping | null;
}

export interface ContractToCreate {
  /** @pattern ^[!-~]{1,100}$ */
  subscriptionId: string;
  /** @default true */
  preview?: boolean;
  /**
   * @minLength 1
   * @maxLength 100
   */
  name?: string;
  /**
   * @minLength 1
   * @maxLength 50
   */
  number?: string;
  /**
   * @minLength 1
   * @maxLength 100
   */
  description?: string;
  /** @format date */
  startsOn?: string;
  /** @format date */
  endsOn?: string;
  /**
   * @min 1
   * @max 120
   */
  months?: number;
}

export interface ContractFromTemplate {
  /**
   * @minLength 1
   * @maxLength 100
   */
  name: string;
  number: string;
  description: string | null;
  /** @format date */
  startsOn: string;
  /** @format date */
  endsOn: string;
  companyId: string;
  type: 'recurring_service';
  periodType: string;
}

export interface ContractPreview {
  record: ContractFromTemplate;
  missing: {
    pointer: string;
    detail: string;
  }[];
}

export interface ContractCreated {
  record: ContractFromTemplate;
  externalId: string;
  mapping: SubscriptionMapping | null;
}

export interface ContractLine {
  contract: {
    externalId: string;
    name: string;
    number: string | null;
  };
  company: {
    externalId: string;
    name: string;
  };
  kind: 'service' | 'bundle';
  externalId: string;
  serviceId: string;
  name: string;
  description: string | null;
  /** @format date */
  startsOn: string;
  /** @format date */
  endsOn: string;
  units: number;
  unitPrice: Money | null;
  unitPriceBasis: 'period' | 'contractService' | 'prorated';
  internalUnitPrice: Money | null;
  unitCost: Money | null;
  isPosted: boolean;
  /** @format date-time */
  postedAt: string | null;
}

export interface ImportSummary {
  /** @format uuid */
  id: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  format: 'nceReconciliation' | 'dailyUsage' | 'focus';
  fileName: string | null;
  contentSha256: string;
  /** @pattern ^\d{4}-\d{2}$ */
  billingMonth: string | null;
  detected: {
    container: 'csv' | 'json';
    encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
    delimiter: string | null;
    decimalMark: '.' | ',';
    dateFormat: string;
    assumptions: string[];
  };
  lines: {
    /** @min 0 */
    read: number;
    /** @min 0 */
    accepted: number;
    /** @min 0 */
    rejected: number;
    /** @min 0 */
    unchanged: number;
  };
  /** @min 0 */
  superseded: number;
  error: {
    code: string;
    detail: string;
  } | null;
  /** @format date-time */
  createdAt: string;
  createdBy: {
    id: string;
    name: string;
  };
  /** @format date-time */
  startedAt: string | null;
  /** @format date-time */
  finishedAt: string | null;
}

export interface Import {
  /** @format uuid */
  id: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  format: 'nceReconciliation' | 'dailyUsage' | 'focus';
  fileName: string | null;
  contentSha256: string;
  /** @pattern ^\d{4}-\d{2}$ */
  billingMonth: string | null;
  detected: {
    container: 'csv' | 'json';
    encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
    delimiter: string | null;
    decimalMark: '.' | ',';
    dateFormat: string;
    assumptions: string[];
  };
  lines: {
    /** @min 0 */
    read: number;
    /** @min 0 */
    accepted: number;
    /** @min 0 */
    rejected: number;
    /** @min 0 */
    unchanged: number;
  };
  /** @min 0 */
  superseded: number;
  error: {
    code: string;
    detail: string;
  } | null;
  /** @format date-time */
  createdAt: string;
  createdBy: {
    id: string;
    name: string;
  };
  /** @format date-time */
  startedAt: string | null;
  /** @format date-time */
  finishedAt: string | null;
  rejections: ImportRejection[];
}

export interface ImportRejection {
  /**
   * Line of a CSV file the record starts on, the header being the first; number of the item in JSON
   * @min 1
   */
  line: number;
  column?: string;
  code: string;
  detail: string;
}

export interface ImportedLine {
  id: string;
  /** @min 0 */
  line: number;
  /** @format date */
  billingMonth: string;
  customerId: string;
  customerName: string;
  subscriptionId: string | null;
  productId: string | null;
  skuId: string | null;
  productName: string | null;
  chargeType: string;
  /** @format date */
  chargeStart: string;
  /** @format date */
  chargeEnd: string;
  /** @format date */
  orderDate: string | null;
  /** @pattern ^-?\d+(\.\d+)?$ */
  quantity: string;
  /** @pattern ^-?\d+(\.\d+)?$ */
  unitPrice: string;
  effectiveUnitPrice: string | null;
  /** @pattern ^-?\d+(\.\d+)?$ */
  subtotal: string;
  taxTotal: string | null;
  /** @pattern ^-?\d+(\.\d+)?$ */
  total: string;
  /** @pattern ^[A-Z]{3}$ */
  currency: string;
  termAndBillingCycle: string | null;
  referenceId: string | null;
  invoiceNumber: string | null;
  promotionId: string | null;
  explanation: {
    /** @pattern ^-?\d+(\.\d+)?$ */
    expected: string;
    rule:
      | 'free'
      | 'fullCycle'
      | 'proratedTotal'
      | 'proratedUnitPrice'
      | 'remainingMonths'
      | 'proratedByLastMonth'
      | 'proratedFromCycleStart'
      | 'effectivePrice'
      | 'meteredUsage'
      | 'creditedUsage';
    /** @pattern ^-?\d+(\.\d+)?$ */
    difference: string;
  } | null;
}

export interface SyncRun {
  /** @format uuid */
  id: string;
  /** @format uuid */
  connectionId: string;
  trigger: 'manual' | 'schedule';
  mode: 'full' | 'incremental';
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** @format date-time */
  createdAt: string;
  /** @format date-time */
  startedAt: string | null;
  /** @format date-time */
  finishedAt: string | null;
  /** @format date-time */
  resumesAt: string | null;
  waitingFor: {
    code: string;
    detail: string;
  } | null;
  /** @min 0 */
  apiCalls: number;
  progress: {
    /** @min 0 */
    rowsRead: number;
    /** @min 0 */
    pages: number;
    rowsExpected: number | null;
    secondsLeft: number | null;
    /** @min 0 */
    entitiesComplete: number;
    /** @min 0 */
    entitiesTotal: number;
    current: {
      entity: string;
      /** @min 0 */
      rowsRead: number;
      rowsExpected: number | null;
    } | null;
  };
  entities: {
    entity: string;
    step: 'all' | 'changes' | 'contracts';
    complete: boolean;
    /** @min 0 */
    pages: number;
    /** @min 0 */
    read: number;
    /** @min 0 */
    created: number;
    /** @min 0 */
    updated: number;
    /** @min 0 */
    deleted: number;
    /** @min 0 */
    unchanged: number;
    /** @min 0 */
    rejected: number;
  }[];
  rejections: {
    entity: string;
    externalId: string;
    field: string;
    detail: string;
  }[];
  error: {
    code: string;
    detail: string;
  } | null;
}

export interface SyncSchedule {
  syncCron: string | null;
  effectiveCron: string;
  paused: boolean;
  /** @format date-time */
  nextRunAt: string | null;
  /** @format date-time */
  nextSweepAt: string | null;
  nextMode: 'full' | 'incremental';
  /** @format date-time */
  deletionsAcceptedAt: string | null;
}

export interface ReconciliationFinding {
  id: string;
  kind:
    | 'matched'
    | 'missingInAutotask'
    | 'missingAtMicrosoft'
    | 'differentQuantity'
    | 'differentPrice'
    | 'differentDate'
    | 'differentCurrency';
  stage: 'units' | 'charges' | 'billingItem' | 'invoice' | 'bill';
  customerId: string;
  customerName: string;
  subscriptionId?: string;
  contractId?: string;
  title: string;
  expected: {
    amount: Money | null;
    values: {
      /** @format date */
      from: string;
      quantity: number;
      unitPrice: string | null;
    }[];
    references: string[];
  } | null;
  actual: {
    amount: Money | null;
    values: {
      /** @format date */
      from: string;
      quantity: number;
      unitPrice: string | null;
    }[];
    references: string[];
  } | null;
  impact: Money;
  explanation: {
    what: string;
    why: string;
    whatToDo: string;
  };
  isFixable: boolean;
}

export interface ReconciliationTotals {
  /** @min 0 */
  findings: number;
  loss: Money;
  gain: Money;
  net: Money;
  expected: Money;
  actual: Money;
  byKind: {
    kind:
      | 'matched'
      | 'missingInAutotask'
      | 'missingAtMicrosoft'
      | 'differentQuantity'
      | 'differentPrice'
      | 'differentDate'
      | 'differentCurrency';
    /** @min 0 */
    findings: number;
    loss: Money;
    gain: Money;
    net: Money;
  }[];
}

export interface ReconciliationReport {
  /** @format uuid */
  connectionId: string;
  /** @pattern ^\d{4}-(0[1-9]|1[0-2])$ */
  month: string;
  state: 'open' | 'closed';
  currency: string;
  /** @format date-time */
  computedAt: string;
  /** @format date-time */
  closedAt?: string;
  closedBy?: {
    id: string;
    name: string;
  };
  totals: ReconciliationTotals;
  items: ReconciliationFinding[];
  nextCursor: string | null;
  changesSinceClosing?: {
    /** @min 0 */
    count: number;
    impact: Money;
    items: {
      id: string;
      customerId: string;
      customerName: string;
      title: string;
      before: {
        kind:
          | 'matched'
          | 'missingInAutotask'
          | 'missingAtMicrosoft'
          | 'differentQuantity'
          | 'differentPrice'
          | 'differentDate'
          | 'differentCurrency';
        impact: Money;
        actual: Money | null;
      } | null;
      now: {
        kind:
          | 'matched'
          | 'missingInAutotask'
          | 'missingAtMicrosoft'
          | 'differentQuantity'
          | 'differentPrice'
          | 'differentDate'
          | 'differentCurrency';
        impact: Money;
        actual: Money | null;
      } | null;
    }[];
  };
}

export interface ClosedBillingMonth {
  /** @format uuid */
  connectionId: string;
  /** @pattern ^\d{4}-(0[1-9]|1[0-2])$ */
  month: string;
  state: 'open' | 'closed';
  currency: string;
  /** @format date-time */
  computedAt: string;
  /** @format date-time */
  closedAt: string;
  closedBy: {
    id: string;
    name: string;
  };
  totals: ReconciliationTotals;
}

export interface ReconciliationCustomers {
  /** @format uuid */
  connectionId: string;
  /** @pattern ^\d{4}-(0[1-9]|1[0-2])$ */
  month: string;
  state: 'open' | 'closed';
  currency: string;
  /** @format date-time */
  computedAt: string;
  /** @format date-time */
  closedAt?: string;
  closedBy?: {
    id: string;
    name: string;
  };
  items: {
    customerId: string;
    customerName: string;
    /** @min 0 */
    differences: number;
    expected: Money;
    actual: Money;
    /** @min 0 */
    findings: number;
    loss: Money;
    gain: Money;
    net: Money;
  }[];
  nextCursor: string | null;
}

export interface AuditEntry {
  /** @format uuid */
  id: string;
  /** @min 1 */
  sequence: number;
  /** @format date-time */
  occurredAt: string;
  operation: string;
  outcome: 'succeeded' | 'failed';
  actor: ActorName;
  tenantId: string;
  connectionId: string | null;
  subject: {
    type: string;
    id: string | null;
    label: string;
  };
  details: object;
  correlationId: string;
  /** @pattern ^[0-9a-f]{64}$ */
  previousHash: string;
  /** @pattern ^[0-9a-f]{64}$ */
  hash: string;
}

export interface ActorName {
  id: string;
  name: string;
}

export interface AuditChainReport {
  tenantId: string;
  isIntact: boolean;
  /** @min 0 */
  verified: number;
  start: AuditChainPoint;
  head: AuditChainPoint;
  problem: {
    kind: 'changed' | 'missing' | 'reordered' | 'head' | 'checkpoint';
    /** @pattern ^\d+$ */
    sequence: string;
    entryId: string | null;
    detail: string;
  } | null;
  /** @min 0 */
  checkpoints: number;
  areKeysCompared: boolean;
}

export interface AuditCheckpoint {
  tenantId: string;
  /** @pattern ^\d+$ */
  sequence: string;
  /** @pattern ^[0-9a-f]{64}$ */
  hash: string;
  /** @format date-time */
  createdAt: string;
  keyId: string;
  publicKey: string;
  signature: string;
}

export interface AuditChainPoint {
  /** @pattern ^\d+$ */
  sequence: string;
  /** @pattern ^[0-9a-f]{64}$ */
  hash: string;
}

export interface Session {
  actor: {
    id: string;
    name: string;
    tier: 'csp' | 'reseller' | 'customer';
    tenantId: string;
    permissions: string[];
  };
  notices: string[];
}

export interface Overview {
  /** @format date */
  day: string;
  monthlyRecurring: Money[];
  connections: ConnectionOverview[];
}

export interface ConnectionOverview {
  /** @format uuid */
  connectionId: string;
  alias: string;
  currency: string;
  state: 'active' | 'attention' | 'disabled';
  /** @min 0 */
  failedOperations: number;
  /** @min 0 */
  openOperations: number;
  /** @min 0 */
  waitingSubscriptions: number;
  /** @min 0 */
  plansToApprove: number;
  /** @min 0 */
  openDrift: number;
  driftImpact: Money;
  stopReason: string | null;
  monthlyRecurring: Money;
  /** @min 0 */
  recurringLines: number;
  apiBudget: ApiBudget;
}

export interface ApiBudget {
  /** @min 0 */
  limit: number;
  /** @min 0 */
  windowMinutes: number;
  /** @min 0 */
  used: number;
  /** @min 0 */
  own: number;
  /** @min 0 */
  others: number;
  /** @format date-time */
  closedUntil: string | null;
}

export interface Health {
  status: 'ok';
}

/** Customers of the tenant: `GET /customers`. Raises `ApiProblem`. */
export function listCustomers(
  client: ApiClient,
  query: Loose<{
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Customer[];
  nextCursor: string | null;
}> {
  return client.get(`customers`, { query, signal });
}

/** One customer: `GET /customers/{id}`. Raises `ApiProblem`. */
export function getCustomer(client: ApiClient, id: string, signal?: AbortSignal): Promise<Customer> {
  return client.get(`customers/${encodeURIComponent(id)}`, { signal });
}

/** Record a customer; equal values change nothing: `PUT /customers/{id}`. Raises `ApiProblem`. */
export function recordCustomer(client: ApiClient, id: string, body: CustomerValues): Promise<Customer> {
  return client.send('PUT', `customers/${encodeURIComponent(id)}`, body);
}

/** Subscriptions of the tenant, cancelled ones included: `GET /subscriptions`. Raises `ApiProblem`. */
export function listSubscriptions(
  client: ApiClient,
  query: Loose<{
    customerId?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Subscription[];
  nextCursor: string | null;
}> {
  return client.get(`subscriptions`, { query, signal });
}

/** One subscription: `GET /subscriptions/{id}`. Raises `ApiProblem`. */
export function getSubscription(client: ApiClient, id: string, signal?: AbortSignal): Promise<Subscription> {
  return client.get(`subscriptions/${encodeURIComponent(id)}`, { signal });
}

/** Record a subscription or its next revision; equal values change nothing: `PUT /subscriptions/{id}`. Raises `ApiProblem`. */
export function recordSubscription(
  client: ApiClient,
  id: string,
  body: SubscriptionValues,
): Promise<Subscription> {
  return client.send('PUT', `subscriptions/${encodeURIComponent(id)}`, body);
}

/** Every recorded state, newest first: `GET /subscriptions/{id}/revisions`. Raises `ApiProblem`. */
export function listSubscriptionRevisions(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Subscription[];
  nextCursor: string | null;
}> {
  return client.get(`subscriptions/${encodeURIComponent(id)}/revisions`, {
    query,
    signal,
  });
}

/** Take what failed for a subscription up again, oldest first, up to the first that fails again: `POST /subscriptions/{id}/sync`. Raises `ApiProblem`. */
export function syncSubscription(
  client: ApiClient,
  id: string,
): Promise<{
  subscriptionId: string;
  operationIds: string[];
}> {
  return client.send('POST', `subscriptions/${encodeURIComponent(id)}/sync`);
}

/** Charges whose service period ends in these days, both included: `GET /charges`. Raises `ApiProblem`. */
export function listCharges(
  client: ApiClient,
  query: Loose<{
    /** @format date */
    from: string;
    /** @format date */
    to: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }>,
  signal?: AbortSignal,
): Promise<{
  items: Charge[];
  nextCursor: string | null;
}> {
  return client.get(`charges`, { query, signal });
}

/** Record a charge; the same again answers the same, other content under the id is a conflict: `POST /charges`. Raises `ApiProblem`. */
export function recordCharge(client: ApiClient, body: NewCharge): Promise<Charge> {
  return client.send('POST', `charges`, body);
}

/** One charge: `GET /charges/{id}`. Raises `ApiProblem`. */
export function getCharge(client: ApiClient, id: string, signal?: AbortSignal): Promise<Charge> {
  return client.get(`charges/${encodeURIComponent(id)}`, { signal });
}

/** Check the access of an API user and add the connection when it passes: `POST /connections`. Raises `ApiProblem`. */
export function createConnection(client: ApiClient, body: NewConnection): Promise<Connection> {
  return client.send('POST', `connections`, body);
}

/** Connections of the tenant, oldest first: `GET /connections`. Raises `ApiProblem`. */
export function listConnections(
  client: ApiClient,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Connection[];
  nextCursor: string | null;
}> {
  return client.get(`connections`, { query, signal });
}

/** Check the access of an API user without saving anything: `POST /connections/check`. Raises `ApiProblem`. */
export function testConnection(
  client: ApiClient,
  body: NewConnection,
): Promise<{
  accessReport: AccessReport;
}> {
  return client.send('POST', `connections/check`, body);
}

/** One connection: `GET /connections/{id}`. Raises `ApiProblem`. */
export function getConnection(client: ApiClient, id: string, signal?: AbortSignal): Promise<Connection> {
  return client.get(`connections/${encodeURIComponent(id)}`, { signal });
}

/** Rename, enable or disable, rotate credentials; all or nothing: `PATCH /connections/{id}`. Raises `ApiProblem`. */
export function updateConnection(client: ApiClient, id: string, body: ConnectionChange): Promise<Connection> {
  return client.send('PATCH', `connections/${encodeURIComponent(id)}`, body);
}

/** Remove the connection and destroy its credentials: `DELETE /connections/{id}`. Raises `ApiProblem`. */
export function removeConnection(client: ApiClient, id: string): Promise<void> {
  return client.send('DELETE', `connections/${encodeURIComponent(id)}`);
}

/** Check the access of a saved connection again: `POST /connections/{id}/check`. Raises `ApiProblem`. */
export function checkConnection(
  client: ApiClient,
  id: string,
): Promise<{
  accessReport: AccessReport;
}> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/check`);
}

/** Companies as last pulled: `GET /connections/{id}/companies`. Raises `ApiProblem`. */
export function listCompanies(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Text anywhere in the name or the number (of a service: the sku), whatever its case
     * @minLength 1
     * @maxLength 100
     */
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Company[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/companies`, {
    query,
    signal,
  });
}

/** Services as last pulled; amounts in the internal currency: `GET /connections/{id}/services`. Raises `ApiProblem`. */
export function listServices(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Text anywhere in the name or the number (of a service: the sku), whatever its case
     * @minLength 1
     * @maxLength 100
     */
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Service[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/services`, {
    query,
    signal,
  });
}

/** Contracts as last pulled, with what is in force today (UTC): `GET /connections/{id}/contracts`. Raises `ApiProblem`. */
export function listContracts(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Text anywhere in the name or the number (of a service: the sku), whatever its case
     * @minLength 1
     * @maxLength 100
     */
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Contract[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/contracts`, {
    query,
    signal,
  });
}

/** One contract as last pulled, with what is in force today (UTC): `GET /connections/{id}/contracts/{externalId}`. Raises `ApiProblem`. */
export function getContract(
  client: ApiClient,
  id: string,
  externalId: string,
  signal?: AbortSignal,
): Promise<Contract> {
  return client.get(`connections/${encodeURIComponent(id)}/contracts/${encodeURIComponent(externalId)}`, {
    signal,
  });
}

/** Plan every change that waits, against what the PSA shows now; writes nothing to it: `POST /connections/{id}/plans`. Raises `ApiProblem`. */
export function createBillingPlan(client: ApiClient, id: string): Promise<BillingPlan> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/plans`);
}

/** Plans of a connection, newest first: `GET /connections/{id}/plans`. Raises `ApiProblem`. */
export function listBillingPlans(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: BillingPlan[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/plans`, {
    query,
    signal,
  });
}

/** Whether the connection sends its operations, or was stopped after many failures: `GET /connections/{id}/pushes`. Raises `ApiProblem`. */
export function getPushes(client: ApiClient, id: string, signal?: AbortSignal): Promise<Pushes> {
  return client.get(`connections/${encodeURIComponent(id)}/pushes`, { signal });
}

/** Let a stopped connection send again: `POST /connections/{id}/pushes/resume`. Raises `ApiProblem`. */
export function resumePushes(client: ApiClient, id: string): Promise<Pushes> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/pushes/resume`);
}

/** Contract services that hold something else than what was last applied, or are billed on although their subscription left them, newest first: `GET /connections/{id}/drift`. Raises `ApiProblem`. */
export function listDrift(
  client: ApiClient,
  id: string,
  query: Loose<{
    state?: 'open' | 'kept' | 'corrected' | 'gone';
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: DriftFinding[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/drift`, {
    query,
    signal,
  });
}

/** How prices are made, in ascending order of id; all in one page: `GET /connections/{id}/margin-rules`. Raises `ApiProblem`. */
export function listMarginRules(
  client: ApiClient,
  id: string,
  signal?: AbortSignal,
): Promise<{
  items: MarginRule[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/margin-rules`, {
    signal,
  });
}

/** Make or replace a rule; amounts decided before stay as they are: `PUT /connections/{id}/margin-rules/{ruleId}`. Raises `ApiProblem`. */
export function putMarginRule(
  client: ApiClient,
  id: string,
  ruleId: string,
  body: MarginRuleValues,
): Promise<MarginRule> {
  return client.send(
    'PUT',
    `connections/${encodeURIComponent(id)}/margin-rules/${encodeURIComponent(ruleId)}`,
    body,
  );
}

/** Remove a rule: `DELETE /connections/{id}/margin-rules/{ruleId}`. Raises `ApiProblem`. */
export function removeMarginRule(client: ApiClient, id: string, ruleId: string): Promise<void> {
  return client.send(
    'DELETE',
    `connections/${encodeURIComponent(id)}/margin-rules/${encodeURIComponent(ruleId)}`,
  );
}

/** What mapped subscriptions cost by the platform and by the rules, with what is doubtful about it: `GET /connections/{id}/margin-prices`. Raises `ApiProblem`. */
export function listMarginPrices(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: MarginPrice[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/margin-prices`, {
    query,
    signal,
  });
}

/** Every customer, mapped or not: `GET /connections/{id}/customer-mappings`. Raises `ApiProblem`. */
export function listCustomerMappings(
  client: ApiClient,
  id: string,
  query: Loose<{
    state?: 'mapped' | 'unmapped' | 'excluded';
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: CustomerMapping[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/customer-mappings`, {
    query,
    signal,
  });
}

/** Map one customer, or exclude it with a reason: `PUT /connections/{id}/customer-mappings`. Raises `ApiProblem`. */
export function putCustomerMapping(
  client: ApiClient,
  id: string,
  body: CustomerMappingInput,
): Promise<CustomerMapping> {
  return client.send('PUT', `connections/${encodeURIComponent(id)}/customer-mappings`, body);
}

/** Remove the mapping or the exclusion of one customer: `DELETE /connections/{id}/customer-mappings/{customerId}`. Raises `ApiProblem`. */
export function removeCustomerMapping(client: ApiClient, id: string, customerId: string): Promise<void> {
  return client.send(
    'DELETE',
    `connections/${encodeURIComponent(id)}/customer-mappings/${encodeURIComponent(customerId)}`,
  );
}

/** What an unmapped customer may be mapped to, best first; a page of unmapped ones at a time: `GET /connections/{id}/customer-mappings/suggestions`. Raises `ApiProblem`. */
export function suggestCustomerMappings(
  client: ApiClient,
  id: string,
  query: Loose<{
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: CustomerSuggestion[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/customer-mappings/suggestions`, { query, signal });
}

/** Make many mappings, each accepted or refused by itself: `POST /connections/{id}/customer-mappings/accept`. Raises `ApiProblem`. */
export function acceptCustomerMappings(
  client: ApiClient,
  id: string,
  body: CustomerAcceptance,
): Promise<CustomerAcceptanceResult> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/customer-mappings/accept`, body);
}

/** Every customer, mapped or not, as CSV: `GET /connections/{id}/customer-mappings/export.csv`. Raises `ApiProblem`. */
export function exportCustomerMappings(client: ApiClient, id: string, signal?: AbortSignal): Promise<Blob> {
  return client.getFile(`connections/${encodeURIComponent(id)}/customer-mappings/export.csv`, { signal });
}

/** Make the mappings of a CSV file as the export writes it, each line by itself; removes none: `POST /connections/{id}/customer-mappings/import`. Raises `ApiProblem`. */
export function importCustomerMappings(
  client: ApiClient,
  id: string,
  body: string | Blob,
): Promise<MappingImport> {
  return client.sendText(
    'POST',
    `connections/${encodeURIComponent(id)}/customer-mappings/import`,
    body,
    'text/csv',
  );
}

/** Every offer, mapped or not: `GET /connections/{id}/offer-mappings`. Raises `ApiProblem`. */
export function listOfferMappings(
  client: ApiClient,
  id: string,
  query: Loose<{
    state?: 'mapped' | 'unmapped' | 'excluded';
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: OfferMapping[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/offer-mappings`, {
    query,
    signal,
  });
}

/** Map one offer, or exclude it with a reason: `PUT /connections/{id}/offer-mappings`. Raises `ApiProblem`. */
export function putOfferMapping(
  client: ApiClient,
  id: string,
  body: OfferMappingInput,
): Promise<OfferMapping> {
  return client.send('PUT', `connections/${encodeURIComponent(id)}/offer-mappings`, body);
}

/** Remove the mapping or the exclusion of one offer: `DELETE /connections/{id}/offer-mappings/{mappingId}`. Raises `ApiProblem`. */
export function removeOfferMapping(client: ApiClient, id: string, mappingId: string): Promise<void> {
  return client.send(
    'DELETE',
    `connections/${encodeURIComponent(id)}/offer-mappings/${encodeURIComponent(mappingId)}`,
  );
}

/** What an unmapped offer may be mapped to, best first; a page of unmapped ones at a time: `GET /connections/{id}/offer-mappings/suggestions`. Raises `ApiProblem`. */
export function suggestOfferMappings(
  client: ApiClient,
  id: string,
  query: Loose<{
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: OfferSuggestion[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/offer-mappings/suggestions`, { query, signal });
}

/** Make many mappings, each accepted or refused by itself: `POST /connections/{id}/offer-mappings/accept`. Raises `ApiProblem`. */
export function acceptOfferMappings(
  client: ApiClient,
  id: string,
  body: OfferAcceptance,
): Promise<OfferAcceptanceResult> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/offer-mappings/accept`, body);
}

/** Every offer, mapped or not, as CSV: `GET /connections/{id}/offer-mappings/export.csv`. Raises `ApiProblem`. */
export function exportOfferMappings(client: ApiClient, id: string, signal?: AbortSignal): Promise<Blob> {
  return client.getFile(`connections/${encodeURIComponent(id)}/offer-mappings/export.csv`, { signal });
}

/** Make the mappings of a CSV file as the export writes it, each line by itself; removes none: `POST /connections/{id}/offer-mappings/import`. Raises `ApiProblem`. */
export function importOfferMappings(
  client: ApiClient,
  id: string,
  body: string | Blob,
): Promise<MappingImport> {
  return client.sendText(
    'POST',
    `connections/${encodeURIComponent(id)}/offer-mappings/import`,
    body,
    'text/csv',
  );
}

/** Every subscription, mapped or not: `GET /connections/{id}/subscription-mappings`. Raises `ApiProblem`. */
export function listSubscriptionMappings(
  client: ApiClient,
  id: string,
  query: Loose<{
    state?: 'mapped' | 'unmapped' | 'excluded';
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: SubscriptionMapping[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/subscription-mappings`, { query, signal });
}

/** Map one subscription, or exclude it with a reason: `PUT /connections/{id}/subscription-mappings`. Raises `ApiProblem`. */
export function putSubscriptionMapping(
  client: ApiClient,
  id: string,
  body: SubscriptionMappingInput,
): Promise<SubscriptionMapping> {
  return client.send('PUT', `connections/${encodeURIComponent(id)}/subscription-mappings`, body);
}

/** Remove the mapping or the exclusion of one subscription: `DELETE /connections/{id}/subscription-mappings/{subscriptionId}`. Raises `ApiProblem`. */
export function removeSubscriptionMapping(
  client: ApiClient,
  id: string,
  subscriptionId: string,
): Promise<void> {
  return client.send(
    'DELETE',
    `connections/${encodeURIComponent(id)}/subscription-mappings/${encodeURIComponent(subscriptionId)}`,
  );
}

/** What an unmapped subscription may be mapped to, best first; a page of unmapped ones at a time: `GET /connections/{id}/subscription-mappings/suggestions`. Raises `ApiProblem`. */
export function suggestSubscriptionMappings(
  client: ApiClient,
  id: string,
  query: Loose<{
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: SubscriptionSuggestion[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/subscription-mappings/suggestions`, {
    query,
    signal,
  });
}

/** Make many mappings, each accepted or refused by itself: `POST /connections/{id}/subscription-mappings/accept`. Raises `ApiProblem`. */
export function acceptSubscriptionMappings(
  client: ApiClient,
  id: string,
  body: SubscriptionAcceptance,
): Promise<SubscriptionAcceptanceResult> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/subscription-mappings/accept`, body);
}

/** Every subscription, mapped or not, as CSV: `GET /connections/{id}/subscription-mappings/export.csv`. Raises `ApiProblem`. */
export function exportSubscriptionMappings(
  client: ApiClient,
  id: string,
  signal?: AbortSignal,
): Promise<Blob> {
  return client.getFile(`connections/${encodeURIComponent(id)}/subscription-mappings/export.csv`, { signal });
}

/** Make the mappings of a CSV file as the export writes it, each line by itself; removes none: `POST /connections/{id}/subscription-mappings/import`. Raises `ApiProblem`. */
export function importSubscriptionMappings(
  client: ApiClient,
  id: string,
  body: string | Blob,
): Promise<MappingImport> {
  return client.sendText(
    'POST',
    `connections/${encodeURIComponent(id)}/subscription-mappings/import`,
    body,
    'text/csv',
  );
}

/** Preview, or with preview false create and map, a company for a customer; phone and ownerId (a resource of Autotask) have to be given. Repeating a call that failed never creates a second record: `POST /connections/{id}/customer-mappings/create-company`. Raises `ApiProblem`. */
export function createCompanyFromTemplate(
  client: ApiClient,
  id: string,
  body: CompanyToCreate,
): Promise<CompanyPreview> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/customer-mappings/create-company`, body);
}

/** Preview, or with preview false create and map, a service for an offer, priced in the internal currency of the instance; billingCodeId has to be given. Repeating a call that failed never creates a second record: `POST /connections/{id}/offer-mappings/create-service`. Raises `ApiProblem`. */
export function createServiceFromTemplate(
  client: ApiClient,
  id: string,
  body: ServiceToCreate,
): Promise<ServicePreview> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/offer-mappings/create-service`, body);
}

/** Preview, or with preview false create and map, a contract for a subscription whose customer and offer are mapped. Repeating a call that failed never creates a second record: `POST /connections/{id}/subscription-mappings/create-contract`. Raises `ApiProblem`. */
export function createContractFromTemplate(
  client: ApiClient,
  id: string,
  body: ContractToCreate,
): Promise<ContractPreview> {
  return client.send(
    'POST',
    `connections/${encodeURIComponent(id)}/subscription-mappings/create-contract`,
    body,
  );
}

/** What contracts bill on a day, of one contract, one company or the whole connection: `GET /connections/{id}/contract-lines`. Raises `ApiProblem`. */
export function listContractLines(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Default: today in UTC
     * @format date
     */
    asOf?: string;
    /**
     * @minLength 1
     * @maxLength 50
     */
    contractId?: string;
    /**
     * @minLength 1
     * @maxLength 50
     */
    companyId?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: ContractLine[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/contract-lines`, {
    query,
    signal,
  });
}

/** The same, all of it as CSV: `GET /connections/{id}/contract-lines/export.csv`. Raises `ApiProblem`. */
export function exportContractLines(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Default: today in UTC
     * @format date
     */
    asOf?: string;
    /**
     * @minLength 1
     * @maxLength 50
     */
    contractId?: string;
    /**
     * @minLength 1
     * @maxLength 50
     */
    companyId?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<Blob> {
  return client.getFile(`connections/${encodeURIComponent(id)}/contract-lines/export.csv`, { query, signal });
}

/** Queue a run now: full when asked for, when none has succeeded yet, or when the last full one did not; else incremental: `POST /connections/{id}/sync-runs`. Raises `ApiProblem`. */
export function startSyncRun(
  client: ApiClient,
  id: string,
  body?: {
    mode?: 'full' | 'incremental';
  },
): Promise<{
  /** @format uuid */
  id: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  mode: 'full' | 'incremental';
}> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/sync-runs`, body);
}

/** Runs of a connection, newest first: `GET /connections/{id}/sync-runs`. Raises `ApiProblem`. */
export function listSyncRuns(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: SyncRun[];
  nextCursor: string | null;
}> {
  return client.get(`connections/${encodeURIComponent(id)}/sync-runs`, {
    query,
    signal,
  });
}

/** When the connection is pulled: `GET /connections/{id}/sync-schedule`. Raises `ApiProblem`. */
export function getSyncSchedule(client: ApiClient, id: string, signal?: AbortSignal): Promise<SyncSchedule> {
  return client.get(`connections/${encodeURIComponent(id)}/sync-schedule`, {
    signal,
  });
}

/** Give the connection a schedule of its own, or none; pause it, which cancels the run the schedule has started, or resume it: `PATCH /connections/{id}/sync-schedule`. Raises `ApiProblem`. */
export function changeSyncSchedule(
  client: ApiClient,
  id: string,
  body: {
    syncCron?: string | null;
    paused?: boolean;
  },
): Promise<SyncSchedule> {
  return client.send('PATCH', `connections/${encodeURIComponent(id)}/sync-schedule`, body);
}

/** Answer a run that stopped with `sync.visibility_shrunk`: the missing records were deleted (the next run deletes them, once), or they were not: `POST /connections/{id}/visibility`. Raises `ApiProblem`. */
export function decideVisibility(
  client: ApiClient,
  id: string,
  body: {
    decision: 'acceptDeletions' | 'keep';
  },
): Promise<void> {
  return client.send('POST', `connections/${encodeURIComponent(id)}/visibility`, body);
}

/** What a month should have billed beside what Autotask and Microsoft hold, finding by finding: `GET /connections/{id}/reconciliation`. Raises `ApiProblem`. */
export function reconcileMonth(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Default: the month before the present one in UTC
     * @pattern ^\d{4}-(0[1-9]|1[0-2])$
     */
    month?: string;
    kind?:
      | 'matched'
      | 'missingInAutotask'
      | 'missingAtMicrosoft'
      | 'differentQuantity'
      | 'differentPrice'
      | 'differentDate'
      | 'differentCurrency';
    stage?: 'units' | 'charges' | 'billingItem' | 'invoice' | 'bill';
    /**
     * @minLength 1
     * @maxLength 200
     */
    customerId?: string;
    /**
     * Anywhere in customer, title or subscription id
     * @minLength 1
     * @maxLength 200
     */
    search?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<ReconciliationReport> {
  return client.get(`connections/${encodeURIComponent(id)}/reconciliation`, {
    query,
    signal,
  });
}

/** What a month moves for each customer, the most money first: `GET /connections/{id}/reconciliation/customers`. Raises `ApiProblem`. */
export function listReconciliationCustomers(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Default: the month before the present one in UTC
     * @pattern ^\d{4}-(0[1-9]|1[0-2])$
     */
    month?: string;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<ReconciliationCustomers> {
  return client.get(`connections/${encodeURIComponent(id)}/reconciliation/customers`, { query, signal });
}

/** The findings as CSV, all that the filter picks: `GET /connections/{id}/reconciliation/export.csv`. Raises `ApiProblem`. */
export function exportReconciliation(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * Default: the month before the present one in UTC
     * @pattern ^\d{4}-(0[1-9]|1[0-2])$
     */
    month?: string;
    kind?:
      | 'matched'
      | 'missingInAutotask'
      | 'missingAtMicrosoft'
      | 'differentQuantity'
      | 'differentPrice'
      | 'differentDate'
      | 'differentCurrency';
    stage?: 'units' | 'charges' | 'billingItem' | 'invoice' | 'bill';
    /**
     * @minLength 1
     * @maxLength 200
     */
    customerId?: string;
    /**
     * Anywhere in customer, title or subscription id
     * @minLength 1
     * @maxLength 200
     */
    search?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<Blob> {
  return client.getFile(`connections/${encodeURIComponent(id)}/reconciliation/export.csv`, { query, signal });
}

/** Keeps the report of a month that is over as it is, for ever: `POST /connections/{id}/reconciliation/{month}/close`. Raises `ApiProblem`. */
export function closeBillingMonth(client: ApiClient, id: string, month: string): Promise<ClosedBillingMonth> {
  return client.send(
    'POST',
    `connections/${encodeURIComponent(id)}/reconciliation/${encodeURIComponent(month)}/close`,
  );
}

/** Makes a draft plan that puts findings right; nothing is written to Autotask: `POST /connections/{id}/reconciliation/{month}/plans`. Raises `ApiProblem`. */
export function planReconciliation(
  client: ApiClient,
  id: string,
  month: string,
  body: {
    /**
     * @maxItems 50
     * @minItems 1
     */
    findingIds: string[];
  },
): Promise<{
  /** @format uuid */
  planId: string;
  /** @min 0 */
  steps: number;
  refusals: string[];
}> {
  return client.send(
    'POST',
    `connections/${encodeURIComponent(id)}/reconciliation/${encodeURIComponent(month)}/plans`,
    body,
  );
}

/** One plan: `GET /plans/{id}`. Raises `ApiProblem`. */
export function getBillingPlan(client: ApiClient, id: string, signal?: AbortSignal): Promise<BillingPlan> {
  return client.get(`plans/${encodeURIComponent(id)}`, { signal });
}

/** Date a step later within its period, or leave it out with a reason: `PATCH /plans/{id}/steps/{stepId}`. Raises `ApiProblem`. */
export function updateBillingPlanStep(
  client: ApiClient,
  id: string,
  stepId: string,
  body: {
    /** @format date */
    effectiveOn?: string;
    dismissed?: boolean;
    reason?: string;
  },
): Promise<BillingPlan> {
  return client.send('PATCH', `plans/${encodeURIComponent(id)}/steps/${encodeURIComponent(stepId)}`, body);
}

/** Decide on the plan, or on some of its steps; the writes are queued: `POST /plans/{id}/apply`. Raises `ApiProblem`. */
export function applyBillingPlan(
  client: ApiClient,
  id: string,
  body: {
    stepIds?: string[];
  },
): Promise<BillingPlan> {
  return client.send('POST', `plans/${encodeURIComponent(id)}/apply`, body);
}

/** Intended writes, newest first: `GET /operations`. Raises `ApiProblem`. */
export function listOperations(
  client: ApiClient,
  query: Loose<{
    /** @format uuid */
    connectionId?: string;
    subscriptionId?: string;
    state?: 'pending' | 'sending' | 'verifying' | 'applied' | 'failed' | 'dismissed';
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: Operation[];
  nextCursor: string | null;
}> {
  return client.get(`operations`, { query, signal });
}

/** One intended write: `GET /operations/{id}`. Raises `ApiProblem`. */
export function getOperation(client: ApiClient, id: string, signal?: AbortSignal): Promise<Operation> {
  return client.get(`operations/${encodeURIComponent(id)}`, { signal });
}

/** Take a failed operation up again, from what the PSA holds now: `POST /operations/{id}/retry`. Raises `ApiProblem`. */
export function retryOperation(client: ApiClient, id: string): Promise<Operation> {
  return client.send('POST', `operations/${encodeURIComponent(id)}/retry`);
}

/** Give an operation up that is not under way: `POST /operations/{id}/dismiss`. Raises `ApiProblem`. */
export function dismissOperation(client: ApiClient, id: string): Promise<Operation> {
  return client.send('POST', `operations/${encodeURIComponent(id)}/dismiss`);
}

/** Take an applied change back by a new one, which is the answer: `POST /operations/{id}/compensate`. Raises `ApiProblem`. */
export function compensateOperation(client: ApiClient, id: string): Promise<Operation> {
  return client.send('POST', `operations/${encodeURIComponent(id)}/compensate`);
}

/** What the PSA holds is right; the same difference is not shown again, and a service that was left is given up: `POST /drift/{id}/keep`. Raises `ApiProblem`. */
export function keepDrift(client: ApiClient, id: string): Promise<DriftFinding> {
  return client.send('POST', `drift/${encodeURIComponent(id)}/keep`);
}

/** What was applied is right: make the plan that restores it, or takes the units off a service that was left: `POST /drift/{id}/correct`. Raises `ApiProblem`. */
export function correctDrift(client: ApiClient, id: string): Promise<BillingPlan> {
  return client.send('POST', `drift/${encodeURIComponent(id)}/correct`);
}

/** Import a bill: reconciliation lines or daily rated usage of Partner Center (CSV or JSON), or FOCUS 1.0 cost rows; the file is the body or the file of a form, and may be gzipped: `POST /imports/partner-center`. Raises `ApiProblem`. */
export function importPartnerCenterLines(
  client: ApiClient,
  body: string | Blob,
  query: Loose<{
    format?: 'nceReconciliation' | 'dailyUsage' | 'focus';
    /** One character, or comma, semicolon, tab, pipe or space */
    delimiter?: string;
    decimalMark?: '.' | ',' | 'point' | 'comma';
    /** Such as MM/dd/yyyy or dd.MM.yyyy; only the order of day and month matters */
    dateFormat?: string;
    encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
    /**
     * The billing month of all lines
     * @pattern ^\d{4}-\d{2}$
     */
    month?: string;
    /**
     * For files without a column for it
     * @pattern ^[A-Z]{3}$
     */
    currency?: string;
    /** Whether lines of the same invoices that the file does not hold are superseded as well */
    complete?: 'true' | 'false';
    fileName?: string;
  }> = {},
): Promise<ImportSummary> {
  return client.sendText('POST', `imports/partner-center`, body, 'text/csv', {
    query,
  });
}

/** Imports, newest first: `GET /imports`. Raises `ApiProblem`. */
export function listImports(
  client: ApiClient,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: ImportSummary[];
  nextCursor: string | null;
}> {
  return client.get(`imports`, { query, signal });
}

/** One import with its first 1,000 rejections: `GET /imports/{id}`. Raises `ApiProblem`. */
export function getImport(client: ApiClient, id: string, signal?: AbortSignal): Promise<Import> {
  return client.get(`imports/${encodeURIComponent(id)}`, { signal });
}

/** Lines that were not taken, in the order of the file: `GET /imports/{id}/rejections`. Raises `ApiProblem`. */
export function listImportRejections(
  client: ApiClient,
  id: string,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: ImportRejection[];
  nextCursor: string | null;
}> {
  return client.get(`imports/${encodeURIComponent(id)}/rejections`, {
    query,
    signal,
  });
}

/** Lines the import kept, each with the amount a rule gives, the rule and the difference: `GET /imports/{id}/lines`. Raises `ApiProblem`. */
export function listImportedLines(
  client: ApiClient,
  id: string,
  query: Loose<{
    different?: boolean;
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: ImportedLine[];
  nextCursor: string | null;
}> {
  return client.get(`imports/${encodeURIComponent(id)}/lines`, {
    query,
    signal,
  });
}

/** One run: `GET /sync-runs/{id}`. Raises `ApiProblem`. */
export function getSyncRun(client: ApiClient, id: string, signal?: AbortSignal): Promise<SyncRun> {
  return client.get(`sync-runs/${encodeURIComponent(id)}`, { signal });
}

/** End a run now; what it has stored stays: `POST /sync-runs/{id}/cancel`. Raises `ApiProblem`. */
export function cancelSyncRun(client: ApiClient, id: string): Promise<SyncRun> {
  return client.send('POST', `sync-runs/${encodeURIComponent(id)}/cancel`);
}

/** Progress as server-sent events named `run`, each with the run as data; ends when the run has ended: `GET /sync-runs/{id}/events`. Raises `ApiProblem`. */
export function followSyncRun(
  client: ApiClient,
  id: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  return client.openStream(`sync-runs/${encodeURIComponent(id)}/events`, signal);
}

/** Audit entries of the tenant, newest first; a page may be short and still have a next one: `GET /audit-entries`. Raises `ApiProblem`. */
export function listAuditEntries(
  client: ApiClient,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
    /** @format date-time */
    from?: string;
    /** @format date-time */
    to?: string;
    operation?: string;
    outcome?: 'succeeded' | 'failed';
    actor?: string;
    /** @format uuid */
    connectionId?: string;
    text?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: AuditEntry[];
  nextCursor: string | null;
}> {
  return client.get(`audit-entries`, { query, signal });
}

/** Recomputes the hash chain of the tenant; whoever asks while it is done gets the same report, and few tenants are done at once: `GET /audit-entries/verify`. Raises `ApiProblem`. */
export function verifyAuditLog(client: ApiClient, signal?: AbortSignal): Promise<AuditChainReport> {
  return client.get(`audit-entries/verify`, { signal });
}

/** Signed checkpoints of the chain of the tenant, newest first: `GET /audit-entries/checkpoints`. Raises `ApiProblem`. */
export function listAuditCheckpoints(
  client: ApiClient,
  query: Loose<{
    /**
     * @min 1
     * @max 200
     * @default 50
     */
    limit?: number;
    cursor?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<{
  items: AuditCheckpoint[];
  nextCursor: string | null;
}> {
  return client.get(`audit-entries/checkpoints`, { query, signal });
}

/** The audit log of the tenant with its chain, oldest first; leaves an entry `Export Audit Log`: `GET /audit-entries/export.csv`. Raises `ApiProblem`. */
export function exportAuditLogAsCsv(
  client: ApiClient,
  query: Loose<{
    /** @format date-time */
    from?: string;
    /** @format date-time */
    to?: string;
    operation?: string;
    outcome?: 'succeeded' | 'failed';
    actor?: string;
    /** @format uuid */
    connectionId?: string;
    text?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<Blob> {
  return client.getFile(`audit-entries/export.csv`, { query, signal });
}

/** The audit log of the tenant with its chain, oldest first; leaves an entry `Export Audit Log`: `GET /audit-entries/export.jsonl`. Raises `ApiProblem`. */
export function exportAuditLogAsJsonLines(
  client: ApiClient,
  query: Loose<{
    /** @format date-time */
    from?: string;
    /** @format date-time */
    to?: string;
    operation?: string;
    outcome?: 'succeeded' | 'failed';
    actor?: string;
    /** @format uuid */
    connectionId?: string;
    text?: string;
  }> = {},
  signal?: AbortSignal,
): Promise<Blob> {
  return client.getFile(`audit-entries/export.jsonl`, { query, signal });
}

/** Who is signed in, and what the host wants everybody to know: `GET /session`. Raises `ApiProblem`. */
export function getSession(client: ApiClient, signal?: AbortSignal): Promise<Session> {
  return client.get(`session`, { signal });
}

/** What needs a person now, and what recurs, of every connection of the tenant: `GET /overview`. Raises `ApiProblem`. */
export function getOverview(client: ApiClient, signal?: AbortSignal): Promise<Overview> {
  return client.get(`overview`, { signal });
}

/** Whether the process answers: `GET /health/live`. Raises `ApiProblem`. */
export function isLive(client: ApiClient, signal?: AbortSignal): Promise<Health> {
  return client.get(`health/live`, { signal });
}

/** Whether the process can do its work: database, migrations, job queue, master key; `checks` of the problem says what is missing: `GET /health/ready`. Raises `ApiProblem`. */
export function isReady(client: ApiClient, signal?: AbortSignal): Promise<Health> {
  return client.get(`health/ready`, { signal });
}

/** Figures of the requests to all tenants' PSA instances, for Prometheus: `GET /metrics`. Raises `ApiProblem`. */
export function getMetrics(client: ApiClient, signal?: AbortSignal): Promise<Blob> {
  return client.getFile(`metrics`, { signal });
}

/** This document: `GET /openapi.json`. Raises `ApiProblem`. */
export function getOpenApi(client: ApiClient, signal?: AbortSignal): Promise<object> {
  return client.get(`openapi.json`, { signal });
}
