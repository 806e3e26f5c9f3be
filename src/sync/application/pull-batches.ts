import type { Mirror } from '../../contracts/application/mirror.service.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { Clock } from '../../ports/host/clock.port.js';
import type { MergeCounts, PackedRecords } from '../../contracts/domain/mirror-store.js';
import type { PackedBatch } from '../../ports/psa/psa-session.port.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import { expectedAfter, isFirstReading, touchedBy, type Touched } from '../domain/pull-plan.js';
import { withRejected } from '../domain/rejections.js';
import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type { SyncRunStore } from '../domain/sync-run-store.js';
import type { WatermarkStore } from '../domain/watermark-store.js';
import type { SyncRunSignals } from './sync-run-signals.service.js';

export interface PullServices {
  store: SyncRunStore;
  watermarks: WatermarkStore;
  mirror: Mirror;
  transactions: TransactionRunner;
  signals: SyncRunSignals;
  clock: Clock;
  /** @throws ConnectionGoneError */
  demandConnection(run: SyncRun): Promise<void>;
}

/** What is kept of a page until it is stored. */
export interface PulledPage {
  records: PackedRecords;
  /** Ids of the contracts, or invoices, its records belong to; empty where nobody asks. */
  touched: readonly string[];
}

/** What belongs to a batch beside its rows, in the transaction that stores them; gives the progress to save. */
export type Settle = (
  tx: Transaction,
  batch: PackedBatch<PulledPage>,
  next: EntityProgress,
) => Promise<EntityProgress>;

/** A batch that is being stored. */
export interface StoredBatch {
  /** The transaction may merge rows, or never will. */
  begun: Promise<void>;
  /** It has merged them, or never will. */
  written: Promise<void>;
  /** Committed. */
  saved: Promise<void>;
}

const DONE = Promise.resolve();
export const NOTHING_STORED: StoredBatch = { begun: DONE, written: DONE, saved: DONE };

/** What a batch tells of how far it has come. */
export type StoringSteps = Record<'begun' | 'written', () => void>;

/** @param work tells when it has come so far; where it fails, it never will */
export function storedInSteps(work: (tell: StoringSteps) => Promise<void>): StoredBatch {
  const [begun, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const saved = work({ begun: begun.resolve, written: written.resolve }).finally(() => {
    begun.resolve();
    written.resolve();
  });
  // Whoever awaits it next is told of a failure; until then nobody may be listening.
  saved.catch(() => undefined);
  return { begun: begun.promise, written: written.promise, saved };
}

/** A batch and where it comes in its walk. */
export interface BatchInTurn {
  progress: EntityProgress;
  batch: PackedBatch<PulledPage>;
  /** Pages of the entity before it, those not yet committed included. */
  pageNumber: number;
  /** Rows of the entity before the walk. */
  readBefore: number;
}

/** Without a place to go on from: after an interruption the invoices themselves come first again. */
export const keepNoPlace: Settle = async (_tx, _batch, next) => ({ ...next, nextCursor: null });

/** Whether the rows to come are most likely new: all before were, and there were some or nothing was ever read. */
export function isAllNew(progress: EntityProgress): boolean {
  return progress.created === progress.read && (progress.read > 0 || isFirstReading(progress));
}

/** Keeps of the records of a page, as they come, what is stored: they are let go of before the batch they belong to is complete. */
export function packerOf(mirror: Mirror, run: SyncRun, progress: EntityProgress) {
  const { entity } = progress;
  const { connectionId } = run;
  return (records: readonly PsaRecords[PsaEntity][]): PulledPage => {
    const areLikelyNew = isAllNew(progress);
    const isAsked = progress.step === 'changes' || mustTellTouched(run, progress);
    return {
      records: mirror.pack(entity, records, { connectionId, areLikelyNew }),
      touched: isAsked ? touchedBy(entity, records) : [],
    };
  };
}

/** Whether the merge is to tell what the rows written touch: of an entity read in full in an incremental run, others are read by it. */
export function mustTellTouched({ mode }: SyncRun, { step }: EntityProgress): boolean {
  return mode === 'incremental' && step === 'all';
}

/** What the run has come to once the batch is stored; `settle` may know more. */
export function progressAfter(
  { progress, batch, readBefore }: BatchInTurn,
  { created, updated }: MergeCounts,
): EntityProgress {
  return {
    ...progress,
    nextCursor: batch.position,
    pages: progress.pages + batch.pages,
    read: progress.read + rowsIn(batch),
    created: progress.created + created,
    updated: progress.updated + updated,
    expected: expectedAfter(progress, batch, readBefore),
    rejections: withRejected(progress, batch.rejected),
  };
}

export function rowsIn({ packed }: PackedBatch<PulledPage>): number {
  return packed.reduce((sum, { records }) => sum + records.externalIds.length, 0);
}

/** What a batch touches. @param written ids of it that were told of the rows written; undefined: all of its rows count */
export function touchedIn(
  entity: PsaEntity,
  { packed }: PackedBatch<PulledPage>,
  written?: readonly string[],
): Touched {
  const kind = entity === 'invoices' ? 'invoices' : 'contracts';
  return { kind, externalIds: written ?? [...new Set(packed.flatMap(({ touched }) => touched))] };
}
