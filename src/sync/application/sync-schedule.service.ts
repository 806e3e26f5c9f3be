import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { newId } from '../../kernel/ids.js';
import { mayCheckUnattended } from '../../connections/domain/connection.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';
import { ACCESS_CHECK_QUEUE, type AccessCheckJob } from './sync-queue.js';
import { SyncRuns } from './sync-run.service.js';

const SYNC_JOB = 'psa-connector:sync';
const CHECK_JOB = 'psa-connector:access-check';

/** A run nobody has touched for so long has lost its job as well as its worker. */
const ABANDONED_AFTER_MS = 30 * 60_000;

/** Decides when scheduled work is due. It fires on every replica; the database lets one of them start the work. */
@Injectable()
export class SyncSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(SyncSchedule.name);

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: PsaConnectorSettings,
    private readonly registry: SchedulerRegistry,
    private readonly connections: ConnectionDirectory,
    private readonly runs: SyncRuns,
    @Inject(SYNC_RUN_STORE) private readonly store: SyncRunStore,
    private readonly queue: JobQueue,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const { syncCron, checkCron } = this.settings.schedules;
    this.schedule(SYNC_JOB, syncCron, () => this.startDueRuns(this.tick()));
    this.schedule(CHECK_JOB, checkCron, () => this.startDueChecks(this.tick()));
  }

  async onModuleDestroy(): Promise<void> {
    for (const name of [SYNC_JOB, CHECK_JOB]) {
      if (this.registry.doesExist('cron', name)) await this.registry.getCronJob(name).stop();
    }
  }

  /** Queues a run for every active connection that has none. @param tick the instant the schedule named */
  async startDueRuns(tick: Date): Promise<void> {
    const now = this.clock.now();
    const untouchedSince = new Date(now.getTime() - ABANDONED_AFTER_MS);
    await this.runs.requeueForgotten(untouchedSince);
    const abandoned = await this.store.failAbandoned(untouchedSince, now);
    if (abandoned.length > 0) this.#logger.warn('Abandoned sync runs were ended', { syncRunIds: abandoned });
    for await (const connection of this.connections.eachInStates(['active'])) {
      await this.runs.startScheduled(connection, tick);
    }
  }

  /** Queues an access check for every connection that may be checked without a person. */
  async startDueChecks(tick: Date): Promise<void> {
    for await (const connection of this.connections.eachInStates(['active', 'attention'])) {
      if (!mayCheckUnattended(connection)) continue;
      const payload = { connectionId: connection.id, correlationId: newId() };
      await this.transactions.run(async (tx) => {
        if (!(await this.connections.claimScheduledCheck(tx, connection.id, tick))) return;
        await this.queue.enqueue<AccessCheckJob>(tx, {
          queue: ACCESS_CHECK_QUEUE,
          payload,
          exclusiveKey: connection.id,
        });
      });
    }
  }

  /** Cron fires on whole seconds, a little late; every replica finds the same instant. */
  private tick(): Date {
    return new Date(Math.floor(this.clock.now().getTime() / 1000) * 1000);
  }

  private schedule(name: string, cronTime: string, work: () => Promise<void>): void {
    const onTick = async () => {
      try {
        await work();
      } catch (error) {
        this.#logger.error('Scheduled work could not be queued', { name, reason: String(error) });
      }
    };
    const job = CronJob.from({ cronTime, timeZone: 'UTC', onTick, waitForCompletion: true });
    this.registry.addCronJob(name, job);
    job.start();
  }
}
