import type { Transaction } from '../../kernel/transaction.js';
import type { AuditCheckpoint } from '../../ports/host/audit-anchor.port.js';
import type { ChainPoint } from './audit-store.js';

/** What leaves the database with an archive: the chain of a tenant up to its last entry before an instant. */
export interface ArchivedChain {
  checkpoint: AuditCheckpoint;
  fileName: string;
}

export interface CheckpointStore {
  /** Checkpoints of a tenant in ascending order of their entry. */
  list(tenantId: string): Promise<AuditCheckpoint[]>;
  /** The checkpoint of the highest entry; null where there is none. */
  newest(tenantId: string): Promise<AuditCheckpoint | null>;
  /** Adds a checkpoint; one of the same entry stays as it is. */
  add(checkpoint: AuditCheckpoint): Promise<void>;
  /** Oldest first; those of some tenants are passed over. */
  unpublished(limit: number, passedOver: readonly string[]): Promise<AuditCheckpoint[]>;
  countUnpublished(): Promise<number>;
  markPublished(checkpoint: AuditCheckpoint, at: Date): Promise<void>;
  /** Where the chain begins that is still in the database; null when nothing was archived. */
  seal(tenantId: string): Promise<ChainPoint | null>;
  /** The last entry of each tenant in the partitions that end at or before an instant. */
  lastBefore(instant: Date): Promise<{ tenantId: string; sequence: string; isContiguous: boolean }[]>;
  /** Seals the chains and drops the partitions that end at or before the instant. */
  dropBefore(
    tx: Transaction,
    instant: Date,
    archived: readonly ArchivedChain[],
    sealedAt: Date,
  ): Promise<void>;
  /** Makes the partitions of the months up to an instant; gives how many were made. */
  addMonths(through: Date): Promise<number>;
}

export const CHECKPOINT_STORE = Symbol('CHECKPOINT_STORE');
