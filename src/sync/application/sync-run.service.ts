import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandActive, demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { Mirror } from '../../contracts/application/mirror.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId, newId } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SCHEDULE_STORE, type ScheduleStore } from '../domain/schedule-store.js';
import { SyncRunEndedError, SyncRunNotFoundError } from '../domain/sync.errors.js';
import type { SyncMode, SyncRun } from '../domain/sync-run.js';
import { SYNC_RUN_STORE, type SyncRunListKey, type SyncRunStore } from '../domain/sync-run-store.js';
import { SyncRunEnds } from './sync-run-ends.service.js';
import { jobOf, MANUAL_PRIORITY, type SyncJob } from './sync-queue.js';

/** Starts, cancels and shows sync runs. */
@Injectable()
export class SyncRuns {
  constructor(
    private readonly connections: ConnectionDirectory,
    @Inject(SYNC_RUN_STORE) private readonly store: SyncRunStore,
    @Inject(SCHEDULE_STORE) private readonly schedules: ScheduleStore,
    private readonly mirror: Mirror,
    private readonly queue: JobQueue,
    private readonly audit: AuditTrail,
    private readonly ends: SyncRunEnds,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Queues a run at a caller's wish. Without a mode it is incremental where a full run has succeeded before.
   * @throws ConnectionNotFoundError, TierNotAllowedError, ConnectionNotActiveError, SyncAlreadyActiveError
   */
  async start(
    context: UseCaseContext,
    connectionId: string,
    wanted: SyncMode = 'incremental',
  ): Promise<SyncRun> {
    const subject = { type: 'connection', id: isId(connectionId) ? connectionId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.startSyncRun, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      demandManagingTier(context.actor);
      subject.label = connection.alias;
      demandActive(connection);
      return this.transactions.run(async (tx) => {
        const schedule = await this.schedules.lock(tx, connection.id);
        const mode = (schedule?.needsFull ?? true) ? 'full' : wanted;
        const run = this.newRun(connection, mode, context.correlationId);
        await this.store.insert(tx, run);
        if (mode === 'full') await this.schedules.requireFull(tx, connection.id);
        const job = jobOf({ id: run.id, mode, continuations: 0 });
        await this.queue.enqueue<SyncJob>(tx, { ...job, priority: MANUAL_PRIORITY });
        const details = { syncRunId: run.id, trigger: run.trigger, mode };
        await this.audit.append(tx, context, { ...event(), details });
        return run;
      });
    });
  }

  /**
   * Ends a run now. What it has stored stays; a worker on any replica stops at its next batch.
   * @throws SyncRunNotFoundError, TierNotAllowedError, SyncRunEndedError
   */
  async cancel(context: UseCaseContext, id: string): Promise<SyncRun> {
    const subject = { type: 'syncRun', id: isId(id) ? id : null, label: '' };
    let connectionId: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.cancelSyncRun, subject, connectionId });
    return this.audit.attempt(context, event, async () => {
      const run = await this.get(context, id);
      connectionId = run.connectionId;
      demandManagingTier(context.actor);
      await this.transactions.run(async (tx) => {
        if (!(await this.store.cancel(tx, id, this.clock.now()))) throw new SyncRunEndedError();
        await this.mirror.forgetPull(tx, { connectionId: run.connectionId, pullId: id });
        const details = {
          syncRunId: id,
          mode: run.mode,
          changes: [{ field: 'state', before: run.state, after: 'cancelled' }],
        };
        await this.audit.append(tx, context, { ...event(), details });
      });
      const cancelled = await this.get(context, id);
      this.ends.note(cancelled);
      return cancelled;
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

  private newRun({ id, tenantId }: Connection, mode: SyncMode, correlationId: string): SyncRun {
    return {
      id: newId(),
      connectionId: id,
      tenantId,
      trigger: 'manual',
      mode,
      state: 'queued',
      correlationId,
      createdAt: this.clock.now(),
      scheduledFor: null,
      startedAt: null,
      finishedAt: null,
      apiCalls: 0,
      entities: [],
      error: null,
      resumesAt: null,
      wait: null,
      waitingSince: null,
      waits: 0,
    };
  }
}
