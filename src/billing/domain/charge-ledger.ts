import type { Connection } from '../../connections/domain/connection.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Operation } from './operation.js';

/** Which amounts somebody asks about. */
export interface LedgerQuestion {
  /** First days. */
  months: readonly LocalDate[];
  keys: readonly string[];
  /** Of these, every imported amount counts. */
  customerIds: readonly string[];
}

/** What another connection of the tenant settled. */
export interface SettledElsewhere {
  operation: Operation;
  /** Whether its amounts are in the currencies of the connection that asks, so that they can be added up. */
  isSameMoney: boolean;
}

/**
 * What connections of a tenant settled: an amount is billed by one of them, once. Those that were removed count for what they may have
 * sent; what was refused settles nothing for others.
 */
export interface ChargeLedger {
  /** In the order in which it was decided. */
  settledElsewhere(connection: Connection, asked: LedgerQuestion): Promise<SettledElsewhere[]>;
  /** Which of these charges have an operation of before settlements were kept that is not dismissed. */
  chargesWithoutSettlement(tenantId: string, chargeIds: readonly string[]): Promise<Set<string>>;
}

export const CHARGE_LEDGER = Symbol('CHARGE_LEDGER');
