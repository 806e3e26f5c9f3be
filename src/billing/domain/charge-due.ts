import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { Originator } from './operation.js';

/** A recorded charge that waits to be looked at. */
export interface ChargeDue extends Originator {
  id: string;
  connectionId: string;
  tenantId: string;
  chargeId: string;
  customerId: string;
  /** First day of the month it is billed in. */
  month: LocalDate;
  recordedAt: Date;
}

/** Recorded charges that nobody has planned yet. */
export interface ChargeDueStore {
  /** Reporting a charge twice makes one. */
  add(tx: Transaction, due: ChargeDue): Promise<void>;
  /** Oldest first. */
  list(connectionId: string, limit: number): Promise<ChargeDue[]>;
  remove(tx: Transaction, ids: readonly string[]): Promise<void>;
  /** Active connections in automatic mode that have some recorded before an instant, and whose pushes nobody holds. */
  connections(now: Date, recordedBefore: Date): Promise<string[]>;
}

export const CHARGE_DUE_STORE = Symbol('CHARGE_DUE_STORE');
