import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { PendingChange } from '../domain/pending-change.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import type { PlanStep } from '../domain/plan-step.js';
import { totalOf } from '../domain/plan-total.js';

/** The people who approved it, with the one who does now. */
export function withApproval(
  { approvals }: Pick<BillingPlan, 'approvals'>,
  { actor }: UseCaseContext,
): BillingPlan['approvals'] {
  const isKnown = approvals.some(({ id }) => id === actor.id);
  return isKnown ? approvals : [...approvals, { id: actor.id, name: actor.name }];
}

/** What an audit entry tells of a plan. */
export function summaryOf({ id, steps, refusals }: BillingPlan, { currency }: Connection): AuditDetails {
  const chosen = steps.filter(({ dismissedReason }) => dismissedReason === null).map(({ step }) => step);
  const total = totalOf(chosen, currency);
  return {
    planId: id,
    steps: chosen.length,
    refusals: refusals.length,
    total: { amount: total.amount.toFixed(), currency: total.currency },
  };
}

/** Lines a plan changes for another reason than a change of the subscription. */
export function linesWithoutChanges(
  { steps, changeIds }: BillingPlan,
  waiting: readonly PendingChange[],
): string[] {
  const covered = new Set(
    waiting.filter(({ id }) => changeIds.includes(id)).map(({ subscriptionId }) => subscriptionId),
  );
  return [
    ...new Set(steps.filter(({ step }) => !covered.has(step.subscriptionId)).map(({ lineId }) => lineId)),
  ];
}

/** What a step bills of amounts beside the seats, whatever day a person put it on. */
export function chargeKeyOf({ kind, lineExternalId, charge, settles }: PlanStep): string {
  const amounts = settles?.amounts.toSorted((left, right) => (left.key < right.key ? -1 : 1));
  const facts = charge === null ? null : { ...charge, name: '', description: '' };
  return JSON.stringify(
    [kind, charge === null ? lineExternalId : null, facts, settles?.month, amounts],
    sortedKeys,
  );
}

/** Stored JSON comes back with its members in another order. */
function sortedKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
