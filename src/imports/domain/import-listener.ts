import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';

/** What lines of an import, and those they replaced, are about. */
export interface TouchedAmounts {
  customerId: string;
  /** First day of the month. */
  billingMonth: LocalDate;
  /** As lines have it. */
  chargeType: string;
}

/** An import that has put its lines in place. */
export interface FinishedImport {
  importId: string;
  tenantId: string;
  /** Who uploaded the file. */
  actor: { id: string; name: string };
  correlationId: string;
  /** Each once; empty when the file told nothing new. */
  touched: readonly TouchedAmounts[];
}

/**
 * Takes what an import changed. Implemented by billing; called in the transaction that finishes the import, so that the lines and the
 * work they cause commit together.
 */
export interface ImportListener {
  importFinished(tx: Transaction, finished: FinishedImport): Promise<void>;
}

export const IMPORT_LISTENER = Symbol('IMPORT_LISTENER');
