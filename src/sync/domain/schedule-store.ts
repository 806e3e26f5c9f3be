import type { ConnectionState } from '../../connections/domain/connection.js';
import type { Transaction } from '../../kernel/transaction.js';

/** When a connection is pulled. */
export interface ConnectionSchedule {
  connectionId: string;
  /** Cron expression of its own, in UTC; null: that of the installation. */
  syncCron: string | null;
  pausedAt: Date | null;
  /** Null while paused. */
  nextRunAt: Date | null;
  nextSweepAt: Date | null;
  /** Whether the next run reads everything: none has yet, or the last one that should have did not succeed. */
  needsFull: boolean;
  /** Set when a person accepted that the next complete reading deletes however much is missing. */
  deletionsAcceptedAt: Date | null;
  /** Full runs in a row that failed for a reason no person was asked about. */
  fullFailures: number;
}

/** A schedule that is due, with what is needed to start its run. */
export interface DueSchedule extends ConnectionSchedule {
  tenantId: string;
  state: ConnectionState;
}

/** Instants of a connection's next run and sweep. */
export interface PlannedTimes {
  connectionId: string;
  nextRunAt: Date | null;
  nextSweepAt: Date | null;
}

export interface ScheduleStore {
  find(connectionId: string): Promise<ConnectionSchedule | null>;
  /** Reads and locks until the transaction ends. */
  lock(tx: Transaction, connectionId: string): Promise<ConnectionSchedule | null>;
  /** Inserts or replaces; a connection whose full runs failed rests no longer. */
  save(
    tx: Transaction,
    schedule: Omit<ConnectionSchedule, 'fullFailures'>,
    plannedWith: string,
  ): Promise<void>;
  /** Connections without a schedule and, when asked, those planned with other settings, with the expression of their own. */
  listUnplanned(
    plannedWith: string,
    isReplanning: boolean,
    limit: number,
  ): Promise<{ connectionId: string; syncCron: string | null }[]>;
  /** Saves times; a schedule that is new needs a full run first, a paused one is left alone. */
  savePlanned(tx: Transaction, times: readonly PlannedTimes[], plannedWith: string): Promise<void>;
  /** Takes up to `limit` schedules that are due, longest due first, and locks them; those another replica has taken are left out. */
  takeDue(tx: Transaction, at: Date, limit: number): Promise<DueSchedule[]>;
  /** Saves when schedules that were taken are due next. */
  saveTaken(tx: Transaction, times: readonly (PlannedTimes & { needsFull: boolean })[]): Promise<void>;
  /** A full run was started: until one succeeds, every run is full. */
  requireFull(tx: Transaction, connectionId: string): Promise<void>;
  /** A full run has succeeded: it needs no other, and what a person accepted for it is used up. */
  completeFull(tx: Transaction, connectionId: string): Promise<void>;
  /** Saves how often full runs failed, and when the schedule goes on. */
  saveRest(tx: Transaction, rest: PlannedTimes & { fullFailures: number }): Promise<void>;
  /** Sets or clears the acceptance of deletions. */
  setDeletionsAccepted(tx: Transaction, connectionId: string, at: Date | null): Promise<void>;
}

export const SCHEDULE_STORE = Symbol('SCHEDULE_STORE');
