import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { money } from '../../kernel/money.js';
import { StepNotFoundError } from '../domain/billing.errors.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import type { PlanStep } from '../domain/plan-step.js';
import { isAbove, movedBy, totalOf } from '../domain/plan-total.js';
import { takenSteps } from '../domain/taken-steps.js';
import type { PlannedLines } from './planning.service.js';

/** A plan that nobody has decided about yet. */
export function draftOf(
  context: UseCaseContext,
  connection: Connection,
  planned: PlannedLines,
  createdAt: Date,
): BillingPlan {
  return {
    id: newId(),
    connectionId: connection.id,
    tenantId: connection.tenantId,
    state: 'draft',
    fingerprint: planned.fingerprint,
    steps: planned.steps.map(({ lineId, step }) => ({ id: newId(), lineId, step, dismissedReason: null })),
    refusals: planned.refusals,
    changeIds: planned.changes.map(({ id }) => id),
    approvals: [],
    createdAt,
    createdBy: personOf(context),
    changedById: null,
  };
}

/** Whoever stands for a decision: the person behind the actor, under the name it acted with. */
export function personOf({ actor }: UseCaseContext): { id: string; name: string } {
  return { id: actor.personId ?? actor.id, name: actor.name };
}

/** Whether somebody who is kept is who acts now; what was kept before actors told of persons has the actor's own id. */
function isSamePerson(id: string, { actor }: UseCaseContext): boolean {
  return id === actor.id || id === actor.personId;
}

/** The people who approved it, with the one who does now. */
export function withApproval(
  { approvals }: Pick<BillingPlan, 'approvals'>,
  context: UseCaseContext,
): BillingPlan['approvals'] {
  const isKnown = approvals.some(({ id }) => isSamePerson(id, context));
  return isKnown ? approvals : [...approvals, personOf(context)];
}

/** @throws StepNotFoundError when one that is asked for is not in the plan, or left out of it: nothing would come of it */
export function demandSteps({ steps }: BillingPlan, stepIds: readonly string[] | undefined): void {
  const known = new Set(steps.filter(({ dismissedReason }) => dismissedReason === null).map(({ id }) => id));
  if (stepIds?.every((id) => known.has(id)) === false) throw new StepNotFoundError();
}

/** What one person may move, as it is told. */
export function limitOf({ currency, policies }: Connection): string {
  const limit = policies.secondApproverAbove ?? money(0, currency);
  return `${limit.amount.toFixed()} ${limit.currency}`;
}

/**
 * Whether another person has to stand for what is chosen of a plan: it moves more than one may decide, and only the one who made or last
 * changed it does.
 * @param stepIds only these steps; all when absent
 */
export function needsAnotherPerson(
  plan: BillingPlan,
  context: UseCaseContext,
  { currency, policies }: Connection,
  stepIds: readonly string[] | undefined,
): boolean {
  const chosen = takenSteps(
    plan.steps,
    ({ id, dismissedReason }) => dismissedReason === null && (stepIds?.includes(id) ?? true),
  );
  const moved = movedBy(
    chosen.map(({ step }) => step),
    currency,
  );
  if (!isAbove(moved, policies.secondApproverAbove)) return false;
  const people = [plan.changedById ?? plan.createdBy.id, ...plan.approvals.map(({ id }) => id)];
  return people.every((id) => isSamePerson(id, context));
}

/** What an audit entry tells of a plan. */
export function summaryOf({ id, steps, refusals }: BillingPlan, { currency }: Connection): AuditDetails {
  const chosen = takenSteps(steps, ({ dismissedReason }) => dismissedReason === null).map(({ step }) => step);
  const total = totalOf(chosen, currency);
  return {
    planId: id,
    steps: chosen.length,
    refusals: refusals.length,
    total: { amount: total.amount.toFixed(), currency: total.currency },
  };
}

/** Lines a plan changes; of a subscription that changed, one it has left may be among them. */
export function linesOf({ steps }: BillingPlan): string[] {
  return [...new Set(steps.map(({ lineId }) => lineId))];
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
