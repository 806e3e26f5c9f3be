import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { ConnectionNotActiveError } from '../../connections/domain/connection.errors.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId, newId } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SyncRunNotFoundError } from '../domain/sync.errors.js';
import { initialProgress, type SyncRun, type SyncTrigger } from '../domain/sync-run.js';
import { SYNC_RUN_STORE, type SyncRunListKey, type SyncRunStore } from '../domain/sync-run-store.js';
import { SYNC_QUEUE, type SyncJob } from './sync-queue.js';

/** Starts and shows sync runs. */
@Injectable()
export class SyncRuns {
  constructor(
    private readonly connections: ConnectionDirectory,
    @Inject(SYNC_RUN_STORE) private readonly store: SyncRunStore,
    private readonly queue: JobQueue,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Queues a run at a caller's wish.
   * @throws ConnectionNotFoundError, ConnectionNotActiveError, SyncAlreadyActiveError
   */
  async start(context: UseCaseContext, connectionId: string): Promise<SyncRun> {
    const subject = { type: 'connection', id: isId(connectionId) ? connectionId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.startSyncRun, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      subject.label = connection.alias;
      if (connection.state !== 'active') throw new ConnectionNotActiveError(connection.state);
      const run = this.newRun(connection, 'manual', context.correlationId);
      await this.transactions.run(async (tx) => {
        await this.store.insert(tx, run);
        await this.enqueue(tx, run.id);
        await this.audit.append(tx, context, {
          ...event(),
          details: { syncRunId: run.id, trigger: run.trigger },
        });
      });
      return run;
    });
  }

  /** Queues the run of one tick of the schedule; every replica may call it, one run results. */
  async startScheduled(connection: Connection, scheduledFor: Date): Promise<void> {
    const run = this.newRun(connection, 'schedule', newId());
    await this.transactions.run(async (tx) => {
      if (!(await this.store.insertScheduled(tx, run, scheduledFor))) return;
      await this.enqueue(tx, run.id);
    });
  }

  /**
   * Gives a new job to queued runs whose job used up its attempts, as happens when the database is away for a while; a run whose
   * job still waits gets none.
   */
  async requeueForgotten(untouchedSince: Date): Promise<void> {
    await this.transactions.run(async (tx) => {
      for (const id of await this.store.takeForgotten(tx, untouchedSince, this.clock.now()))
        await this.enqueue(tx, id);
    });
  }

  /** @throws SyncRunNotFoundError also for a run of another tenant */
  async get({ actor }: UseCaseContext, id: string): Promise<SyncRun> {
    const run = isId(id) ? await this.store.find(id) : null;
    if (run === null || run.tenantId !== actor.tenantId) throw new SyncRunNotFoundError();
    return run;
  }

  /** Newest first. @throws ConnectionNotFoundError */
  async list(
    context: UseCaseContext,
    connectionId: string,
    page: PageRequest,
    before: SyncRunListKey | undefined,
  ): Promise<Page<SyncRun>> {
    const { id } = await this.connections.get(context, connectionId);
    return this.store.list(id, page, before);
  }

  private async enqueue(tx: Transaction, runId: string): Promise<void> {
    await this.queue.enqueue<SyncJob>(tx, { queue: SYNC_QUEUE, payload: { runId }, exclusiveKey: runId });
  }

  private newRun({ id, tenantId }: Connection, trigger: SyncTrigger, correlationId: string): SyncRun {
    return {
      id: newId(),
      connectionId: id,
      tenantId,
      trigger,
      state: 'queued',
      correlationId,
      createdAt: this.clock.now(),
      startedAt: null,
      finishedAt: null,
      apiCalls: 0,
      entities: initialProgress(),
      error: null,
    };
  }
}
