import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { Connection, ConnectionState } from './connection.js';

/** Sort key of the list: creation time (ISO 8601), then id. */
export type ConnectionListKey = readonly [createdAt: string, id: string];

/** What reading, or writing, a connection's mirrored records takes: a fraction of the connection, whose report and metadata are large. */
export interface ConnectionScope {
  id: string;
  tenantId: string;
  state: ConnectionState;
  /** ISO 4217 of the instance; null when it did not tell. */
  internalCurrency: string | null;
}

/** Connections that are not removed; a removed one is found by nothing here. */
export interface ConnectionStore {
  /** @throws AliasTakenError, DuplicateConnectionError */
  insert(tx: Transaction, connection: Connection): Promise<void>;
  /** Saves every changeable member. @throws AliasTakenError */
  update(tx: Transaction, connection: Connection): Promise<void>;
  remove(tx: Transaction, id: string, removedAt: Date): Promise<void>;
  /** Reads and locks until the transaction ends. */
  lock(tx: Transaction, id: string): Promise<Connection | null>;
  find(id: string): Promise<Connection | null>;
  findScope(id: string): Promise<ConnectionScope | null>;
  isAliasTaken(tenantId: string, alias: string): Promise<boolean>;
  /** Oldest first. */
  list(tenantId: string, page: PageRequest, after: ConnectionListKey | undefined): Promise<Page<Connection>>;
  /** Of every tenant, in a stable order; `afterId` is exclusive. */
  listInStates(
    states: readonly ConnectionState[],
    afterId: string | undefined,
    limit: number,
  ): Promise<Connection[]>;
  /** True for the first replica that asks for this tick of the schedule, false for the others. */
  claimScheduledCheck(tx: Transaction, id: string, scheduledFor: Date): Promise<boolean>;
}

export const CONNECTION_STORE = Symbol('CONNECTION_STORE');
