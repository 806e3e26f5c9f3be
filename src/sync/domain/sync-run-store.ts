import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { EntityProgress, SyncMode, SyncRun, SyncWait } from './sync-run.js';

/** Sort key of the list: creation time (ISO 8601), then id; newest first. */
export type SyncRunListKey = readonly [createdAt: string, id: string];

/** Proof that a worker holds a run; a later claim makes it worthless. */
export interface RunLease {
  runId: string;
  token: string;
}

/** A run of the schedule to be inserted. */
export interface ScheduledRun {
  id: string;
  connectionId: string;
  tenantId: string;
  mode: SyncMode;
  correlationId: string;
  scheduledFor: Date;
}

/** A run that lost its job, or its worker with it. */
export interface LostRun {
  id: string;
  mode: SyncMode;
  /** Jobs it was given after its first one. */
  continuations: number;
}

/** How a run goes on later. */
export interface Continuation {
  apiCalls: number;
  /** Null: as soon as a worker is free. */
  resumesAt: Date | null;
  wait: SyncWait | null;
  waitingSince: Date | null;
  waits: number;
}

/** How many runs have not ended: those that want a worker, those that go on later, those at work. */
export interface ActiveRuns {
  queued: number;
  waiting: number;
  running: number;
}

export interface SyncRunStore {
  /** @throws SyncAlreadyActiveError */
  insert(tx: Transaction, run: SyncRun): Promise<void>;
  /** Inserts runs of the schedule; gives the ids of those whose connection has no active run and had none for its instant. */
  insertScheduled(tx: Transaction, runs: readonly ScheduledRun[], at: Date): Promise<string[]>;
  /** Takes the run over and gives it as it stands; null when it has ended or is to go on later. */
  claim(lease: RunLease, at: Date): Promise<SyncRun | null>;
  /** Counts a continuation of a run that still waits, when it is at this one; null when it is not, or waits no more. */
  postpone(
    tx: Transaction,
    runId: string,
    continuation: number,
  ): Promise<(LostRun & { resumesAt: Date }) | null>;
  /** Saves what the run is going to read. @throws LeaseLostError */
  savePlan(tx: Transaction, lease: RunLease, entities: readonly EntityProgress[]): Promise<void>;
  /** Saves progress of one entity; the run waits for nothing any more. @throws LeaseLostError */
  saveProgress(tx: Transaction, lease: RunLease, progress: EntityProgress, apiCalls: number): Promise<void>;
  /** Puts the run back into the queue and gives the number of this continuation. @throws LeaseLostError */
  release(tx: Transaction, lease: RunLease, continuation: Continuation): Promise<number>;
  /** Ends the run. @throws LeaseLostError */
  finish(tx: Transaction, lease: RunLease, run: SyncRun): Promise<void>;
  /** Ends a run that has not ended, whoever works on it; false when it had. */
  cancel(tx: Transaction, runId: string, at: Date): Promise<boolean>;
  /** The same for the run the schedule has started; gives it as it was before, null when there is none. Needs the connection's schedule locked. */
  cancelScheduled(
    tx: Transaction,
    connectionId: string,
    at: Date,
  ): Promise<Pick<SyncRun, 'id' | 'mode' | 'state'> | null>;
  /** Queued runs that nobody has touched for so long, by the clock of the database, and that wait for nothing, for a new job each; marks them as touched. */
  takeForgotten(tx: Transaction, untouchedSeconds: number): Promise<LostRun[]>;
  /** Puts running runs that no worker has touched for so long, by the clock of the database, back into the queue, each at most a few times. */
  recoverAbandoned(tx: Transaction, untouchedSeconds: number): Promise<LostRun[]>;
  /** Ends running runs that no worker has touched for so long, by the clock of the database, and that were put back too often; gives their ids. */
  failAbandoned(untouchedSeconds: number, at: Date): Promise<string[]>;
  /** Which of these ids are those of a run that is queued or running, or of the connection of one. */
  activeAmong(ids: readonly string[]): Promise<string[]>;
  /** Deletes up to `limit` runs that ended before; gives how many. */
  deleteFinished(before: Date, limit: number): Promise<number>;
  /** Runs that have not ended, of all tenants. @param now tells those that wait from those that only want a worker */
  countActive(now: Date): Promise<ActiveRuns>;
  find(id: string): Promise<SyncRun | null>;
  list(connectionId: string, page: PageRequest, before: SyncRunListKey | undefined): Promise<Page<SyncRun>>;
}

export const SYNC_RUN_STORE = Symbol('SYNC_RUN_STORE');
