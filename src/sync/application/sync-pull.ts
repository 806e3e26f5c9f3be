import type { Connection } from '../../connections/domain/connection.js';
import type { Mirror } from '../../contracts/application/mirror.service.js';
import { higherId, highestIdOf } from '../../contracts/domain/external-id.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { Clock } from '../../ports/host/clock.port.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import type { PsaBatch, PsaSession, PullScope } from '../../ports/psa/psa-session.port.js';
import { isContractEntity, isRefreshedByContract, planPull, touchedContracts } from '../domain/pull-plan.js';
import { withRejected } from '../domain/rejections.js';
import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type { RunLease, SyncRunStore } from '../domain/sync-run-store.js';
import type { WatermarkStore } from '../domain/watermark-store.js';
import type { SyncRunSignals } from './sync-run-signals.service.js';

/** Most pages in one batch, of which two are stored at a time: what transactions hold, and what is read ahead. */
const MAX_PAGES = 8;

/** Parts the known rows of an entity are cut into; the session reads as many at once as the PSA allows. */
const RANGES = 24;

/** Contracts asked for in one request; their rows may fill several pages. */
const CONTRACTS_AT_ONCE = 200;

export interface PullServices {
  store: SyncRunStore;
  watermarks: WatermarkStore;
  mirror: Mirror;
  transactions: TransactionRunner;
  signals: SyncRunSignals;
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

/** A batch that is being stored. */
interface StoredBatch {
  /** The transaction may merge rows, or never will. */
  begun: Promise<void>;
  /** Committed. */
  saved: Promise<void>;
}

/** A batch and where it comes in its walk. */
interface BatchInTurn {
  progress: EntityProgress;
  batch: PsaBatch<PsaRecords[PsaEntity]>;
  /** Pages of the entity before it, those not yet committed included. */
  pageNumber: number;
  /** Rows of the entity before the walk. */
  readBefore: number;
}

const NOTHING_WRITTEN = { created: 0, updated: 0 };

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
    await this.deleteUnseen();
    return true;
  }

  private async plan(): Promise<void> {
    const { store, watermarks, transactions } = this.services;
    const { run, session, lease } = this;
    const known = await watermarks.list(run.connectionId);
    const entities = planPull(run.mode, known, session);
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

  /**
   * Stores batches until there are no more; false when the worker's time is up before. Postgres takes in the rows of one batch while the
   * one before is committed; each is committed after the one before or not at all.
   */
  private async readScope(progress: EntityProgress, scope: PullScope, settle: Settle): Promise<boolean> {
    const { services, run, session } = this;
    const { signal, until } = this.limits;
    const knownSplits = await this.splits(progress, scope);
    signal.throwIfAborted();
    const readBefore = progress.read;
    const request = { scope, position: progress.nextCursor, knownSplits, maxPages: MAX_PAGES };
    let pageNumber = progress.pages;
    let last: StoredBatch = { begun: Promise.resolve(), saved: Promise.resolve() };
    try {
      for await (const batch of session.readBatches(progress.entity, request, signal)) {
        await services.presentConnection(run);
        const before = last;
        last = this.store({ progress, batch, pageNumber, readBefore }, before, settle);
        // Whoever awaits it next is told of a failure; until then nobody may be listening.
        last.saved.catch(() => undefined);
        pageNumber += batch.pages;
        await (mayOverlap(scope) ? before.saved : last.saved);
        signal.throwIfAborted();
        if (batch.position === null) break;
        if (services.clock.now() >= until) return false;
      }
      return true;
    } finally {
      await last.saved;
    }
  }

  private store(
    { progress, batch, pageNumber, readBefore }: BatchInTurn,
    before: StoredBatch,
    settle: Settle,
  ): StoredBatch {
    const { mirror } = this.services;
    const { records, rejected, position, pages } = batch;
    // An empty page of changes leaves no trace: idle runs are the most frequent of all.
    const isIdle = records.length === 0 && rejected.length === 0 && progress.step === 'changes';
    const areLikelyNew =
      progress.created === progress.read && (progress.read > 0 || isFirstReading(progress));
    const unreadExternalIds = rejected.map(({ externalId }) => externalId);
    const page = {
      ...this.pullOf(progress.entity),
      pageNumber,
      records,
      unreadExternalIds,
      areLikelyNew,
    };
    const begun = Promise.withResolvers<void>();
    const saved = this.save(progress, async (tx) => {
      await before.begun;
      if (!isIdle) await mirror.begin(tx, page);
      begun.resolve();
      const counts = isIdle ? NOTHING_WRITTEN : await mirror.writeRows(tx, page);
      await before.saved;
      if (!isIdle) await mirror.rememberRows(tx, page);
      return settle(tx, batch, {
        ...progress,
        nextCursor: position,
        pages: progress.pages + pages,
        read: progress.read + records.length,
        created: progress.created + counts.created,
        updated: progress.updated + counts.updated,
        expected: expectedAfter(progress, batch, readBefore),
        rejections: withRejected(progress, rejected),
      });
    }).finally(() => begun.resolve());
    return { begun: begun.promise, saved };
  }

  /** A position says by itself how its walk was cut, so only a walk that begins is told where. */
  private async splits(progress: EntityProgress, scope: PullScope): Promise<readonly string[] | undefined> {
    if (scope.kind !== 'all' || progress.nextCursor !== null || isFirstReading(progress)) return undefined;
    return this.services.mirror.knownSplits(this.run.connectionId, progress.entity, RANGES);
  }

  /** What follows a batch of the steps `all` and `changes`, in the transaction that stores it. */
  private async afterRows(
    tx: Transaction,
    { records, position }: PsaBatch<PsaRecords[PsaEntity]>,
    next: EntityProgress,
  ): Promise<EntityProgress> {
    const { entity, step } = next;
    const { watermarks } = this.services;
    const highestExternalId = higherId(next.highestExternalId, highestIdOf(records));
    const seen = { ...next, highestExternalId };
    if (step === 'changes') {
      await watermarks.touch(tx, this.run.connectionId, touchedContracts(entity, records));
      if (position !== null) return seen;
      return isRefreshedByContract(next) ? { ...seen, step: 'contracts' } : { ...seen, isComplete: true };
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
      const pulls = whole.map(({ entity, created }) => ({ ...this.pullOf(entity), created }));
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

/** Rows asked for by contract may come twice, when one moves between contracts meanwhile: the later reading has to find the earlier one. */
function mayOverlap({ kind }: PullScope): boolean {
  return kind !== 'ofContracts';
}

/** Whether no run has ever read all of the entity. */
function isFirstReading({ step, expected }: EntityProgress): boolean {
  return step === 'all' && expected === null;
}

/** What an earlier run has read stands until this one has counted; changes say nothing of how many rows there are. */
function expectedAfter(
  { step, expected }: EntityProgress,
  { expectedRows }: PsaBatch<unknown>,
  readBefore: number,
): number | null {
  return step === 'all' && expectedRows !== null ? readBefore + expectedRows : expected;
}
