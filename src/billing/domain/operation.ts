import type { PlanStep } from './plan-step.js';

export const OPERATION_STATES = [
  'pending',
  'sending',
  'verifying',
  'applied',
  'failed',
  'dismissed',
] as const;
/**
 * `pending`: not sent; `sending`: sent, or about to be, and nobody knows yet what became of it; `verifying`: the PSA accepted it
 * and it is being read back; `failed`: a person has to look, the line waits; `dismissed`: given up, or merged into another one.
 */
export type OperationState = (typeof OPERATION_STATES)[number];

export interface OperationError {
  code: string;
  detail: string;
}

/** Who decided on a write, and the id that ties log, audit and operations together. */
export interface Originator {
  actorId: string;
  actorName: string;
  correlationId: string;
}

/** One intended write: an outbox message, saved with the decision and before it is sent. */
export interface Operation extends Originator {
  id: string;
  /** Order in which operations were decided; those of one line run in it. */
  sequence: string;
  connectionId: string;
  tenantId: string;
  lineId: string;
  subscriptionId: string;
  planId: string | null;
  stepId: string | null;
  compensatesId: string | null;
  step: PlanStep;
  state: OperationState;
  /** Changes with every decision about it: what is written, whether it is, and whether it is taken up again. */
  version: number;
  /** Taken up again by a person: it goes on from whatever the PSA holds then. */
  isRebased: boolean;
  /** How often it was sent. */
  attempts: number;
  /** It rests until then. */
  notBefore: Date;
  /** The PSA's id of what it made. */
  externalId: string | null;
  error: OperationError | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Our own id on a charge, by which it is found again. */
export function chargeReference({ id }: Pick<Operation, 'id'>): string {
  return `psa-connector:${id}`;
}

/** A refused change has no write; its operation only shows why, and is planned again on retry. */
export function isRefusal({ step }: Pick<Operation, 'step'>): boolean {
  return step.rule === 'refused';
}
