import { currencyCode } from '../../kernel/currency.js';
import { type Money, money, type MoneyJson, moneyToJson } from '../../kernel/money.js';

export const APPLY_MODES = ['automatic', 'approval'] as const;
export const DECREASE_POLICIES = ['sameDay', 'nextPeriod'] as const;
export const CANCEL_POLICIES = ['sameDay', 'periodEnd'] as const;
export const AZURE_POLICIES = ['charge', 'priceReset'] as const;

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
  /** A plan whose amount is above this one needs a second person; null: none does. */
  secondApproverAbove: Money | null;
}

export const DEFAULT_POLICIES: ConnectionPolicies = {
  applyMode: 'approval',
  decrease: 'sameDay',
  cancel: 'sameDay',
  azure: 'charge',
  secondApproverAbove: null,
};

/** Policies as they are kept and as they travel; without a limit the member is absent. */
export type PoliciesJson = Omit<ConnectionPolicies, 'secondApproverAbove'> & {
  secondApproverAbove?: MoneyJson;
};

export function policiesToJson({ secondApproverAbove, ...policies }: ConnectionPolicies): PoliciesJson {
  return secondApproverAbove === null
    ? policies
    : { ...policies, secondApproverAbove: moneyToJson(secondApproverAbove) };
}

export function policiesFromJson({ secondApproverAbove, ...policies }: PoliciesJson): ConnectionPolicies {
  const limit = secondApproverAbove ?? null;
  return {
    ...policies,
    secondApproverAbove: limit === null ? null : money(limit.amount, currencyCode(limit.currency)),
  };
}
