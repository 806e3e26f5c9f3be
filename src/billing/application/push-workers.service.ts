import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { CHARGE_DUE_STORE, type ChargeDueStore } from '../domain/charge-due.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import { CHANGE_STORE, type ChangeStore } from '../domain/pending-change.js';
import { PUSH_QUEUE, type PushJob } from './billing-queue.js';
import { PushRunner } from './push-runner.service.js';
import { PushTrigger } from './push-trigger.service.js';

const EXPIRE_SECONDS = 4 * 3600;
const CONNECTIONS_AT_ONCE = 8;
/** What rested, and what a killed worker left, is taken up again after about this long. */
const SWEEP_MS = 3_000;
/** What was recorded since then has a job of its own that only just came. */
const RECENT_MS = 1_000;

/** Works on the queue of pushes in this process, and wakes what no job waits for any more. */
@Injectable()
export class PushWorkers implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(PushWorkers.name);
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly queue: JobQueue,
    private readonly runner: PushRunner,
    private readonly trigger: PushTrigger,
    private readonly transactions: TransactionRunner,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    @Inject(CHARGE_DUE_STORE) private readonly dues: ChargeDueStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.work<PushJob>(
      { name: PUSH_QUEUE, concurrency: CONNECTIONS_AT_ONCE, expireSeconds: EXPIRE_SECONDS },
      (job, signal) => this.push(job, signal),
    );
    this.plan();
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sweeping;
  }

  /** Wakes every connection that has something due and no worker. */
  async sweep(): Promise<void> {
    const now = this.clock.now();
    const recordedBefore = new Date(now.getTime() - RECENT_MS);
    const due = await this.operations.connectionsDue(now);
    const changed = await this.changes.connections(now, recordedBefore);
    const charged = await this.dues.connections(now, recordedBefore);
    const ids = new Set([...due, ...changed, ...charged]);
    if (ids.size > 0) await this.transactions.run((tx) => this.trigger.wakeIdle(tx, ids));
  }

  /** Never rejects: the sweep takes up what is due, sooner than the queue would and for as long as it takes. */
  private async push({ connectionId }: PushJob, signal: AbortSignal): Promise<void> {
    try {
      await this.runner.run(connectionId, signal);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#logger.error('Pushing stopped before everything due was sent', { connectionId, reason });
    }
  }

  private plan(): void {
    this.#timer = setTimeout(() => {
      this.#sweeping = this.sweepSafely();
    }, SWEEP_MS);
    this.#timer.unref();
  }

  private async sweepSafely(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#logger.warn('Due pushes could not be queued', { reason: String(error) });
    } finally {
      if (this.#timer !== undefined) this.plan();
    }
  }
}
