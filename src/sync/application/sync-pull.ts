import type { Connection } from '../../connections/domain/connection.js';
import type { Mirror } from '../../contracts/application/mirror.service.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { Clock } from '../../ports/host/clock.port.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import type { PsaBatch, PsaSession, PullScope } from '../../ports/psa/psa-session.port.js';
import {
  isContractEntity,
  isRefreshedByContract,
  higherId,
  planPull,
  touchedContracts,
} from '../domain/pull-plan.js';
import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type { RunLease, SyncRunStore } from '../domain/sync-run-store.js';
import type { WatermarkStore } from '../domain/watermark-store.js';

/** Most pages in one batch: what a transaction holds, what is read ahead, and what a killed worker's successor reads again. */
const MAX_PAGES = 16;

/** An entity is read page after page until it turns out to be larger than this; reading ranges at once costs some calls more. */
const SMALL_PAGES = 20;
const PAGE_ROWS = 500;

/** Ranges a large entity is cut into; the session reads as many at once as the PSA allows. */
const RANGES = 24;

/** Contracts asked for in one request; their rows may fill several pages. */
const CONTRACTS_AT_ONCE = 200;

export interface PullServices {
  store: SyncRunStore;
  watermarks: WatermarkStore;
  mirror: Mirror;
  transactions: TransactionRunner;
  clock: Clock;
  /** @throws ConnectionGoneError */
  presentConnection(run: SyncRun): Promise<Connection>;
}

/** What belongs to a batch beside its rows, in the transaction that stores them; gives the progress to save. */
type Settle = (
  tx: Transaction,
  batch: PsaBatch<PsaRecords[PsaEntity]>,
  next: EntityProgress,
) => Promise<EntityProgress>;

/** What one worker does about a run until it ends, its time is up or something goes wrong. */
export class SyncPull {
  readonly #earlierCalls: number;

  constructor(
    private readonly services: PullServices,
    private readonly run: SyncRun,
    private readonly lease: RunLease,
    private readonly session: PsaSession,
    private readonly limits: { signal: AbortSignal; until: Date; acceptsDeletions: boolean },
  ) {
    this.#earlierCalls = run.apiCalls;
  }

  /** Requests of the run so far, those of earlier workers included. */
  get apiCalls(): number {
    return this.#earlierCalls + this.session.apiCalls;
  }

  /** Reads what is left to read; false when the worker's time is up before. */
  async work(): Promise<boolean> {
    const { run } = this;
    if (run.entities.length === 0) await this.plan();
    for (const progress of run.entities) {
      if (progress.isComplete || progress.step === 'contracts') continue;
      if (!(await this.readRows(progress))) return false;
    }
    for (const progress of run.entities) {
      if (!progress.isComplete && !(await this.refreshContracts(progress))) return false;
    }
    return true;
  }

  private async plan(): Promise<void> {
    const { store, watermarks, transactions, clock } = this.services;
    const { run, session, lease } = this;
    const known = await watermarks.list(run.connectionId);
    const entities = planPull(run.mode, known, session);
    await transactions.run((tx) => store.savePlan(tx, lease, entities, clock.now()));
    run.entities = entities;
  }

  /** Reads an entity in full or its changes. */
  private async readRows(progress: EntityProgress): Promise<boolean> {
    const scope: PullScope =
      progress.step === 'changes'
        ? {
            kind: 'changes',
            since: progress.since ?? new Date(0),
            afterExternalId: progress.afterExternalId,
          }
        : { kind: 'all' };
    return this.readScope(progress, scope, (tx, batch, next) => this.afterRows(tx, batch, next));
  }

  /** Reads again the rows of the contracts that came in, some contracts at a time. */
  private async refreshContracts(progress: EntityProgress): Promise<boolean> {
    const { watermarks } = this.services;
    const { entity } = progress;
    for (;;) {
      const { contractsThrough } = progress;
      const ids = await watermarks.touchedAfter(this.run.connectionId, contractsThrough, CONTRACTS_AT_ONCE);
      const last = ids.at(-1);
      if (last === undefined || !isContractEntity(entity)) {
        await this.save(progress, async () => ({ ...progress, isComplete: true }));
        return true;
      }
      const scope: PullScope = { kind: 'ofContracts', contractExternalIds: ids };
      const hasTime = await this.readScope(progress, scope, async (tx, _, next) => {
        if (next.nextCursor !== null) return next;
        const pull = { ...this.pullOf(entity), entity, contractExternalIds: ids };
        const deleted = await this.services.mirror.finishContracts(tx, pull);
        return { ...next, contractsThrough: last, deleted: next.deleted + deleted };
      });
      if (!hasTime) return false;
    }
  }

