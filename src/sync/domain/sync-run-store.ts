import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { EntityProgress, SyncRun } from './sync-run.js';

/** Sort key of the list: creation time (ISO 8601), then id; newest first. */
export type SyncRunListKey = readonly [createdAt: string, id: string];

/** Proof that a worker holds a run; a later claim makes it worthless. */
export interface RunLease {
  runId: string;
  token: string;
}

export interface SyncRunStore {
  /** @throws SyncAlreadyActiveError */
  insert(tx: Transaction, run: SyncRun): Promise<void>;
  /** False when the connection has an active run, or already had its run for this tick of the schedule. */
  insertScheduled(tx: Transaction, run: SyncRun, scheduledFor: Date): Promise<boolean>;
  /** Takes the run over and gives it as it stands; null when it has ended. */
  claim(lease: RunLease, at: Date): Promise<SyncRun | null>;
  /** Saves progress of one entity. @throws LeaseLostError */
  saveProgress(
    tx: Transaction,
    lease: RunLease,
    progress: EntityProgress,
    apiCalls: number,
    at: Date,
  ): Promise<void>;
  /** Ends the run. @throws LeaseLostError */
  finish(tx: Transaction, lease: RunLease, run: SyncRun): Promise<void>;
  /** Queued runs that nobody has touched since, for a new job each; marks them as touched. */
  takeForgotten(tx: Transaction, untouchedSince: Date, at: Date): Promise<string[]>;
  /** Ends running runs that no worker has touched since; gives their ids. */
  failAbandoned(untouchedSince: Date, at: Date): Promise<string[]>;
  find(id: string): Promise<SyncRun | null>;
  list(connectionId: string, page: PageRequest, before: SyncRunListKey | undefined): Promise<Page<SyncRun>>;
}

export const SYNC_RUN_STORE = Symbol('SYNC_RUN_STORE');
