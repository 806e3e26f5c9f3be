import type { LocalDate } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { BillingImport, LineCounts, Rejection, StagedLine } from './billing-import.js';
import type { TouchedAmounts } from './import-listener.js';
import type { ImportedLine } from './imported-line.js';

/** Sort key of an import in a list: creation and id. */
export type ImportListKey = [createdAt: string, id: string];

/** The right of one worker to an import; taken over, it is worth nothing. */
export interface ImportClaim {
  importId: string;
  attempt: string;
}

/** What applying a file has done. */
export interface AppliedLines {
  lines: LineCounts;
  superseded: number;
  billingMonth: LocalDate | null;
  /** What the lines that were kept, and those they took the place of, are about; each once. */
  touched: TouchedAmounts[];
}

/** Imports as rows. */
export interface ImportStore {
  insert(tx: Transaction, billingImport: BillingImport): Promise<void>;
  find(id: string): Promise<BillingImport | null>;
  /** Newest first. */
  list(tenantId: string, page: PageRequest, before: ImportListKey | undefined): Promise<Page<BillingImport>>;
  /** Rejections behind this line number, in the order of the file. */
  rejections(importId: string, limit: number, afterLine: number): Promise<Rejection[]>;
  /** Lines the import kept, with what explains them, behind this line number. @param onlyDifferent those no rule explains to the cent */
  lines(importId: string, limit: number, afterLine: number, onlyDifferent: boolean): Promise<ImportedLine[]>;
  /** Takes an import that is not ended; null when there is none. */
  claim(claim: ImportClaim, at: Date): Promise<BillingImport | null>;
  /** Tells how many lines were read so far. @throws ImportTakenOverError */
  progress(claim: ImportClaim, linesRead: number, at: Date): Promise<void>;
  /** @throws ImportTakenOverError */
  finish(tx: Transaction, claim: ImportClaim, applied: AppliedLines, at: Date): Promise<void>;
  /** @throws ImportTakenOverError */
  fail(tx: Transaction, claim: ImportClaim, error: { code: string; detail: string }, at: Date): Promise<void>;
  /** Imports that are not ended and that no worker has touched since; touches them. */
  takeForgotten(tx: Transaction, untouchedSince: Date, at: Date): Promise<string[]>;
}

export const IMPORT_STORE = Symbol('IMPORT_STORE');

/** The bytes of a file between its upload and its import. */
export interface ChunkStore {
  add(importId: string, position: number, bytes: Buffer, at: Date): Promise<void>;
  /** Null behind the last. */
  read(importId: string, position: number): Promise<Buffer | null>;
  /** Outside of a transaction when none is given. */
  drop(importId: string, tx?: Transaction): Promise<void>;
  /** Deletes what was stored before and belongs to no import that is still to be done. */
  dropForgotten(before: Date): Promise<number>;
}

export const CHUNK_STORE = Symbol('CHUNK_STORE');

/** Puts the lines of a file into the store, all or none. */
export interface LineStore {
  /**
   * Compares the lines with those that are current: equal ones stay, others take their place, rejected ones are noted.
   * Lines are taken as they come and are never all in memory.
   */
  apply(
    tx: Transaction,
    billingImport: BillingImport,
    lines: AsyncIterable<readonly StagedLine[]>,
  ): Promise<AppliedLines>;
}

export const LINE_STORE = Symbol('LINE_STORE');
