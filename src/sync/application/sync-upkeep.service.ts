import { Inject, Injectable, Logger } from '@nestjs/common';
import { Mirror } from '../../contracts/application/mirror.service.js';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';
import { FullRunBackOff } from './full-run-back-off.service.js';
import { jobOf, type SyncJob } from './sync-queue.js';
import { SyncRunEnds } from './sync-run-ends.service.js';

/** A run nobody has touched for so long has lost its job as well as its worker. */
const ABANDONED_AFTER_SECONDS = 10 * 60;
const DAY_MS = 86_400_000;
const DELETED_AT_ONCE = 2_000;

/** Brings back runs that lost their job, and deletes those that ended long ago; every replica may. */
@Injectable()
export class SyncUpkeep {
  readonly #logger = new Logger(SyncUpkeep.name);

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: Pick<PsaConnectorSettings, 'sync'>,
    @Inject(SYNC_RUN_STORE) private readonly store: SyncRunStore,
    private readonly mirror: Mirror,
    private readonly queue: JobQueue,
    private readonly transactions: TransactionRunner,
    private readonly ends: SyncRunEnds,
    private readonly backOff: FullRunBackOff,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Gives a new job to runs whose job used up its attempts, as happens when the database is away for a while; a run whose job still
   * waits gets none. A run that loses its workers time and again is ended, because it may be the cause.
   */
  async recover(): Promise<void> {
    const now = this.clock.now();
    const failed = await this.store.failAbandoned(ABANDONED_AFTER_SECONDS, now);
    for (const id of failed) await this.noteFailed(id);
    if (failed.length > 0) await this.forgetPulls(failed);
    if (failed.length > 0) this.#logger.error('Abandoned sync runs were ended', { syncRunIds: failed });
    const recovered = await this.transactions.run(async (tx) => {
      const abandoned = await this.store.recoverAbandoned(tx, ABANDONED_AFTER_SECONDS);
      const forgotten = await this.store.takeForgotten(tx, ABANDONED_AFTER_SECONDS);
      for (const run of [...abandoned, ...forgotten]) await this.queue.enqueue<SyncJob>(tx, jobOf(run));
      return abandoned.map(({ id }) => id);
    });
    if (recovered.length > 0) this.#logger.warn('Abandoned sync runs go on', { syncRunIds: recovered });
  }

  /** Runs that ended long ago, and what is mirrored of connections that were removed as long ago. */
  async deleteOld(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.settings.sync.runRetentionDays * DAY_MS);
    while ((await this.store.deleteFinished(before, DELETED_AT_ONCE)) === DELETED_AT_ONCE);
    await this.forgetEndedPulls();
    const purged = await this.mirror.deleteOfRemoved(before);
    if (purged > 0) this.#logger.log('Records of removed connections were deleted', { count: purged });
  }

  private async noteFailed(id: string): Promise<void> {
    const run = await this.store.find(id);
    if (run === null) return;
    this.ends.note(run);
    if (run.mode === 'full')
      await this.transactions.run((tx) => this.backOff.afterFailure(tx, run.connectionId));
  }

  /** What runs have seen that ended without saying so, such as by a hand in the database. */
  private async forgetEndedPulls(): Promise<void> {
    // In this order: what has been seen by now belongs to runs that are known.
    const remembered = await this.mirror.rememberedPulls();
    const active = new Set(await this.store.activeAmong(remembered));
    const ended = remembered.filter((id) => !active.has(id));
    if (ended.length > 0) await this.forgetPulls(ended);
  }

  private forgetPulls(ids: readonly string[]): Promise<void> {
    return this.transactions.run((tx) => this.mirror.forgetPulls(tx, ids));
  }
}
