import { higherId, highestIn } from '../../contracts/domain/external-id.js';
import type { MergeCounts } from '../../contracts/domain/mirror-store.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { PsaEntity } from '../../ports/psa/psa-records.js';
import type { PackedBatch, PsaSession, PullScope } from '../../ports/psa/psa-session.port.js';
import { isContractEntity, isFirstReading, isRefreshed, mayOverlap, planPull } from '../domain/pull-plan.js';
import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type { RunLease } from '../domain/sync-run-store.js';
import {
  type BatchInTurn,
  isAllNew,
  keepNoPlace,
  mustTellTouched,
  NOTHING_STORED,
  packerOf,
  progressAfter,
  type PulledPage,
  type PullServices,
  rowsIn,
  type Settle,
  type StoredBatch,
  storedInSteps,
  type StoringSteps,
  touchedIn,
} from './pull-batches.js';

/** Most pages in one batch, of which two are stored at a time. */
const MAX_PAGES = 20;
/** Most pages asked for, read or handed out and not stored, one aside: so many are read again after a kill. */
const MAX_UNSTORED = 8;

/** Parts the known rows of an entity are cut into; the session reads as many at once as the PSA allows. */
const RANGES = 24;

/** Contracts or invoices asked for in one request; their rows may fill several pages. */
const TOUCHED_AT_ONCE = 200;

