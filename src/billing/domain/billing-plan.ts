import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { PlanRefusal, PlanStep } from './plan-step.js';

export type PlanState = 'draft' | 'approved' | 'applied' | 'stale';

export interface StoredStep {
  id: string;
  lineId: string;
  step: PlanStep;
  /** Why a person left it out; null: it is part of the plan. */
  dismissedReason: string | null;
}

export interface StoredRefusal extends PlanRefusal {
  lineId: string;
}

/** A plan as people look at it: made from what was known then, applied only while that still holds. */
export interface BillingPlan {
  id: string;
  connectionId: string;
  tenantId: string;
  state: PlanState;
  /** Of everything it was made from. */
  fingerprint: string;
  steps: StoredStep[];
  refusals: StoredRefusal[];
  /** The recorded changes it covers. */
  changeIds: string[];
  /** People who approved it beside the one who made it. */
  approvals: { id: string; name: string }[];
  createdAt: Date;
  createdBy: { id: string; name: string };
  /** Who changed a step last; null: nobody did. Whoever did stands for the plan in place of the one who made it. */
  changedById: string | null;
}

export interface PlanStore {
  insert(tx: Transaction, plan: BillingPlan): Promise<void>;
  find(id: string): Promise<BillingPlan | null>;
  lock(tx: Transaction, id: string): Promise<BillingPlan | null>;
  /**
   * What is applied or stale stays so, whoever comes later; who changed it stays as it is where that is not told.
   * @throws PlanClosedError, PlanStaleError
   */
  save(
    tx: Transaction,
    plan: Pick<BillingPlan, 'id' | 'state' | 'approvals'> & Partial<Pick<BillingPlan, 'changedById'>>,
  ): Promise<void>;
  saveStep(tx: Transaction, step: StoredStep): Promise<void>;
  /** Newest first. */
  list(
    connectionId: string,
    page: PageRequest,
    before: readonly string[] | undefined,
  ): Promise<Page<BillingPlan>>;
}

export const PLAN_STORE = Symbol('PLAN_STORE');
