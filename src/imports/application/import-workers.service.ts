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
import { CHUNK_STORE, type ChunkStore, IMPORT_STORE, type ImportStore } from '../domain/import-store.js';
import { IMPORT_QUEUE, type ImportJob, jobOf } from './import-queue.js';
import { ImportRunner } from './import-runner.service.js';

/** Far longer than a file of the largest size takes; this only ends what hangs. */
const EXPIRE_SECONDS = 6 * 3_600;
const SWEEP_MS = 60_000;
/** An import nobody has touched for so long has lost its job. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;
/** Longer than any upload takes. */
const CHUNKS_KEPT_MS = 24 * 3_600_000;

/** Works on the queue of imports in this process, and brings back what lost its job; every replica does. */
@Injectable()
export class ImportWorkers implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(ImportWorkers.name);
  #sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: JobQueue,
    private readonly runner: ImportRunner,
    @Inject(IMPORT_STORE) private readonly store: ImportStore,
    @Inject(CHUNK_STORE) private readonly chunks: ChunkStore,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // One at a time: a file keeps a processor busy and holds one connection of the pool.
    const definition = { name: IMPORT_QUEUE, concurrency: 1, expireSeconds: EXPIRE_SECONDS };
    await this.queue.work<ImportJob>(definition, ({ importId }, signal) =>
      this.runner.execute(importId, signal),
    );
    this.#sweep = setInterval(() => void this.#sweepUp(), SWEEP_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#sweep);
  }

  async #sweepUp(): Promise<void> {
    try {
      await this.recover();
    } catch (error) {
      this.#logger.warn('Forgotten imports could not be looked for', { reason: String(error) });
    }
  }

  /** Gives imports a new job whose job used up its attempts, and deletes the bytes of uploads that never became one. */
  async recover(): Promise<void> {
    const now = this.clock.now();
    const untouchedSince = new Date(now.getTime() - FORGOTTEN_AFTER_MS);
    const taken = await this.transactions.run(async (tx) => {
      const ids = await this.store.takeForgotten(tx, untouchedSince, now);
      for (const id of ids) await this.queue.enqueue<ImportJob>(tx, jobOf(id));
      return ids;
    });
    if (taken.length > 0) this.#logger.warn('Forgotten imports go on', { importIds: taken });
    await this.chunks.dropForgotten(new Date(now.getTime() - CHUNKS_KEPT_MS));
  }
}
