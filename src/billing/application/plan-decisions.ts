import type { UseCaseContext } from '../../core/use-case-context.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import { takenSteps } from '../domain/taken-steps.js';
import type { Decision } from './decision-writer.service.js';
import { originatorOf } from './originator-context.js';
import type { PlannedLines } from './planning.service.js';

/**
 * What is decided by applying a plan, or some of its steps. A line of which a step is left for later keeps its changes waiting:
 * planned again, they give what is missing and nothing else.
 */
export function decisionsOfPlan(
  plan: BillingPlan,
  { lines, changes, inForce }: PlannedLines,
  context: UseCaseContext,
  stepIds: readonly string[] | undefined,
): Decision[] {
  const isChosen = (id: string) => stepIds?.includes(id) ?? true;
  return lines.flatMap((line) => {
    const own = plan.steps.filter(({ lineId }) => lineId === line.id);
    const wanted = takenSteps(own, ({ id, dismissedReason }) => dismissedReason === null && isChosen(id));
    const isComplete = own.every(({ id, dismissedReason }) => dismissedReason !== null || isChosen(id));
    const refusals = plan.refusals.filter(({ lineId }) => lineId === line.id);
    if (wanted.length === 0 && stepIds !== undefined) return [];
    return [
      {
        line,
        steps: wanted.map(({ id, step }) => ({ step, planId: plan.id, stepId: id })),
        refusals: isComplete ? refusals : [],
        changes:
          isComplete && line.isMapped
            ? changes.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId)
            : [],
        inForce: inForce.get(line.id) ?? null,
        originator: originatorOf(context),
      },
    ];
  });
}
