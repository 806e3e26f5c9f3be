import type { Operation } from '../domain/operation.js';
import type { NewOperation } from '../domain/operation-store.js';
import { AlreadyCompensatedError, ChargeTakenError, DayTakenError } from '../domain/billing.errors.js';
import { fromStepJson } from './json-codec.js';

/** A row as `COLUMNS` gives it. */
export type OperationRow = Omit<Operation, 'step' | 'error'> & {
  step: object;
  errorCode: string | null;
  errorDetail: string | null;
};

export const COLUMNS = `id, sequence, connection_id AS "connectionId", tenant_id AS "tenantId", line_id AS "lineId",
  subscription_id AS "subscriptionId", plan_id AS "planId", step_id AS "stepId", compensates_id AS "compensatesId", step,
  state, attempts, not_before AS "notBefore", external_id AS "externalId", error_code AS "errorCode",
  error_detail AS "errorDetail", actor_id AS "actorId", actor_name AS "actorName", correlation_id AS "correlationId",
  created_at AS "createdAt", updated_at AS "updatedAt", is_rebased AS "isRebased", version`;
/** States of what is not finished. */
export const OPEN = `('pending', 'sending', 'verifying', 'failed')`;
export const ADJUSTMENTS = `('addService', 'adjustUnits', 'adjustPrice')`;

/** What a broken constraint means, by its name. */
export const VIOLATIONS = {
  billing_operation_day_uq: () => new DayTakenError(),
  billing_operation_charge_uq: () => new ChargeTakenError(),
  billing_operation_compensates_uq: () => new AlreadyCompensatedError(),
};

/** How often an operation was sent that is saved now: the one that leaves at once counts as sent. */
export function attemptsOf({ state }: Pick<NewOperation, 'state'>): number {
  return state === 'sending' ? 1 : 0;
}

/** An operation as it is once it is saved. */
export function fromNew(operation: NewOperation, sequence: string): Operation {
  const { createdAt } = operation;
  return {
    ...operation,
    sequence,
    version: 1,
    isRebased: false,
    attempts: attemptsOf(operation),
    notBefore: createdAt,
    externalId: null,
    updatedAt: createdAt,
  };
}

export function fromRow({ step, errorCode, errorDetail, ...row }: OperationRow): Operation {
  const error = errorCode === null ? null : { code: errorCode, detail: errorDetail ?? '' };
  return { ...row, step: fromStepJson(step), error };
}
