import type { LocalDate } from '../../kernel/local-date.js';
import type { ContractServiceUnitRecord, PsaEntity, PsaRecords } from './psa-records.js';
import type { PsaWriter } from './psa-writes.js';
import type { PsaRecordMalformedError } from './psa.errors.js';

/** Which rows of an entity a pull reads. */
export type PullScope =
  | { kind: 'all' }
  /**
   * Rows that the entity's change fields show as changed since an instant, and rows beyond the highest id known (null: none is
   * known). Whether that covers every edit is told by `changeTracking`.
   */
  | { kind: 'changes'; since: Date; afterExternalId: string | null }
  /** Rows that belong to these contracts; only for entities below a contract. */
  | { kind: 'ofContracts'; contractExternalIds: readonly string[] }
  /** Rows that stand on these invoices; only for billing items. */
  | { kind: 'ofInvoices'; invoiceExternalIds: readonly string[] }
  | { kind: 'byIds'; externalIds: readonly string[] };

/** What the PSA can tell about changes of an entity: every edit, new rows and some edits, or nothing beyond new rows. */
export type ChangeTracking = 'edits' | 'some edits' | 'new rows';

export interface PullRequest {
  scope: PullScope;
  /** Where an earlier pull of the same scope stopped; null at the start. Opaque. */
  position: string | null;
  /**
   * External ids at about equal distances among the rows already known, ascending; they let the session read several ranges at once without
   * asking how many rows there are.
   */
  knownSplits?: readonly string[] | undefined;
  /** Whether rows that cannot be read are handed out as rejected, beside the others; else the first of them is raised. */
  setsAside?: boolean | undefined;
  /**
   * Whether pages in the order of their ids are worth more than some that could be had a little sooner: so they are where rows are inserted,
   * whose index then grows at one place. The PSA is read at several places all the same while its answers have to be waited for.
   */
  prefersOrder?: boolean | undefined;
  /** Most pages in one batch; 1 unless told. Also bounds what is read ahead. */
  maxPages?: number | undefined;
  /** What is kept of this walk by now; everything handed out unless told. */
  storage?: WalkStorage | undefined;
}

/** What would be read again after a kill; bounded while answers have to be waited for, because what comes at once is quickly read again. */
export interface WalkStorage {
  /** Most pages that are asked for, read or handed out, and not stored; one more where all of these are handed out. */
  readonly maxUnstored: number;
  /** How many of the pages handed out are stored by now. */
  storedPages(handedOut: number): number;
}

/** The pages that came since the batch before, in no order a caller may rely on. */
export interface PsaBatch<T> extends BatchFacts {
  records: T[];
}

/** The same, with what the caller made of each page in the place of its records. */
export interface PackedBatch<P> extends BatchFacts {
  packed: P[];
}

/** What is told of a batch beside its rows. */
export interface BatchFacts {
  /** Rows that could not be read, where `setsAside` was asked for. */
  rejected: readonly PsaRecordMalformedError[];
  /** Pages in this batch. */
  pages: number;
  /** Where a pull goes on once this batch and all before it are stored; null after the last. */
  position: string | null;
  /** Rows this walk is expected to bring in total, for an estimate; null while nobody has counted. */
  expectedRows: number | null;
}

/** Use of the instance's request allowance, by every integration together. */
export interface ApiUsage {
  used: number;
  limit: number;
  windowMinutes: number;
}

/** Entities whose rows carry a text of ours by which one can be found again: number, name and number. */
export type ReferencedEntity = 'companies' | 'services' | 'contracts';

/** An open conversation with one connection's PSA instance. Not shared between runs; close it when done. */
export interface PsaSession {
  /**
   * Reads the rows of a scope, as many at once as the PSA allows, ahead of the caller by at most `maxPages`. Rows that exist
   * throughout the walk are read exactly once; a pull that goes on from a position reads at most one batch again. Ending the
   * loop early ends the reading.
   * @throws PsaUnreachableError, PsaRateLimitedError, PsaUnexpectedAnswerError, PsaCredentialsRejectedError,
   * PsaAccessDeniedError, PsaRequestRejectedError, PsaRecordMalformedError; the signal's reason when aborted
   */
  readBatches<E extends PsaEntity>(
    entity: E,
    request: PullRequest,
    signal?: AbortSignal,
  ): AsyncIterable<PsaBatch<PsaRecords[E]>>;
  /**
   * As `readBatches`, for callers that need not keep the records: they are given to `pack` page by page as they come, and let go of.
   * @throws also what `pack` throws
   */
  readPackedBatches<E extends PsaEntity, P>(
    entity: E,
    request: PullRequest,
    pack: (records: readonly PsaRecords[E][]) => P,
    signal?: AbortSignal,
  ): AsyncIterable<PackedBatch<P>>;
  /**
   * Whether this instance has the entity and its API user may read it, as the last access check found. An entity that cannot be
   * read is left out of a pull, and what is mirrored of it stays.
   */
  canRead(entity: PsaEntity): boolean;
  /** What a pull of changes would show of this entity in this instance. */
  changeTracking(entity: PsaEntity): ChangeTracking;
  /**
   * Unit rows of these contract services whose range has a day between two (both included; without an end, from the first on), in one
   * request per started page however many contract services there are (up to 500 in one request): what a write is checked against,
   * before and after.
   */
  readUnits(
    contractServiceExternalIds: readonly string[],
    days: { from: LocalDate; to: LocalDate | null },
    signal?: AbortSignal,
  ): Promise<ContractServiceUnitRecord[]>;
  /** The rows with these ids that exist, in one request per 500 ids; in no order. */
  readByIds<E extends PsaEntity>(
    entity: E,
    externalIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<PsaRecords[E][]>;
  /**
   * The company or contract with this number, or the service with this name; null when there is none. Exact, also where the PSA
   * compares without regard to case.
   * @throws PsaReferenceAmbiguousError when several have it
   */
  findByReference<E extends ReferencedEntity>(
    entity: E,
    reference: string,
    signal?: AbortSignal,
  ): Promise<PsaRecords[E] | null>;
  readApiUsage(signal?: AbortSignal): Promise<ApiUsage>;
  /** Absent where the adapter only reads. */
  readonly writer?: PsaWriter;
  /** Requests sent so far in this session, retries included. */
  readonly apiCalls: number;
  close(): Promise<void>;
}
