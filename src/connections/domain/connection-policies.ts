import { currencyCode } from '../../kernel/currency.js';
import { type Money, money, type MoneyJson, moneyToJson } from '../../kernel/money.js';

export const APPLY_MODES = ['automatic', 'approval'] as const;
export const DECREASE_POLICIES = ['sameDay', 'nextPeriod'] as const;
export const CANCEL_POLICIES = ['sameDay', 'periodEnd'] as const;
export const AZURE_POLICIES = ['charge', 'priceReset'] as const;
export const CHARGES_POLICIES = ['itemised', 'bundled'] as const;
export const RENEWAL_POLICIES = ['extend', 'nextContract'] as const;
export const PRICES_POLICIES = ['platform', 'marginRules'] as const;
/** What a description template may name, in braces. */
export const CHARGE_PLACEHOLDERS = ['description', 'month', 'customer', 'subscription', 'kind'] as const;

/** How changes of subscriptions reach the PSA of one connection. */
export interface ConnectionPolicies {
  /** `automatic`: a recorded change is pushed at once; `approval`: it waits until a person applies a plan. */
  applyMode: (typeof APPLY_MODES)[number];
  /** When fewer units count: on the day of the change, or from the next billing period on. */
  decrease: (typeof DECREASE_POLICIES)[number];
  /** When a cancelled subscription stops: on the day, or with the billing period. */
  cancel: (typeof CANCEL_POLICIES)[number];
  /** How Azure month costs are billed: as charges, or by setting the price for a period and resetting it. */
  azure: (typeof AZURE_POLICIES)[number];
  /** Usage and one-off amounts: a charge each, or one for each subscription and month. */
  charges: (typeof CHARGES_POLICIES)[number];
  /** Where a subscription goes that is renewed beyond its contract: the contract is extended, or a person maps it to the next one. */
  renewal: (typeof RENEWAL_POLICIES)[number];
  /** What licences cost the customer: what the platform says, or what the margin rules make of list and ERP price. */
  prices: (typeof PRICES_POLICIES)[number];
  /** Billing code of charges in the PSA; null: its first active material code. */
  chargeBillingCodeId: string | null;
  /** Name of charges with `CHARGE_PLACEHOLDERS` in braces; null: the amount's own description, or the month of a bundle. */
  chargeDescription: string | null;
  /** A plan whose amount is above this one needs a second person; null: none does. */
  secondApproverAbove: Money | null;
}

export const DEFAULT_POLICIES: ConnectionPolicies = {
  applyMode: 'approval',
  decrease: 'sameDay',
  cancel: 'sameDay',
  azure: 'charge',
  charges: 'itemised',
  prices: 'platform',
  renewal: 'extend',
  chargeBillingCodeId: null,
  chargeDescription: null,
  secondApproverAbove: null,
};

type Absent = 'chargeBillingCodeId' | 'chargeDescription' | 'secondApproverAbove';

/** Policies as they are kept and as they travel; what is not set is absent. */
export type PoliciesJson = Omit<ConnectionPolicies, Absent> & {
  chargeBillingCodeId?: string;
  chargeDescription?: string;
  secondApproverAbove?: MoneyJson;
};

export function policiesToJson({
  secondApproverAbove,
  chargeBillingCodeId,
  chargeDescription,
  ...policies
}: ConnectionPolicies): PoliciesJson {
  return {
    ...policies,
    ...(chargeBillingCodeId === null ? {} : { chargeBillingCodeId }),
    ...(chargeDescription === null ? {} : { chargeDescription }),
    ...(secondApproverAbove === null ? {} : { secondApproverAbove: moneyToJson(secondApproverAbove) }),
  };
}

/** Connections saved before a policy existed have its default. */
export function policiesFromJson({
  secondApproverAbove,
  ...policies
}: Partial<PoliciesJson>): ConnectionPolicies {
  const limit = secondApproverAbove ?? null;
  return {
    ...DEFAULT_POLICIES,
    ...policies,
    secondApproverAbove: limit === null ? null : money(limit.amount, currencyCode(limit.currency)),
  };
}
