import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';

export interface MergeCounts {
  created: number;
  updated: number;
  unchanged: number;
  /**
   * Where asked for, and where not all of the batch was new: of the rows written, the contract they belong to; of contracts and invoices
   * themselves their own ids.
   */
  touched?: string[];
}

/**
 * Records in the form in which they are stored: a fraction of their size, and outside the heap. Each id once; of a row that came twice the
 * later reading.
 */
export interface PackedRecords {
  /** One per row, in the order of the rows. */
  readonly externalIds: readonly string[];
  /** By number; null when there are no rows. */
  readonly lowestExternalId: string | null;
  readonly highestExternalId: string | null;
  /** Whether they can be inserted as they are. */
  readonly areLikelyNew: boolean;
  /** The rows, a line each. */
  readonly text: Buffer;
}

/** What is known about records before they are packed. */
export interface PackingFacts {
  connectionId: string;
  /** Whether all before were new, so that these are inserted without being looked for first; they may turn out to be known. */
  areLikelyNew: boolean;
}

/** One batch of a pull, of as many of the PSA's pages as the reader gives at once, and where it belongs. */
export interface MirrorBatch {
  connectionId: string;
  pullId: string;
  entity: PsaEntity;
  /** Tells the batches of an entity in this pull apart; such as the number of pages stored before. */
  pageNumber: number;
  packed: readonly PackedRecords[];
  /** Rows that were shown and could not be read: what is mirrored of them stays as it is. */
  unreadExternalIds?: readonly string[];
  /** Whether to tell what the rows written touch. */
  tellsTouched?: boolean;
  /** Nothing was mirrored of the entity when the pull began: nobody will ask which ids it has seen (`insertedIntoEmpty`). */
  isIntoEmpty?: boolean;
}

/** A batch whose records are at hand. */
export interface MirrorPage<E extends PsaEntity> extends Omit<MirrorBatch, 'packed'> {
  entity: E;
  records: readonly PsaRecords[E][];
  areLikelyNew?: boolean;
}

/** Which entity of which pull. */
export interface MirrorPull {
  connectionId: string;
  pullId: string;
  entity: PsaEntity;
  /** Rows it has inserted, where nothing was mirrored of the entity when it began: it has seen all there are. */
  insertedIntoEmpty?: number | undefined;
}

/** Entities whose rows belong to a contract, and can be pulled by it. */
export const CONTRACT_ENTITIES = [
  'contractServices',
  'contractServiceBundles',
  'contractServiceUnits',
  'contractServiceBundleUnits',
  'contractCharges',
] as const satisfies readonly PsaEntity[];
export type ContractEntity = (typeof CONTRACT_ENTITIES)[number];

/** A pull of what belongs to these contracts. */
export interface ContractsPull extends MirrorPull {
  entity: ContractEntity;
  contractExternalIds: readonly string[];
}

/** The mirrored records of every connection. */
export interface MirrorStore {
  /**
   * Lets the transaction merge rows of an entity: others of the same pull may do so at the same time, and nobody writes single records
   * meanwhile.
   */
  beginPull(tx: Transaction, pull: Pick<MirrorPull, 'connectionId' | 'entity'>): Promise<void>;
  /** Brings records into the form in which `merge` stores them. */
  pack<E extends PsaEntity>(entity: E, records: readonly PsaRecords[E][], facts: PackingFacts): PackedRecords;
  /** Inserts and updates a batch as one set, after `beginPull`; a row whose values are equal is not written. */
  merge(tx: Transaction, batch: MirrorBatch): Promise<MergeCounts>;
  /** Remembers the ids of a batch as seen, and the highest of them; waits for other transactions that do so for this entity and connection. */
  remember(tx: Transaction, batch: MirrorBatch): Promise<void>;
  /** Inserts or updates one record that no pull has brought; those under way take it for seen. @throws MirrorBusyError */
  put<E extends PsaEntity>(
    tx: Transaction,
    connectionId: string,
    entity: E,
    record: PsaRecords[E],
  ): Promise<void>;
  /** How many mirrored records a complete pull has, and has not, seen. */
  countSeen(tx: Transaction, pull: MirrorPull): Promise<{ seen: number; missing: number }>;
  /** Deletes what a complete pull has not seen. */
  deleteUnseen(tx: Transaction, pull: MirrorPull): Promise<number>;
  /** The same for the records of some contracts, after a pull of all that belongs to them; not of those that showed nothing. */
  countSeenOfContracts(tx: Transaction, pull: ContractsPull): Promise<{ seen: number; missing: number }>;
  deleteUnseenOfContracts(tx: Transaction, pull: ContractsPull): Promise<number>;
  /** Billing items mirrored as on these invoices that a pull has not seen. */
  unseenOnInvoices(
    connectionId: string,
    pullId: string,
    invoiceExternalIds: readonly string[],
  ): Promise<string[]>;
  /** Entities of which something is mirrored. */
  mirroredEntities(connectionId: string): Promise<PsaEntity[]>;
  /** Under which ids seen ids are kept. */
  rememberedPulls(): Promise<string[]>;
  /** Forgets which ids these pulls have seen; under the id of a connection, the single records written since its last run. */
  forgetPulls(tx: Transaction, ids: readonly string[]): Promise<void>;
  /** At most `parts - 1` external ids at about equal distances among the stored rows, in the numeric order of ids, ascending. */
  knownSplits(connectionId: string, entity: PsaEntity, parts: number): Promise<string[]>;
  /** The highest external id ever stored, in the numeric order of ids; null when nothing was. */
  highestExternalId(connectionId: string, entity: PsaEntity): Promise<string | null>;
  /** External ids of the mirrored contracts that end on or after a day, ascending; of all contracts without a day. */
  contractExternalIds(connectionId: string, endingOnOrAfter: LocalDate | null): Promise<string[]>;
  /** Deletes, in small transactions, the records of connections that were removed before then; gives how many. */
  deleteOfRemoved(removedBefore: Date): Promise<number>;
}

export const MIRROR_STORE = Symbol('MIRROR_STORE');
