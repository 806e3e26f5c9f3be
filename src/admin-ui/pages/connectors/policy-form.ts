import type { Policies, PoliciesChange } from '../../api/generated/api.js';

/** The policies as a form holds them; an empty amount means that no second approver is ever needed. */
export interface PolicyFields extends Omit<Policies, 'secondApproverAbove'> {
  secondApproverAbove: string;
}

export function policyFields({ secondApproverAbove, ...policies }: Policies): PolicyFields {
  return { ...policies, secondApproverAbove: secondApproverAbove?.amount ?? '' };
}

export function policiesChange(
  { secondApproverAbove, ...policies }: PolicyFields,
  currency: string,
): PoliciesChange {
  const amount = secondApproverAbove.trim();
  return { ...policies, secondApproverAbove: amount === '' ? null : { amount, currency } };
}
