import type { Transaction } from '../../kernel/transaction.js';
import type { MarginRule } from './margin-rule.js';

/** A rule as it is kept. */
export interface StoredMarginRule extends MarginRule {
  connectionId: string;
  updatedAt: Date;
  updatedBy: { id: string; name: string };
}

export interface MarginStore {
  /** In ascending order of id; a connection has few. */
  list(connectionId: string): Promise<StoredMarginRule[]>;
  lock(tx: Transaction, connectionId: string, id: string): Promise<StoredMarginRule | null>;
  /** @throws MarginScopeTakenError */
  put(tx: Transaction, rule: StoredMarginRule): Promise<void>;
  remove(tx: Transaction, connectionId: string, id: string): Promise<void>;
}

export const MARGIN_STORE = Symbol('MARGIN_STORE');
