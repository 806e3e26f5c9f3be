import type { BillingPlan, PlanStep } from '../../api/generated/api.js';
import type { Amount } from '../../api/contracts.js';
import { sumAmounts } from '../../components/amounts.js';

export interface StepGroup {
  /** Null for subscriptions the host no longer knows. */
  customerId: string | null;
  customerName: string | null;
  steps: PlanStep[];
  /** Of the steps that are not left out. */
  total: Amount;
}

/** The steps of a plan by customer, customers by name, and what each customer's changes are worth. */
export function groupSteps({ steps, total }: BillingPlan): StepGroup[] {
  const groups = new Map<string | null, PlanStep[]>();
  for (const step of steps) {
    const key = step.subject?.customerId ?? null;
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups]
    .map(([customerId, ofCustomer]) => ({
      customerId,
      customerName: ofCustomer[0]?.subject?.customerName ?? null,
      steps: ofCustomer,
      total: sumAmounts(
        ofCustomer.filter(({ dismissed }) => !dismissed).map(({ impact }) => impact),
        total.currency,
      ),
    }))
    .toSorted((left, right) => (left.customerName ?? '').localeCompare(right.customerName ?? ''));
}

export function stepName(step: Pick<PlanStep, 'subject' | 'subscriptionId'>): string {
  return step.subject?.subscriptionName ?? step.subscriptionId;
}

/** The steps an apply would write: those chosen, less those left out. */
export function chosenSteps({ steps }: BillingPlan, unchosen: ReadonlySet<string>): PlanStep[] {
  return steps.filter(({ id, dismissed }) => !dismissed && !unchosen.has(id));
}
