import type { Transaction } from '../../kernel/transaction.js';
import type { Touched, Watermark } from './pull-plan.js';

/** What incremental runs start from, per connection. */
export interface WatermarkStore {
  list(connectionId: string): Promise<Watermark[]>;
  save(tx: Transaction, connectionId: string, watermarks: readonly Watermark[]): Promise<void>;
  /**
   * Remembers contracts or invoices as touched. They outlive a run that fails, because the rows that showed them are stored by then and will not
   * come in again.
   */
  touch(tx: Transaction, connectionId: string, touched: Touched): Promise<void>;
  /** What was touched beyond an id, ascending. */
  touchedAfter(
    connectionId: string,
    kind: Touched['kind'],
    after: string | null,
    limit: number,
  ): Promise<string[]>;
  forgetTouched(tx: Transaction, connectionId: string): Promise<void>;
}

export const WATERMARK_STORE = Symbol('WATERMARK_STORE');
