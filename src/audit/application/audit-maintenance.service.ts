import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { CHECKPOINT_STORE, type CheckpointStore } from '../domain/checkpoint-store.js';
import { AuditCheckpoints } from './audit-checkpoints.service.js';
import { AuditTextIndexing } from './audit-text-indexing.service.js';

const QUEUE = 'audit-maintenance';
const CRON_JOB = 'psa-connector:audit-maintenance';
const DAY_MS = 86_400_000;
/** Partitions are there this long before their first entry. */
const MONTHS_AHEAD_MS = 300 * DAY_MS;

/** Care of the audit log on a schedule, done once across replicas. */
@Injectable()
export class AuditMaintenance implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(AuditMaintenance.name);

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: PsaConnectorSettings,
    private readonly registry: SchedulerRegistry,
    private readonly queue: JobQueue,
    private readonly transactions: TransactionRunner,
    private readonly indexing: AuditTextIndexing,
    private readonly checkpoints: AuditCheckpoints,
    @Inject(CHECKPOINT_STORE) private readonly store: CheckpointStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const definition = { name: QUEUE, concurrency: 1, expireSeconds: 3600 };
    await this.queue.work(definition, (_, signal) => this.run(signal));
    const onTick = () => this.enqueue();
    const { auditCron: cronTime } = this.settings.schedules;
    const job = CronJob.from({ cronTime, timeZone: 'UTC', onTick, waitForCompletion: true });
    this.registry.addCronJob(CRON_JOB, job);
    job.start();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.registry.doesExist('cron', CRON_JOB)) await this.registry.getCronJob(CRON_JOB).stop();
  }

  async run(signal?: AbortSignal): Promise<void> {
    await this.store.addMonths(new Date(this.clock.now().getTime() + MONTHS_AHEAD_MS));
    await this.indexing.indexAll(signal);
    if (this.checkpoints.canSign) await this.checkpoints.create(DAY_MS);
  }

  private async enqueue(): Promise<void> {
    try {
      const request = { queue: QUEUE, payload: {}, exclusiveKey: 'all' };
      await this.transactions.run((tx) => this.queue.enqueue(tx, request));
    } catch (error) {
      this.#logger.error('Care of the audit log could not be queued', { reason: String(error) });
    }
  }
}
