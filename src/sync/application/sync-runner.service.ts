import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { Mirror } from '../../contracts/application/mirror.service.js';
import { systemContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import type { PsaBatch, PsaSession } from '../../ports/psa/psa-session.port.js';
import { decideOnError, type ErrorDecision } from '../domain/error-decision.js';
import { ConnectionGoneError, LeaseLostError } from '../domain/sync.errors.js';
import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import { type RunLease, SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';

interface Work {
  run: SyncRun;
  lease: RunLease;
  session: PsaSession;
  /** Calls of earlier attempts, before this session. */
  earlierCalls: number;
  signal: AbortSignal;
}

/** Executes one run: page by page, each page committed with the place where the next one starts. */
@Injectable()
export class SyncRunner {
  readonly #logger = new Logger(SyncRunner.name);

  constructor(
    @Inject(SYNC_RUN_STORE) private readonly store: SyncRunStore,
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
    private readonly checks: ConnectionCheck,
    private readonly mirror: Mirror,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Works on the run until it ends. Rejects only when the process shuts down, so that the queue gives the run to another worker,
   * which goes on after the last committed page.
   */
  async execute(runId: string, signal: AbortSignal): Promise<void> {
    const lease = { runId, token: newId() };
    const run = await this.store.claim(lease, this.clock.now());
    if (run === null) return;
    this.#logger.log('Sync run started', {
      connectionId: run.connectionId,
      syncRunId: run.id,
      trigger: run.trigger,
    });
    try {
      await this.pullAll(run, lease, signal);
      await this.finish(run, lease, 'succeeded', null);
    } catch (error) {
      await this.settle(run, lease, error, signal);
    }
  }

  private async pullAll(run: SyncRun, lease: RunLease, signal: AbortSignal): Promise<void> {
    const session = await this.openSession(run);
    const work = { run, lease, session, earlierCalls: run.apiCalls, signal };
    try {
      for (const progress of run.entities) {
        if (!progress.isComplete) await this.pullEntity(work, progress);
      }
    } finally {
      run.apiCalls = work.earlierCalls + session.apiCalls;
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

  private async pullEntity(work: Work, progress: EntityProgress): Promise<void> {
    const { session, signal } = work;
    const request = { scope: { kind: 'all' }, position: progress.nextCursor } as const;
    signal.throwIfAborted();
    for await (const batch of session.readBatches(progress.entity, request, signal)) {
      await this.storeBatch(work, progress, batch);
      signal.throwIfAborted();
    }
  }

  /** Commits one batch together with the progress that makes it count. */
  private async storeBatch<E extends PsaEntity>(
    { run, lease, session, earlierCalls }: Work,
    progress: EntityProgress,
    { records, pages, position }: PsaBatch<PsaRecords[E]>,
  ): Promise<void> {
    const { entity } = progress;
    await this.presentConnection(run);
    const { connectionId } = run;
    const committed = await this.transactions.run(async (tx) => {
      const pull = { connectionId, pullId: run.id, entity };
      const counts = await this.mirror.writePage(tx, { ...pull, pageNumber: progress.pages, records });
      const isComplete = position === null;
      const next = {
        entity,
        nextCursor: position,
        pages: progress.pages + pages,
        isComplete,
        read: progress.read + records.length,
        created: progress.created + counts.created,
        updated: progress.updated + counts.updated,
        deleted: isComplete ? await this.mirror.finishEntity(tx, pull) : 0,
      };
      await this.store.saveProgress(tx, lease, next, earlierCalls + session.apiCalls, this.clock.now());
      return next;
    });
    Object.assign(progress, committed);
  }

  private async presentConnection({ connectionId }: SyncRun): Promise<Connection> {
    const connection = await this.connections.findForWork(connectionId);
    if (connection === null || connection.state === 'disabled') throw new ConnectionGoneError();
    return connection;
  }

  private async settle(run: SyncRun, lease: RunLease, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw error;
    if (error instanceof LeaseLostError) return;
    if (error instanceof ConnectionGoneError) {
      await this.finish(run, lease, 'cancelled', null);
      return;
    }
    const decision = decideOnError(error);
    this.#logger.warn('Sync run failed', {
      connectionId: run.connectionId,
      syncRunId: run.id,
      code: decision.code,
      detail: decision.detail,
      ...(decision.code === 'internal.unexpected' && error instanceof Error ? { stack: error.stack } : {}),
    });
    await this.finish(run, lease, 'failed', decision);
    if (decision.needsAttention) {
      const context = systemContext(run.tenantId, run.correlationId);
      const reason = { code: decision.code, reason: decision.detail, syncRunId: run.id };
      await this.checks.raiseAttention(context, run.connectionId, reason);
    }
  }

  private async finish(
    run: SyncRun,
    lease: RunLease,
    state: 'succeeded' | 'failed' | 'cancelled',
    decision: ErrorDecision | null,
  ): Promise<void> {
    const error = decision === null ? null : { code: decision.code, detail: decision.detail };
    await this.transactions.run(async (tx) => {
      await this.store.finish(tx, lease, { ...run, state, error, finishedAt: this.clock.now() });
      await this.mirror.forgetPull(tx, run.id);
    });
    this.#logger.log('Sync run ended', {
      connectionId: run.connectionId,
      syncRunId: run.id,
      state,
      apiCalls: run.apiCalls,
    });
  }
}
