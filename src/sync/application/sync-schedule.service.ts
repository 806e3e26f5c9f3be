import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { mayCheckUnattended } from '../../connections/domain/connection.js';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { ACCESS_CHECK_QUEUE, type AccessCheckJob } from './sync-queue.js';
import { SyncUpkeep } from './sync-upkeep.service.js';
import { DueRuns } from './due-runs.service.js';

const PREFIX = 'psa-connector:';

/**
 * Fires scheduled work. It fires on every replica; the database lets one of them start the work. What is due is found by one
 * statement per second, however many connections there are.
 */
@Injectable()
export class SyncSchedule implements OnModuleDestroy {
  readonly #logger = new Logger(SyncSchedule.name);
  readonly #names: string[] = [];

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: PsaConnectorSettings,
    private readonly registry: SchedulerRegistry,
    private readonly connections: ConnectionDirectory,
    private readonly dueRuns: DueRuns,
    private readonly upkeep: SyncUpkeep,
    private readonly queue: JobQueue,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Once there are queues to fill. */
  async start(): Promise<void> {
    await this.dueRuns.plan({ isReplanning: true });
    this.schedule('sync', '* * * * * *', () => this.dueRuns.start());
    this.schedule('sync-plan', '*/5 * * * * *', () => this.dueRuns.plan());
    this.schedule('sync-recovery', '*/30 * * * * *', () => this.upkeep.recover());
    this.schedule('sync-retention', '0 11 * * * *', () => this.upkeep.deleteOld());
    this.schedule('access-check', this.settings.schedules.checkCron, () => this.startDueChecks(this.tick()));
  }

  async onModuleDestroy(): Promise<void> {
    for (const name of this.#names) {
      if (this.registry.doesExist('cron', name)) await this.registry.getCronJob(name).stop();
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
    this.registry.addCronJob(PREFIX + name, job);
    this.#names.push(PREFIX + name);
    job.start();
  }
}
