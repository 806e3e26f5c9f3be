import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { mayCheckUnattended } from '../../connections/domain/connection.js';
import { systemContext } from '../../core/use-case-context.js';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import {
  ACCESS_CHECK_QUEUE,
  AFTER_PULL_QUEUE,
  type AccessCheckJob,
  LONG_SYNC_QUEUE,
  SYNC_QUEUE,
  type SyncJob,
} from './sync-queue.js';
import { SyncAftermath } from './sync-aftermath.service.js';
import { SyncRunner } from './sync-runner.service.js';
import { SyncSchedule } from './sync-schedule.service.js';

/** A slice of a pull takes no longer than its slice and one batch; this only ends what hangs. */
const SYNC_EXPIRE_SECONDS = 2 * 3600;
const AFTER_PULL_EXPIRE_SECONDS = 2 * 3600;
const CHECK_EXPIRE_SECONDS = 900;

/** Works on the queues in this process, and starts the schedule that fills them. */
@Injectable()
export class SyncWorkers implements OnApplicationBootstrap {
  readonly #logger = new Logger(SyncWorkers.name);

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: Pick<PsaConnectorSettings, 'sync'>,
    private readonly queue: JobQueue,
    private readonly runner: SyncRunner,
    private readonly schedule: SyncSchedule,
    private readonly connections: ConnectionDirectory,
    private readonly checks: ConnectionCheck,
    private readonly afterPull: SyncAftermath,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { slots, longSlots } = this.settings.sync;
    // Before the queues whose work fills it.
    await this.queue.work<SyncJob>(
      { name: AFTER_PULL_QUEUE, concurrency: slots, expireSeconds: AFTER_PULL_EXPIRE_SECONDS },
      ({ runId }) => this.afterPull.follow(runId),
    );
    for (const [name, concurrency] of [
      [SYNC_QUEUE, slots],
      [LONG_SYNC_QUEUE, longSlots],
    ] as const) {
      await this.queue.work<SyncJob>(
        { name, concurrency, expireSeconds: SYNC_EXPIRE_SECONDS },
        ({ runId, continuation }, signal) => this.runner.execute(runId, signal, continuation),
      );
    }
    await this.queue.work<AccessCheckJob>(
      { name: ACCESS_CHECK_QUEUE, concurrency: 2, expireSeconds: CHECK_EXPIRE_SECONDS },
      (job) => this.check(job),
    );
    await this.schedule.start();
  }

  /** Never rejects: a check that is given out again would sign in again, and failures lock the API user. */
  private async check({ connectionId, correlationId }: AccessCheckJob): Promise<void> {
    const connection = await this.connections.findForWork(connectionId);
    if (connection === null || !mayCheckUnattended(connection)) return;
    try {
      await this.checks.checkUnattended(systemContext(connection.tenantId, correlationId), connection);
    } catch (error) {
      this.#logger.warn('Scheduled access check failed', { connectionId, reason: String(error) });
    }
  }
}
