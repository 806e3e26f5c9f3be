import type { Transaction } from '../../kernel/transaction.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';

export interface MergeCounts {
  created: number;
  updated: number;
  unchanged: number;
}

/** One page of a pull, and where it belongs. */
export interface MirrorPage<E extends PsaEntity> {
  connectionId: string;
  pullId: string;
  entity: E;
  /** 0 for the first page of the entity in this pull. */
  pageNumber: number;
  records: readonly PsaRecords[E][];
}

/** Which entity of which pull. */
export interface MirrorPull {
  connectionId: string;
  pullId: string;
  entity: PsaEntity;
}

/** Rows below these contracts. */
export interface MirrorContractsPull extends MirrorPull {
  contractExternalIds: readonly string[];
}

/** The mirrored records of every connection. */
export interface MirrorStore {
  /** Inserts and updates a page set by set; a row whose values are equal is not written. Remembers the ids as seen. */
  merge<E extends PsaEntity>(tx: Transaction, page: MirrorPage<E>): Promise<MergeCounts>;
  /** How many mirrored records a complete pull has, and has not, seen. */
  countSeen(tx: Transaction, pull: MirrorPull): Promise<{ seen: number; missing: number }>;
  /** Deletes what a complete pull has not seen. */
  deleteUnseen(tx: Transaction, pull: MirrorPull): Promise<number>;
  /** Deletes rows of these contracts that a pull has not seen. */
  deleteUnseenOfContracts(tx: Transaction, pull: MirrorContractsPull): Promise<number>;
  /** External ids at about equal distances, ascending; fewer when there are few rows. */
  knownSplits(connectionId: string, entity: PsaEntity, parts: number): Promise<string[]>;
  /** Forgets which ids a pull has seen. */
  forgetPull(tx: Transaction, pullId: string): Promise<void>;
}

export const MIRROR_STORE = Symbol('MIRROR_STORE');