  private async readScope(progress: EntityProgress, scope: PullScope, settle: Settle): Promise<boolean> {
    const { session } = this;
    const { signal } = this.limits;
    for (;;) {
      const isLarge = isKnownLarge(progress) || progress.pages >= SMALL_PAGES;
      const knownSplits = isLarge ? await this.splits(progress, scope) : undefined;
      signal.throwIfAborted();
      const position = progress.nextCursor;
      const request = { scope, position, knownSplits, maxPages: isLarge ? MAX_PAGES : 1 };
      const batches = session.readBatches(progress.entity, request, signal);
      const outcome = await this.storeBatches(progress, batches, { isLarge, settle });
      if (outcome === 'all read') return true;
      if (outcome === 'time is up') return false;
    }
  }

  /** Stores batches until there are no more, the worker's time is up, or there turn out to be too many for reading page by page. */
  private async storeBatches(
    progress: EntityProgress,
    batches: AsyncIterable<PsaBatch<PsaRecords[PsaEntity]>>,
    { isLarge, settle }: { isLarge: boolean; settle: Settle },
  ): Promise<'all read' | 'time is up' | 'large'> {
    const { services, run } = this;
    const { signal, until } = this.limits;
    for await (const batch of batches) {
      await services.presentConnection(run);
      await this.save(progress, async (tx) => settle(tx, batch, await this.merge(tx, progress, batch)));
      signal.throwIfAborted();
      if (batch.position === null) break;
      if (services.clock.now() >= until) return 'time is up';
      if (isLarge || progress.pages < SMALL_PAGES) continue;
      await this.estimate(progress, signal);
      return 'large';
    }
    return 'all read';
  }

  /** A position says by itself how its walk was cut, so only a walk that begins is told where. */
  private async splits(progress: EntityProgress, scope: PullScope): Promise<readonly string[] | undefined> {
    if (scope.kind !== 'all' || progress.nextCursor !== null) return undefined;
    return this.services.mirror.knownSplits(this.run.connectionId, progress.entity, RANGES);
  }

  /** Asks once how many rows there are, where an entity that was never read in full turns out to be large. */
  private async estimate(progress: EntityProgress, signal: AbortSignal): Promise<void> {
    if (progress.expected !== null || progress.step !== 'all') return;
    progress.expected = await this.session.countRows(progress.entity, signal);
  }

  private async merge<E extends PsaEntity>(
    tx: Transaction,
    progress: EntityProgress,
    { records, pages, position }: PsaBatch<PsaRecords[E]>,
  ): Promise<EntityProgress> {
    const page = { ...this.pullOf(progress.entity), pageNumber: progress.pages, records };
    // An empty page of changes leaves no trace: idle runs are the most frequent of all.
    const isIdle = records.length === 0 && progress.step === 'changes';
    const counts = isIdle ? { created: 0, updated: 0 } : await this.services.mirror.writePage(tx, page);
    return {
      ...progress,
      nextCursor: position,
      pages: progress.pages + pages,
      read: progress.read + records.length,
      created: progress.created + counts.created,
      updated: progress.updated + counts.updated,
    };
  }

  /** What follows a batch of the steps `all` and `changes`, in the transaction that stores it. */
  private async afterRows(
    tx: Transaction,
    { records, position }: PsaBatch<PsaRecords[PsaEntity]>,
    next: EntityProgress,
  ): Promise<EntityProgress> {
    const { entity, step } = next;
    const { watermarks, mirror } = this.services;
    const highestExternalId = records.reduce<string | null>(
      (highest, { externalId }) => higherId(highest, externalId),
      next.highestExternalId,
    );
    const seen = { ...next, highestExternalId };
    if (step === 'changes') {
      await watermarks.touch(tx, this.run.connectionId, touchedContracts(entity, records));
      if (position !== null) return seen;
      return isRefreshedByContract(next) ? { ...seen, step: 'contracts' } : { ...seen, isComplete: true };
    }
    if (position !== null) return seen;
    const { acceptsDeletions } = this.limits;
    const deleted = await mirror.finishEntity(tx, this.pullOf(entity), { acceptsDeletions });
    return { ...seen, deleted: seen.deleted + deleted, isComplete: true };
  }

  /** Commits a change of progress together with what makes it true. */
  private async save(
    progress: EntityProgress,
    change: (tx: Transaction) => Promise<EntityProgress>,
  ): Promise<void> {
    const { store, transactions, clock } = this.services;
    const saved = await transactions.run(async (tx) => {
      const next = await change(tx);
      await store.saveProgress(tx, this.lease, next, this.apiCalls, clock.now());
      return next;
    });
    Object.assign(progress, saved);
    Object.assign(this.run, { waitingSince: null, waits: 0 });
  }

  private pullOf(entity: PsaEntity) {
    return { connectionId: this.run.connectionId, pullId: this.run.id, entity };
  }
}

function isKnownLarge({ step, expected }: EntityProgress): boolean {
  return step === 'all' && expected !== null && expected > SMALL_PAGES * PAGE_ROWS;
}
