import { Inject, Injectable } from '@nestjs/common';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { newId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { type DueSchedule, SCHEDULE_STORE, type ScheduleStore } from '../domain/schedule-store.js';
import type { SyncMode } from '../domain/sync-run.js';
import { type ScheduledRun, SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';
import { ScheduleTimes } from './schedule-times.js';
import { jobOf, type SyncJob } from './sync-queue.js';

/** Schedules handled by one transaction. */
const BATCH = 500;

/** A sweep that finds another run at work is tried again after this long. */
const SWEEP_RETRY_MS = 60_000;

/** Starts the runs that are due, set by set; every replica may, each run starts once. */
@Injectable()
export class DueRuns {
  readonly #times: ScheduleTimes;

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) settings: Pick<PsaConnectorSettings, 'schedules' | 'sync'>,
    @Inject(SCHEDULE_STORE) private readonly schedules: ScheduleStore,
    @Inject(SYNC_RUN_STORE) private readonly runs: SyncRunStore,
    private readonly queue: JobQueue,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#times = new ScheduleTimes(settings);
  }

  /** Gives connections that have none their times. @param isReplanning also those planned with other settings of the host */
  async plan({ isReplanning = false } = {}): Promise<void> {
    const { plannedWith } = this.#times;
    for (;;) {
      const unplanned = await this.schedules.listUnplanned(plannedWith, isReplanning, BATCH);
      if (unplanned.length === 0) return;
      const now = this.clock.now();
      const times = unplanned.map(({ connectionId, syncCron }) =>
        this.#times.plan(connectionId, syncCron, now),
      );
      await this.transactions.run((tx) => this.schedules.savePlanned(tx, times, plannedWith));
      if (unplanned.length < BATCH) return;
    }
  }

  /** After an outage of ours a connection gets one run, not one per tick that was missed: the next is planned from now. */
  async start(): Promise<void> {
    for (;;) {
      const count = await this.transactions.run((tx) => this.startBatch(tx));
      if (count < BATCH) return;
    }
  }

  private async startBatch(tx: Transaction): Promise<number> {
    const now = this.clock.now();
    const due = await this.schedules.takeDue(tx, now, BATCH);
    if (due.length === 0) return 0;
    const runs = due.filter(({ state }) => state === 'active').map((schedule) => runOf(schedule, now));
    const started = new Set(await this.runs.insertScheduled(tx, runs, now));
    await this.enqueue(
      tx,
      runs.filter(({ id }) => started.has(id)),
    );
    const full = new Set(
      runs
        .filter(({ id, mode }) => started.has(id) && mode === 'full')
        .map(({ connectionId }) => connectionId),
    );
    const refused = new Set(
      runs.filter(({ id }) => !started.has(id)).map(({ connectionId }) => connectionId),
    );
    await this.schedules.saveTaken(
      tx,
      due.map((schedule) => this.nextOf(schedule, now, { full, refused })),
    );
    return due.length;
  }

  private async enqueue(tx: Transaction, runs: readonly ScheduledRun[]): Promise<void> {
    const jobs = Map.groupBy(
      runs.map((run) => jobOf({ ...run, continuations: 0 })),
      ({ queue }) => queue,
    );
    for (const [queue, requests] of jobs) await this.queue.enqueueAll<SyncJob>(tx, queue, requests);
  }

  private nextOf(
    { connectionId, syncCron, state, nextRunAt, nextSweepAt, needsFull }: DueSchedule,
    now: Date,
    { full, refused }: { full: ReadonlySet<string>; refused: ReadonlySet<string> },
  ) {
    const gone = { connectionId, nextRunAt: null, nextSweepAt: null, needsFull };
    if (state === 'removed') return gone;
    const isSweepDue = isDue(nextSweepAt, now);
    const nextSweep = refused.has(connectionId)
      ? new Date(now.getTime() + SWEEP_RETRY_MS)
      : this.#times.nextSweep(connectionId, now);
    return {
      connectionId,
      nextRunAt: isDue(nextRunAt, now) ? this.#times.nextRun(connectionId, syncCron, now) : nextRunAt,
      nextSweepAt: isSweepDue ? nextSweep : nextSweepAt,
      needsFull: needsFull || full.has(connectionId),
    };
  }
}

function isDue(at: Date | null, now: Date): boolean {
  return at !== null && at <= now;
}

function runOf(schedule: DueSchedule, now: Date): ScheduledRun {
  const { connectionId, tenantId, nextRunAt, nextSweepAt, needsFull } = schedule;
  const mode: SyncMode = needsFull || isDue(nextSweepAt, now) ? 'full' : 'incremental';
  const scheduledFor = isDue(nextRunAt, now) ? nextRunAt : nextSweepAt;
  return {
    id: newId(),
    connectionId,
    tenantId,
    mode,
    correlationId: newId(),
    scheduledFor: scheduledFor ?? now,
  };
}
