import type { Transaction } from '../../kernel/transaction.js';
import type { Watermark } from './pull-plan.js';

/** What incremental runs start from, per connection. */
export interface WatermarkStore {
  list(connectionId: string): Promise<Watermark[]>;
  save(tx: Transaction, connectionId: string, watermarks: readonly Watermark[]): Promise<void>;
  /**
   * Remembers contracts as touched. They outlive a run that fails, because the rows that showed them are stored by then and will not
   * come in again.
   */
  touch(tx: Transaction, connectionId: string, contractExternalIds: readonly string[]): Promise<void>;
  /** Touched contracts beyond an id, ascending. */
  touchedAfter(connectionId: string, after: string | null, limit: number): Promise<string[]>;
  forgetTouched(tx: Transaction, connectionId: string): Promise<void>;
}

export const WATERMARK_STORE = Symbol('WATERMARK_STORE');
