import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { Mirror } from '../../contracts/application/mirror.service.js';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { systemContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { isDatabaseUnavailable } from '../../platform/persistence/database-unavailable.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { decideOnError, type ErrorDecision } from '../domain/error-decision.js';
import { watermarksAfter } from '../domain/pull-plan.js';
import { SCHEDULE_STORE, type ScheduleStore } from '../domain/schedule-store.js';
import { ConnectionGoneError, LeaseLostError } from '../domain/sync.errors.js';
import type { SyncRun } from '../domain/sync-run.js';
import {
  type Continuation,
  type RunLease,
  SYNC_RUN_STORE,
  type SyncRunStore,
} from '../domain/sync-run-store.js';
import { resumeAfter } from '../domain/waiting.js';
import { WATERMARK_STORE, type WatermarkStore } from '../domain/watermark-store.js';
import { FullRunBackOff } from './full-run-back-off.service.js';
import { SyncPull } from './sync-pull.js';
import { afterPullJob, jobOf, type SyncJob } from './sync-queue.js';
import { SyncRunEnds } from './sync-run-ends.service.js';
import { SyncRunSignals } from './sync-run-signals.service.js';
import { SyncStatistics } from './sync-statistics.service.js';

/** How long to wait before the database is tried again; doubled up to the longest. */
const FIRST_DATABASE_WAIT_MS = 250;
const LONGEST_DATABASE_WAIT_MS = 5_000;

/** Executes runs: batch by batch, each batch committed with the place where the next one starts. */
@Injectable()
export class SyncRunner {
  readonly #logger = new Logger(SyncRunner.name);

  constructor(
    @Inject(SYNC_RUN_STORE) private readonly store: SyncRunStore,
    @Inject(WATERMARK_STORE) private readonly watermarks: WatermarkStore,
    @Inject(SCHEDULE_STORE) private readonly schedules: ScheduleStore,
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
    private readonly checks: ConnectionCheck,
    private readonly mirror: Mirror,
    private readonly queue: JobQueue,
    private readonly transactions: TransactionRunner,
    private readonly statistics: SyncStatistics,
    private readonly signals: SyncRunSignals,
    private readonly ends: SyncRunEnds,
    private readonly backOff: FullRunBackOff,
    @Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: Pick<PsaConnectorSettings, 'sync'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Works on the run until it ends, its slice of time is used up, or it has to wait; in the last two cases the run is queued
   * again. Rejects only when the process shuts down, so that the queue gives the run to another worker, which goes on after the last
   * committed batch.
   * @param continuation which continuation of the run asks for it; undefined for its first job
   */
  async execute(runId: string, signal: AbortSignal, continuation?: number): Promise<void> {
    const lease = { runId, token: newId() };
    const now = this.clock.now();
    const run = await this.store.claim(lease, now);
    if (run === null) {
      if (continuation !== undefined) await this.postpone(runId, continuation);
      return;
    }
    this.signals.tell(run.id);
    if (run.startedAt?.getTime() === now.getTime()) this.statistics.countStart(run);
    this.#logger.debug('Sync run is worked on', { connectionId: run.connectionId, syncRunId: run.id });
    try {
      if (await this.pull(run, lease, signal)) await this.succeed(run, lease);
      else await this.release(run, lease, { resumesAt: null, wait: null });
    } catch (error) {
      await this.settle(run, lease, error, signal);
    }
  }

  /** By our clock the run still waits, though the replica that made it wait had another: its job is over, and it gets a new one. */
  private async postpone(runId: string, continuation: number): Promise<void> {
    const now = this.clock.now();
    await this.transactions.run(async (tx) => {
      const waiting = await this.store.postpone(tx, runId, continuation);
      if (waiting === null) return;
      const job = { ...jobOf(waiting), delaySeconds: secondsUntil(waiting.resumesAt, now) };
      await this.queue.enqueue<SyncJob>(tx, job);
    });
  }

  /** False when the slice of time is used up before everything is read. */
  private async pull(run: SyncRun, lease: RunLease, signal: AbortSignal): Promise<boolean> {
    const session = await this.openSession(run);
    const until = new Date(this.clock.now().getTime() + this.settings.sync.sliceSeconds * 1000);
    const schedule = await this.schedules.find(run.connectionId);
    const acceptsDeletions = run.mode === 'full' && (schedule?.deletionsAcceptedAt ?? null) !== null;
    const { store, watermarks, mirror, transactions, signals, clock } = this;
    const demandConnection = async ({ connectionId }: SyncRun): Promise<void> => {
      if (!(await this.connections.isForWork(connectionId))) throw new ConnectionGoneError();
    };
    const services = { store, watermarks, mirror, transactions, signals, clock, demandConnection };
    const pull = new SyncPull(services, run, lease, session, { signal, until, acceptsDeletions });
    try {
      return await pull.work();
    } finally {
      run.apiCalls = pull.apiCalls;
      await session.close();
    }
  }

  private async openSession(run: SyncRun): Promise<PsaSession> {
    const connection = await this.presentConnection(run);
    try {
      return await this.sessions.open(connection, 'pull');
    } catch (error) {
      // A removal in between destroys the credentials; that they cannot be read is then no failure.
      await this.presentConnection(run);
      throw error;
    }
  }

  private async presentConnection({ connectionId }: SyncRun): Promise<Connection> {
    const connection = await this.connections.findForWork(connectionId);
    if (connection === null || connection.state === 'disabled') throw new ConnectionGoneError();
    return connection;
  }

  private async settle(run: SyncRun, lease: RunLease, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw error;
    if (error instanceof LeaseLostError) return;
    if (isDatabaseUnavailable(error)) {
      this.#logger.warn('Sync run waits for the database', { syncRunId: run.id, reason: String(error) });
      await this.untilDatabaseAnswers(signal, () =>
        this.release(run, lease, { resumesAt: null, wait: null }),
      );
      return;
    }
    await this.untilDatabaseAnswers(signal, () => this.decide(run, lease, error));
  }

  private async decide(run: SyncRun, lease: RunLease, error: unknown): Promise<void> {
    if (error instanceof ConnectionGoneError) {
      await this.finish(run, lease, 'cancelled', null);
      return;
    }
    const decision = decideOnError(error);
    const now = this.clock.now();
    const toleranceMs = this.settings.sync.outageToleranceMinutes * 60_000;
    const resumesAt = resumeAfter(error, run, { now, toleranceMs, chance: Math.random() });
    if (resumesAt !== null) {
      await this.release(run, lease, { resumesAt, wait: { code: decision.code, detail: decision.detail } });
      return;
    }
    await this.fail(run, lease, decision, error);
  }

  private async fail(run: SyncRun, lease: RunLease, decision: ErrorDecision, error: unknown): Promise<void> {
    this.#logger.warn('Sync run failed', {
      connectionId: run.connectionId,
      syncRunId: run.id,
      code: decision.code,
      detail: decision.detail,
      ...(decision.code === 'internal.unexpected' && error instanceof Error ? { stack: error.stack } : {}),
    });
    const rests = run.mode === 'full' && !decision.needsAttention;
    await this.finish(run, lease, 'failed', decision, async (tx) => {
      if (rests) await this.backOff.afterFailure(tx, run.connectionId);
    });
    if (decision.needsAttention) {
      const context = systemContext(run.tenantId, run.correlationId);
      const reason = { code: decision.code, reason: decision.detail, syncRunId: run.id };
      await this.checks.raiseAttention(context, run.connectionId, reason);
    }
  }

  /** Queues the run again, behind others, and gives it up. */
  private async release(
    run: SyncRun,
    lease: RunLease,
    { resumesAt, wait: reason }: Pick<Continuation, 'resumesAt' | 'wait'>,
  ): Promise<void> {
    const at = this.clock.now();
    const waitingSince = reason === null ? run.waitingSince : (run.waitingSince ?? at);
    const waits = reason === null ? run.waits : run.waits + 1;
    await this.transactions.run(async (tx) => {
      const next = { apiCalls: run.apiCalls, resumesAt, wait: reason, waitingSince, waits };
      const continuations = await this.store.release(tx, lease, next);
      const job = jobOf({ id: run.id, mode: run.mode, continuations });
      const delaySeconds = resumesAt === null ? undefined : secondsUntil(resumesAt, at);
      await this.queue.enqueue<SyncJob>(tx, { ...job, delaySeconds });
    });
    this.signals.tell(run.id);
    if (reason === null) return;
    this.statistics.countWait(reason.code);
    this.#logger.warn('Sync run waits', {
      connectionId: run.connectionId,
      syncRunId: run.id,
      code: reason.code,
      resumesAt,
    });
  }

  private async succeed(run: SyncRun, lease: RunLease): Promise<void> {
    const { connectionId } = run;
    const before = await this.watermarks.list(connectionId);
    const after = watermarksAfter(run, before, run.startedAt ?? run.createdAt);
    await this.finish(run, lease, 'succeeded', null, async (tx) => {
      await this.watermarks.save(tx, connectionId, after);
      await this.watermarks.forgetTouched(tx, connectionId);
      if (run.mode === 'full') await this.schedules.completeFull(tx, connectionId);
      await this.queue.enqueue<SyncJob>(tx, afterPullJob(run.id));
    });
  }

  private async finish(
    run: SyncRun,
    lease: RunLease,
    state: 'succeeded' | 'failed' | 'cancelled',
    decision: ErrorDecision | null,
    also: (tx: Parameters<SyncRunStore['finish']>[0]) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const error = decision === null ? null : { code: decision.code, detail: decision.detail };
    const ended = { ...run, state, error, finishedAt: this.clock.now() };
    await this.transactions.run(async (tx) => {
      // In the order in which a start takes them: the other way round the two would wait for each other.
      await this.schedules.lock(tx, run.connectionId);
      await this.store.finish(tx, lease, ended);
      await this.mirror.forgetPull(tx, { connectionId: run.connectionId, pullId: run.id });
      await also(tx);
    });
    this.ends.note(ended);
    const rejected = run.entities.flatMap(({ rejections }) => rejections.map(({ detail }) => detail));
    if (rejected.length > 0) {
      this.#logger.warn('Records that cannot be read were set aside', {
        connectionId: run.connectionId,
        syncRunId: run.id,
        count: rejected.length,
        first: rejected[0],
      });
    }
    this.#logger.log('Sync run ended', {
      connectionId: run.connectionId,
      syncRunId: run.id,
      mode: run.mode,
      state,
      apiCalls: run.apiCalls,
    });
  }

  /** Repeats work that only fails because the database is away, as long as the process lives. */
  private async untilDatabaseAnswers(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    for (let waitMs = FIRST_DATABASE_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_DATABASE_WAIT_MS)) {
      try {
        await work();
        return;
      } catch (error) {
        if (error instanceof LeaseLostError) return;
        if (!isDatabaseUnavailable(error)) throw error;
        await wait(waitMs, undefined, { signal });
      }
    }
  }
}

function secondsUntil(at: Date, now: Date): number {
  return Math.max(0, at.getTime() - now.getTime()) / 1000;
}
