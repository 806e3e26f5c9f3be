import type { Transaction } from '../../kernel/transaction.js';
import type { BillingPlan } from './billing-plan.js';

/** What takes applied operations back, and who asked for it. */
export interface CompensationStore {
  /** Id of the operation that takes this one back, or did; null where there is none that is not dismissed. */
  compensationOf(operationId: string, tx?: Transaction): Promise<string | null>;
  /** People who asked to take this operation back. */
  approvals(tx: Transaction, operationId: string): Promise<BillingPlan['approvals']>;
  saveApprovals(tx: Transaction, operationId: string, approvals: BillingPlan['approvals']): Promise<void>;
}

export const COMPENSATION_STORE = Symbol('COMPENSATION_STORE');