const NOTHING_WRITTEN: MergeCounts = { created: 0, updated: 0, unchanged: 0 };

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
      if (!progress.isComplete && !(await this.refresh(progress))) return false;
    }
    await this.deleteUnseen();
    return true;
  }

  private async plan(): Promise<void> {
    const { store, watermarks, mirror, transactions } = this.services;
    const { run, session, lease } = this;
    const known = await watermarks.list(run.connectionId);
    const mirrored = await mirror.mirroredEntities(run.connectionId);
    const entities = planPull(run.mode, known, mirrored, session);
    await transactions.run((tx) => store.savePlan(tx, lease, entities));
    run.entities = entities;
    this.services.signals.tell(run.id);
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

  private refresh(progress: EntityProgress): Promise<boolean> {
    return progress.entity === 'billingItems'
      ? this.refreshInvoiced(progress)
      : this.refreshContracts(progress);
  }

  /** Reads again the items of the invoices that came in, and those that stood on one before, some invoices at a time. */
  private async refreshInvoiced(progress: EntityProgress): Promise<boolean> {
    const { watermarks, mirror } = this.services;
    for (;;) {
      const { contractsThrough } = progress;
      const ids = await watermarks.touchedAfter(
        this.run.connectionId,
        'invoices',
        contractsThrough,
        TOUCHED_AT_ONCE,
      );
      const last = ids.at(-1);
      if (last === undefined) {
        await this.save(progress, async () => ({ ...progress, isComplete: true }));
        return true;
      }
      const scope: PullScope = { kind: 'ofInvoices', invoiceExternalIds: ids };
      if (!(await this.readScope(progress, scope, async (_tx, _batch, next) => next))) return false;
      const externalIds = await mirror.unseenOnInvoices(this.pullOf(progress.entity), ids);
      if (externalIds.length > 0) {
        if (!(await this.readScope(progress, { kind: 'byIds', externalIds }, keepNoPlace))) return false;
      }
      await this.save(progress, async () => ({ ...progress, contractsThrough: last }));
    }
  }

  /** Reads again the rows of the contracts that came in, some contracts at a time. */
  private async refreshContracts(progress: EntityProgress): Promise<boolean> {
    const { watermarks } = this.services;
    const { entity } = progress;
    for (;;) {
      const { contractsThrough } = progress;
      const ids = await watermarks.touchedAfter(
        this.run.connectionId,
        'contracts',
        contractsThrough,
        TOUCHED_AT_ONCE,
      );
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

  /**
   * Stores batches until there are no more; false when the worker's time is up before. Postgres takes in the rows of one batch while the
   * one before is committed; each is committed after the one before or not at all.
   */
  private async readScope(progress: EntityProgress, scope: PullScope, settle: Settle): Promise<boolean> {
    const { services, run, session } = this;
    const { signal, until } = this.limits;
    const knownSplits = await this.splits(progress, scope);
    signal.throwIfAborted();
    const { read: readBefore, pages: pagesBefore, nextCursor: position } = progress;
    const prefersOrder = isAllNew(progress);
    const storage = { maxUnstored: MAX_UNSTORED, storedPages: () => progress.pages - pagesBefore };
    const ahead = { prefersOrder, maxPages: MAX_PAGES, storage };
    const request = { scope, position, knownSplits, setsAside: true, ...ahead };
    let pageNumber = progress.pages;
    let last = NOTHING_STORED;
    try {
      const pack = packerOf(services.mirror, run, progress);
      for await (const batch of session.readPackedBatches(progress.entity, request, pack, signal)) {
        await services.demandConnection(run);
        const before = last;
        last = this.store({ progress, batch, pageNumber, readBefore }, before, settle);
        pageNumber += batch.pages;
        await (mayOverlap(scope) ? before.saved : last.saved);
        // Rows that are inserted come one batch after the other: two at a time, too, make an index grow in two places.
        if (prefersOrder) await last.written;
        signal.throwIfAborted();
        if (batch.position === null) break;
        if (services.clock.now() >= until) return false;
      }
      return true;
    } finally {
      await last.saved;
    }
  }

  private store(inTurn: BatchInTurn, before: StoredBatch, settle: Settle): StoredBatch {
    return storedInSteps((tell) =>
      this.save(inTurn.progress, async (tx) => {
        const counts = await this.write(tx, inTurn, before, tell);
        return settle(tx, inTurn.batch, progressAfter(inTurn, counts));
      }),
    );
  }

  private async write(
    tx: Transaction,
    { progress, batch, pageNumber }: BatchInTurn,
    before: StoredBatch,
    tell: StoringSteps,
  ): Promise<MergeCounts> {
    const { mirror, watermarks } = this.services;
    // An empty page of changes leaves no trace: idle runs are the most frequent of all.
    const isIdle = rowsIn(batch) === 0 && batch.rejected.length === 0 && progress.step === 'changes';
    const packed = batch.packed.map(({ records }) => records);
    const unreadExternalIds = batch.rejected.map(({ externalId }) => externalId);
    const tellsTouched = mustTellTouched(this.run, progress);
    const told = { tellsTouched, isIntoEmpty: progress.wasEmpty };
    const page = { ...this.pullOf(progress.entity), pageNumber, packed, unreadExternalIds, ...told };
    await before.begun;
    if (!isIdle) await mirror.begin(tx, page);
    tell.begun();
    const counts = isIdle ? NOTHING_WRITTEN : await mirror.writeRows(tx, page);
    tell.written();
    await before.saved;
    // Not earlier: the batch before may touch the same ones, and would wait for this one.
    if (tellsTouched)
      await watermarks.touch(tx, this.run.connectionId, touchedIn(progress.entity, batch, counts.touched));
    if (!isIdle) await mirror.rememberRows(tx, page);
    return counts;
  }

  /** A position says by itself how its walk was cut, so only a walk that begins is told where. */
  private async splits(progress: EntityProgress, scope: PullScope): Promise<readonly string[] | undefined> {
    if (scope.kind !== 'all' || progress.nextCursor !== null || isFirstReading(progress)) return undefined;
    return this.services.mirror.knownSplits(this.run.connectionId, progress.entity, RANGES);
  }

  /** What follows a batch of the steps `all` and `changes`, in the transaction that stores it. */
  private async afterRows(
    tx: Transaction,
    batch: PackedBatch<PulledPage>,
    next: EntityProgress,
  ): Promise<EntityProgress> {
    const { entity, step } = next;
    const { position } = batch;
    const highest = highestIn(batch.packed.map(({ records }) => records));
    const seen = { ...next, highestExternalId: higherId(next.highestExternalId, highest) };
    if (step === 'changes') {
      await this.services.watermarks.touch(tx, this.run.connectionId, touchedIn(entity, batch));
      if (position !== null) return seen;
      return isRefreshed(next) ? { ...seen, step: 'contracts' } : { ...seen, isComplete: true };
    }
    return position === null ? { ...seen, isComplete: true } : seen;
  }

  /** Of the entities read in full, once all were read: that some are hidden is often told by the last of them only. */
  private async deleteUnseen(): Promise<void> {
    const { store, mirror, transactions } = this.services;
    const { acceptsDeletions } = this.limits;
    const whole = this.run.entities.filter(({ step }) => step === 'all');
    if (whole.length === 0) return;
    const deleted = await transactions.run(async (tx) => {
      const pulls = whole.map(({ entity, wasEmpty, created }) => ({
        ...this.pullOf(entity),
        insertedIntoEmpty: wasEmpty ? created : undefined,
      }));
      const counts = await mirror.finishEntities(tx, pulls, { acceptsDeletions });
      for (const [index, progress] of whole.entries()) {
        const rows = counts[index] ?? 0;
        if (rows === 0) continue;
        const next = { ...progress, deleted: progress.deleted + rows };
        await store.saveProgress(tx, this.lease, next, this.apiCalls);
      }
      return counts;
    });
    for (const [index, progress] of whole.entries()) progress.deleted += deleted[index] ?? 0;
  }

  /** Commits a change of progress together with what makes it true. */
  private async save(
    progress: EntityProgress,
    change: (tx: Transaction) => Promise<EntityProgress>,
  ): Promise<void> {
    const { store, transactions, signals } = this.services;
    const saved = await transactions.run(async (tx) => {
      const next = await change(tx);
      await store.saveProgress(tx, this.lease, next, this.apiCalls);
      return next;
    });
    Object.assign(progress, saved);
    Object.assign(this.run, { waitingSince: null, waits: 0 });
    signals.tell(this.run.id);
  }

  private pullOf(entity: PsaEntity) {
    return { connectionId: this.run.connectionId, pullId: this.run.id, entity };
  }
}
