import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { cronProblem } from '../../core/cron-expression.js';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { Mirror } from '../../contracts/application/mirror.service.js';
import { isId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { type ConnectionSchedule, SCHEDULE_STORE, type ScheduleStore } from '../domain/schedule-store.js';
import { SyncCronInvalidError } from '../domain/sync.errors.js';
import { SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';
import { ScheduleTimes } from './schedule-times.js';
import { SyncRunEnds } from './sync-run-ends.service.js';

/** A connection's schedule and the expression it is pulled by. */
export interface ShownSchedule extends ConnectionSchedule {
  effectiveCron: string;
}

/** What a person may change; absent leaves as it is. */
export interface ScheduleChange {
  /** Null: the schedule of the installation. */
  syncCron?: string | null | undefined;
  isPaused?: boolean | undefined;
}

/** Shows and changes when a connection is pulled. */
@Injectable()
export class ConnectionSchedules {
  readonly #times: ScheduleTimes;

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) settings: Pick<PsaConnectorSettings, 'schedules' | 'sync'>,
    private readonly connections: ConnectionDirectory,
    @Inject(SCHEDULE_STORE) private readonly store: ScheduleStore,
    @Inject(SYNC_RUN_STORE) private readonly runs: SyncRunStore,
    private readonly ends: SyncRunEnds,
    private readonly mirror: Mirror,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#times = new ScheduleTimes(settings);
  }

  /** @throws ConnectionNotFoundError */
  async get(context: UseCaseContext, connectionId: string): Promise<ShownSchedule> {
    const { id } = await this.connections.get(context, connectionId);
    return this.shown((await this.store.find(id)) ?? this.unplanned(id));
  }

  /**
   * Changes the schedule. A paused connection is pulled only when a person starts a run: pausing cancels what the schedule has started,
   * be it queued, waiting or at work. Resuming plans from now, so that what was missed is made up for by one run.
   * @throws ConnectionNotFoundError, TierNotAllowedError, SyncCronInvalidError
   */
  async change(
    context: UseCaseContext,
    connectionId: string,
    { syncCron, isPaused }: ScheduleChange,
  ): Promise<ShownSchedule> {
    const subject = { type: 'connection', id: isId(connectionId) ? connectionId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.updateSyncSchedule, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const { id, alias } = await this.connections.get(context, connectionId);
      known = id;
      demandManagingTier(context.actor);
      subject.label = alias;
      if (typeof syncCron === 'string') demandCron(syncCron);
      const { after, cancelledId } = await this.transactions.run(async (tx) => {
        const before = (await this.store.lock(tx, id)) ?? this.unplanned(id);
        const after = this.changed(before, { syncCron, isPaused });
        await this.store.save(tx, after, this.#times.plannedWith);
        await this.audit.append(tx, context, { ...event(), details: { changes: changesOf(before, after) } });
        const isPausing = after.pausedAt !== null;
        const cancelledId = isPausing ? await this.cancelScheduled(tx, context, { id, alias }) : null;
        return { after, cancelledId };
      });
      if (cancelledId !== null) await this.ends.noteById(cancelledId);
      return this.shown(after);
    });
  }

  /** A person's own run goes on. Gives the id of the run that was cancelled, if there was one. */
  private async cancelScheduled(
    tx: Transaction,
    context: UseCaseContext,
    connection: { id: string; alias: string },
  ): Promise<string | null> {
    const run = await this.runs.cancelScheduled(tx, connection.id, this.clock.now());
    if (run === null) return null;
    await this.mirror.forgetPull(tx, { connectionId: connection.id, pullId: run.id });
    await this.audit.append(tx, context, {
      operation: AUDIT_OPERATIONS.cancelSyncRun,
      subject: { type: 'syncRun', id: run.id, label: connection.alias },
      connectionId: connection.id,
      details: {
        syncRunId: run.id,
        mode: run.mode,
        reason: 'The schedule was paused.',
        changes: [{ field: 'state', before: run.state, after: 'cancelled' }],
      },
    });
    return run.id;
  }

  private changed(before: ConnectionSchedule, { syncCron, isPaused }: ScheduleChange): ConnectionSchedule {
    const now = this.clock.now();
    const cron = syncCron === undefined ? before.syncCron : syncCron;
    const isNowPaused = isPaused ?? before.pausedAt !== null;
    if (isNowPaused) {
      const pausedAt = before.pausedAt ?? now;
      return { ...before, syncCron: cron, pausedAt, nextRunAt: null, nextSweepAt: null };
    }
    return { ...before, syncCron: cron, pausedAt: null, ...this.#times.plan(before.connectionId, cron, now) };
  }

  private unplanned(connectionId: string): ConnectionSchedule {
    return {
      connectionId,
      syncCron: null,
      pausedAt: null,
      nextRunAt: null,
      nextSweepAt: null,
      needsFull: true,
      deletionsAcceptedAt: null,
      fullFailures: 0,
    };
  }

  private shown(schedule: ConnectionSchedule): ShownSchedule {
    return { ...schedule, effectiveCron: this.#times.effectiveCron(schedule.syncCron) };
  }
}

/** Five fields, so that a connection cannot be pulled every second. */
function demandCron(expression: string): void {
  const problem = cronProblem(expression);
  if (problem !== null) throw new SyncCronInvalidError(`it ${problem}`);
  if (expression.trim().split(/\s+/).length !== 5) {
    throw new SyncCronInvalidError('it must have five fields, from minutes to days of the week');
  }
}

function changesOf(before: ConnectionSchedule, after: ConnectionSchedule) {
  return [
    { field: 'syncCron', before: before.syncCron, after: after.syncCron },
    { field: 'paused', before: before.pausedAt !== null, after: after.pausedAt !== null },
  ].filter((change) => change.before !== change.after);
}
