import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { PgBoss, type Job } from 'pg-boss';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { Transaction } from '../../kernel/transaction.js';
import { jobQueueSchema } from '../persistence/data-source.js';
import { rowsOf } from '../persistence/sql.js';
import { managerOf } from '../persistence/transaction-runner.js';
import { JobQueue, type JobHandler, type JobRequest, type QueueDefinition } from './job-queue.js';

/** Connections the queue keeps beside the data source's pool. */
const QUEUE_POOL_SIZE = 4;

/** The least pg-boss allows; a killed worker's job is given out again after about this long. */
const HEARTBEAT_SECONDS = 10;

const SHUTDOWN_GRACE_MS = 20_000;

/** Makes or upgrades the queue's tables, in the schema that the migration made; a start does the same. */
export async function installJobQueue(database: PsaConnectorSettings['database']): Promise<void> {
  const boss = new PgBoss({
    connectionString: database.url,
    schema: jobQueueSchema(database.schema),
    createSchema: false,
    max: 1,
    supervise: false,
    schedule: false,
  });
  await boss.start();
  await boss.stop({ graceful: false });
}

/** `JobQueue` on pg-boss, in a schema of its own beside ours (see `src/docs/adr/0005-queue-and-lease.md`). */
@Injectable()
export class PgBossJobQueue extends JobQueue implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger(PgBossJobQueue.name);
  readonly #boss: PgBoss;
  readonly #shutdown = new AbortController();

  constructor(@Inject(PSA_CONNECTOR_SETTINGS) { database }: PsaConnectorSettings) {
    super();
    this.#boss = new PgBoss({
      connectionString: database.url,
      schema: jobQueueSchema(database.schema),
      createSchema: false,
      application_name: 'psa-connector-queue',
      max: QUEUE_POOL_SIZE,
      connectionTimeoutMillis: database.connectTimeoutMs,
      useListenNotify: true,
      schedule: false,
      superviseIntervalSeconds: HEARTBEAT_SECONDS,
      monitorIntervalSeconds: HEARTBEAT_SECONDS,
    });
    this.#boss.on('error', (error) =>
      this.#logger.warn('Job queue reported an error', { reason: String(error) }),
    );
  }

  async onModuleInit(): Promise<void> {
    await this.#boss.start();
  }

  /** Before the data source closes, because running jobs still need it; they stop at their next page and are given out again. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort(new Error('The process is shutting down'));
    await this.#boss.stop({ graceful: true, timeout: SHUTDOWN_GRACE_MS });
  }

  enqueue<Payload extends object>(tx: Transaction, { queue, ...job }: JobRequest<Payload>): Promise<void> {
    return this.enqueueAll(tx, queue, [job]);
  }

  async enqueueAll<Payload extends object>(
    tx: Transaction,
    queue: string,
    requests: readonly Omit<JobRequest<Payload>, 'queue'>[],
  ): Promise<void> {
    if (requests.length === 0) return;
    const manager = managerOf(tx);
    const jobs = requests.map(({ payload, exclusiveKey, delaySeconds, priority }) => ({
      data: payload,
      singletonKey: exclusiveKey,
      ...(delaySeconds === undefined ? {} : { startAfter: delaySeconds }),
      ...(priority === undefined ? {} : { priority }),
    }));
    await this.#boss.insert(queue, jobs, {
      db: { executeSql: async (text, values) => ({ rows: await rowsOf(manager, text, values) }) },
    });
  }

  async check(): Promise<void> {
    const version = await this.#boss.schemaVersion();
    if (version === null) throw new Error('The tables of the job queue are missing');
  }

  async work<Payload extends object>(
    definition: QueueDefinition,
    handler: JobHandler<Payload>,
  ): Promise<void> {
    await this.#boss.createQueue(definition.name, {
      policy: 'exclusive',
      notify: true,
      expireInSeconds: definition.expireSeconds,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      retryLimit: 5,
      retryDelay: 2,
      retryBackoff: true,
      deleteAfterSeconds: 86_400,
    });
    for (let worker = 0; worker < definition.concurrency; worker += 1)
      await this.startWorker(definition.name, handler);
  }

  /** One job at a time. By itself pg-boss lets a worker rest after a job until it is notified or polls, even while others wait. */
  private async startWorker<Payload extends object>(
    queue: string,
    handler: JobHandler<Payload>,
  ): Promise<void> {
    const worker: { id?: string } = {};
    const options = { batchSize: 1, notifyPollingIntervalSeconds: 5 };
    worker.id = await this.#boss.work<Payload>(queue, options, async (jobs: Job<Payload>[]) => {
      try {
        for (const job of jobs) await handler(job.data, AbortSignal.any([job.signal, this.#shutdown.signal]));
      } finally {
        if (worker.id !== undefined) this.#boss.notifyWorker(worker.id);
      }
    });
  }
}
