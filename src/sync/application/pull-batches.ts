import type { Connection } from '../../connections/domain/connection.js';
import type { Mirror } from '../../contracts/application/mirror.service.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { Clock } from '../../ports/host/clock.port.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import type { PsaBatch } from '../../ports/psa/psa-session.port.js';
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
  presentConnection(run: SyncRun): Promise<Connection>;
}

/** What belongs to a batch beside its rows, in the transaction that stores them; gives the progress to save. */
export type Settle = (
  tx: Transaction,
  batch: PsaBatch<PsaRecords[PsaEntity]>,
  next: EntityProgress,
) => Promise<EntityProgress>;

/** A batch that is being stored. */
export interface StoredBatch {
  /** The transaction may merge rows, or never will. */
  begun: Promise<void>;
  /** Committed. */
  saved: Promise<void>;
}

/** A batch and where it comes in its walk. */
export interface BatchInTurn {
  progress: EntityProgress;
  batch: PsaBatch<PsaRecords[PsaEntity]>;
  /** Pages of the entity before it, those not yet committed included. */
  pageNumber: number;
  /** Rows of the entity before the walk. */
  readBefore: number;
}
