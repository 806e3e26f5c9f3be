import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import {
  PlanClosedError,
  PlanNotFoundError,
  StepDateError,
  StepNotFoundError,
} from '../domain/billing.errors.js';
import { type BillingPlan, PLAN_STORE, type PlanStore, type StoredStep } from '../domain/billing-plan.js';
import { isAdjustment } from '../domain/line-overlay.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import { redated } from '../domain/redated-step.js';
import { personOf } from './plan-facts.js';
import { Plans } from './plans.service.js';

/** Absent members stay as they are. */
export interface StepChange {
  effectiveOn?: LocalDate | undefined;
  dismissed?: boolean | undefined;
  reason?: string | undefined;
}

/** What a person changes about a plan before applying it. */
@Injectable()
export class PlanSteps {
  constructor(
    private readonly all: Plans,
    @Inject(PLAN_STORE) private readonly plans: PlanStore,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
  ) {}

  /** @throws PlanNotFoundError, TierNotAllowedError, StepNotFoundError, PlanClosedError, StepDateError */
  async update(
    context: UseCaseContext,
    planId: string,
    stepId: string,
    change: StepChange,
  ): Promise<BillingPlan> {
    const subject = { type: 'plan', id: isId(planId) ? planId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.updatePlan, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const found = await this.all.get(context, planId);
      known = found.connectionId;
      demandManagingTier(context.actor);
      return this.transactions.run(async (tx) => {
        const plan = await this.plans.lock(tx, planId);
        if (plan === null) throw new PlanNotFoundError();
        if (plan.state === 'applied' || plan.state === 'stale') throw new PlanClosedError();
        const before = plan.steps.find(({ id }) => id === stepId);
        if (before === undefined) throw new StepNotFoundError();
        await this.demandFreeDay(before, change);
        const after = changedStep(before, change, plan);
        await this.plans.saveStep(tx, after);
        // Whoever approved it, or made it, stood for something else.
        const { id: changedById } = personOf(context);
        await this.plans.save(tx, { id: plan.id, state: 'draft', approvals: [], changedById });
        await this.audit.append(tx, context, {
          ...event(),
          details: {
            stepId,
            identity: before.step.identity,
            changes: [
              { field: 'effectiveOn', before: before.step.effectiveOn, after: after.step.effectiveOn },
              { field: 'dismissedReason', before: before.dismissedReason, after: after.dismissedReason },
            ],
            ...(change.reason === undefined ? {} : { reason: change.reason }),
          },
        });
        const steps = plan.steps.map((step) => (step.id === stepId ? after : step));
        return { ...plan, state: 'draft', approvals: [], changedById, steps };
      });
    });
  }

  /** The PSA takes one adjustment per line and day, also of those that were decided apart from the plan. @throws StepDateError */
  private async demandFreeDay(
    { lineId, step }: StoredStep,
    { effectiveOn }: Pick<StepChange, 'effectiveOn'>,
  ): Promise<void> {
    if (effectiveOn === undefined || effectiveOn === step.effectiveOn || !isAdjustment(step)) return;
    const pushed = await this.operations.pushedOf([lineId]);
    if (!pushed.some((other) => other.effectiveOn === effectiveOn)) return;
    throw new StepDateError(
      `The contract service has an adjustment on ${effectiveOn} already, and the PSA takes one a day; choose another day.`,
    );
  }
}

function changedStep(
  before: StoredStep,
  { effectiveOn, dismissed, reason }: StepChange,
  plan: BillingPlan,
): StoredStep {
  const others = plan.steps.filter(({ id, lineId }) => id !== before.id && lineId === before.lineId);
  const step =
    effectiveOn === undefined
      ? before.step
      : redated(
          before.step,
          effectiveOn,
          others.map((other) => other.step),
          reason,
        );
  const dismissedReason =
    dismissed === undefined ? before.dismissedReason : dismissed ? (reason ?? 'No reason given.') : null;
  return { ...before, step, dismissedReason };
}
