import type { LocalDate } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { LineValues } from './line-timeline.js';
import type { Operation, OperationState } from './operation.js';
import type { PlanStep } from './plan-step.js';

export interface OperationFilter {
  tenantId: string;
  connectionId?: string | undefined;
  subscriptionId?: string | undefined;
  state?: OperationState | undefined;
}

export type NewOperation = Omit<
  Operation,
  'sequence' | 'version' | 'isRebased' | 'attempts' | 'notBefore' | 'updatedAt' | 'externalId'
>;

/** What became of an operation, as it was at a version. */
export interface OperationOutcome extends Pick<Operation, 'id' | 'version'> {
  state: OperationState;
  attempts: number;
  notBefore: Date;
  externalId: string | null;
  error: Operation['error'];
}

/** An operation, as it was at a version, that is about to be sent. */
export interface SendIntent extends Pick<Operation, 'id' | 'version'> {
  /** When it may be taken up again should nobody tell what became of it. */
  notBefore: Date;
}

/** What a line has in the PSA because of us, or may have, or is to have once a person has looked. */
export interface PushedChange {
  lineId: string;
  effectiveOn: LocalDate;
  step: PlanStep;
  state: OperationState;
}

/** What a line holds because of us, where nothing of it is open. */
export interface LastApplied {
  lineId: string;
  lineExternalId: string;
  subscriptionId: string;
  expected: LineValues;
}

/** The outbox. */
export interface OperationStore {
  /** @returns them as they are saved, in their order @throws DayTakenError, ChargeTakenError, AlreadyCompensatedError */
  insert(tx: Transaction, operations: readonly NewOperation[]): Promise<Operation[]>;
  find(id: string): Promise<Operation | null>;
  lock(tx: Transaction, id: string): Promise<Operation | null>;
  /** Newest first. */
  list(filter: OperationFilter, page: PageRequest, before: string | undefined): Promise<Page<Operation>>;
  /** Operations of these lines that are not finished, in their order. */
  openOf(lineIds: readonly string[], tx?: Transaction): Promise<Operation[]>;
  /** Adjustments of these lines that were sent, or were to be and wait for a person, in their order: they have their days. */
  pushedOf(lineIds: readonly string[]): Promise<PushedChange[]>;
  /**
   * For each line of a connection its first unfinished operation, where that one is due; lines that wait for a person are left out. Of those
   * that make a line of one service on one contract only the first: the next has to see what the first one made.
   */
  due(connectionId: string, now: Date, limit: number): Promise<Operation[]>;
  /**
   * Marks these as being sent. What was decided about anew since it was read is left out: another pass takes it up. So is everything where the
   * pushes were stopped, or the connection is no longer active.
   * @returns the ids of those that were marked @throws PushLeaseLostError when the lease was taken over
   */
  markSending(lease: PushLease, intents: readonly SendIntent[], at: Date): Promise<ReadonlySet<string>>;
  /** As `markSending`. @returns the ids of those that were saved @throws PushLeaseLostError */
  saveOutcomes(
    tx: Transaction,
    lease: PushLease,
    outcomes: readonly OperationOutcome[],
    at: Date,
  ): Promise<ReadonlySet<string>>;
  /** Rewrites what is not sent yet. @returns its new version; null when it was sent or decided about anew since it was read */
  rewrite(
    tx: Transaction,
    operation: Pick<Operation, 'id' | 'version'>,
    step: PlanStep,
    at: Date,
  ): Promise<number | null>;
  setState(
    tx: Transaction,
    id: string,
    state: OperationState,
    error: Operation['error'],
    at: Date,
  ): Promise<void>;
  /**
   * A failed operation is taken up again, as often as it takes, from what the PSA holds then.
   * @param step its own, or the same on another day @throws DayTakenError
   */
  release(tx: Transaction, id: string, step: PlanStep, at: Date): Promise<void>;
  /** For each mapped line what was last applied up to a day, or was in force when it was mapped; lines written to since an instant, or with something open, are left out. */
  lastApplied(connectionId: string, upTo: LocalDate, untouchedSince: Date): Promise<LastApplied[]>;
  /** Every operation that settles amounts of these months, in their order, whatever its state. @param months first days */
  settlingOf(connectionId: string, months: readonly LocalDate[], tx?: Transaction): Promise<Operation[]>;
  /** Failed operations of a subscription, oldest first. */
  failedOf(tenantId: string, subscriptionId: string): Promise<Operation[]>;
  /** Connections with operations that are due and whose pushes nobody holds. */
  connectionsDue(now: Date): Promise<string[]>;
}

export interface PushLease {
  connectionId: string;
  token: string;
}

/** Whether and by whom a connection's operations are being pushed. */
export interface PushState {
  connectionId: string;
  /** Failures since the last success. */
  failures: number;
  stoppedAt: Date | null;
  stopReason: string | null;
}

/** One worker per connection, and the circuit that stops it. */
export interface PushStore {
  /** @returns false while another worker has it */
  take(lease: PushLease, now: Date, until: Date): Promise<boolean>;
  /**
   * Keeps the lease from being taken over, and the pushes from being stopped, until the transaction ends.
   * @throws PushLeaseLostError when either has happened, or the connection is no longer active
   */
  hold(tx: Transaction, lease: PushLease): Promise<void>;
  /** @throws PushLeaseLostError */
  renew(lease: PushLease, until: Date): Promise<void>;
  release(lease: PushLease): Promise<void>;
  /** Whether the connection may have anything to plan or to send at an instant: a cheap look before the PSA is opened. */
  isDue(connectionId: string, now: Date): Promise<boolean>;
  read(connectionId: string): Promise<PushState>;
  save(tx: Transaction, state: PushState): Promise<void>;
}

export const OPERATION_STORE = Symbol('OPERATION_STORE');
export const PUSH_STORE = Symbol('PUSH_STORE');
