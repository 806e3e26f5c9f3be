export interface SubscriptionBody {
  customerId: string;
  offer: Record<string, string>;
  kind: string;
  quantity: number;
  status: string;
  startsOn: string;
  commitmentEndsOn?: string;
  friendlyName?: string;
  autoRenew?: boolean;
  promotionId?: string;
  unitCost: { amount: string; currency: string };
  unitPrice: { amount: string; currency: string };
  effectiveOn?: string;
}

/** One customer, company, offer, service, contract and subscription of its own. */
export interface Line {
  subscriptionId: string;
  body: SubscriptionBody;
  contractId: number;
  serviceId: number;
  connectionId: string;
}

export interface LineOptions {
  /** Whose it is; its own customer's when absent. */
  customerId?: string;
  currency?: string;
  term?: 'P1M' | 'P1Y' | 'P3Y';
  billingCycle?: 'monthly' | 'annual' | 'triennial';
  kind?: 'license' | 'azurePlan';
  periodType?: number;
  contractStart?: string;
  contractEnd?: string;
  /** Units the contract has already; absent: the service is not on the contract. */
  unitsBefore?: number;
  quantity?: number;
  unitPrice?: string;
  unitCost?: string;
  effectiveOn?: string;
  startsOn?: string;
  commitmentEndsOn?: string;
}

export interface UnitRow {
  startDate: string;
  endDate: string;
  units: number;
  price: string;
  cost: string;
  posted: boolean;
}
