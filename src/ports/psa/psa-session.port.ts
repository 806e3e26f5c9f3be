import type { PsaEntity, PsaRecords } from './psa-records.js';
import type { PsaWriter } from './psa-writes.js';

export interface PsaPage<T> {
  records: T[];
  /** Where the next page starts; null after the last page. Opaque, never parked longer than a run. */
  nextCursor: string | null;
}

/** Use of the instance's request allowance, by every integration together. */
export interface ApiUsage {
  used: number;
  limit: number;
  windowMinutes: number;
}

/** An open conversation with one connection's PSA instance. Not shared between runs; close it when done. */
export interface PsaSession {
  /**
   * Reads one page in ascending order of the PSA's id. Rows that exist throughout the walk are read exactly once.
   * @param cursor null for the first page, else what the page before gave.
   * @throws PsaUnreachableError, PsaRateLimitedError, PsaUnexpectedAnswerError, PsaCredentialsRejectedError,
   * PsaAccessDeniedError, PsaRequestRejectedError, PsaRecordMalformedError
   */
  readPage<E extends PsaEntity>(
    entity: E,
    cursor: string | null,
    signal?: AbortSignal,
  ): Promise<PsaPage<PsaRecords[E]>>;
  readApiUsage(signal?: AbortSignal): Promise<ApiUsage>;
  /** Absent where the adapter only reads. */
  readonly writer?: PsaWriter;
  /** Requests sent so far in this session, retries included. */
  readonly apiCalls: number;
  close(): Promise<void>;
}
