import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { AuditBody, AuditEntry, AuditOutcome } from './audit-entry.js';

/** What to keep of the log; absent members keep everything. */
export interface AuditFilter {
  /** Instants, from included, to excluded. */
  from?: Date | undefined;
  to?: Date | undefined;
  operation?: string | undefined;
  outcome?: AuditOutcome | undefined;
  /** Actor id, or part of the actor's name. */
  actor?: string | undefined;
  connectionId?: string | undefined;
  /** Words of the operation, the subject's label or the details; see `audit-text.ts`. */
  text?: string | undefined;
}

/** Place of an entry in the list: its time, and its sequence where times are equal. */
export interface AuditListKey {
  occurredAt: string;
  sequence: string;
}

export interface AuditStore {
  /** Appends to the tenant's chain; holds the tenant's chain head until the transaction ends, so append last. */
  append(tx: Transaction, body: AuditBody): Promise<void>;
  /** As `append` for each in turn, in a number of statements that does not grow with them. */
  appendAll(tx: Transaction, bodies: readonly AuditBody[]): Promise<void>;
  /**
   * Newest first. Looks at a bounded number of entries, so that no filter makes a page slow: a page may hold fewer than `limit`
   * entries, or none, and still name a next cursor.
   */
  list(
    tenantId: string,
    filter: AuditFilter,
    page: PageRequest,
    before: AuditListKey | undefined,
  ): Promise<Page<AuditEntry>>;
}

export const AUDIT_STORE = Symbol('AUDIT_STORE');

/** A place in the chain: how far it is known, and the hash there. */
export interface ChainPoint {
  sequence: string;
  hash: string;
}

/** Reads chains in their order, in pages, so that any length is read in constant memory. */
export interface AuditChainReader {
  /** Tenants whose chain has a head, in order. */
  tenants(): Promise<string[]>;
  /** Tenants of which anything is there, in order: also those whose head somebody took away. */
  knownTenants(): Promise<string[]>;
  /** Whether the head is missing of a tenant of which something else is there. */
  lacksHead(tenantId: string): Promise<boolean>;
  /** The newest entry of the tenant as the appends left it; null when nothing was ever appended. */
  head(tenantId: string): Promise<ChainPoint | null>;
  /** Entries with a sequence above `after`, up to `through`, in ascending order. */
  read(
    tenantId: string,
    after: string,
    through: string,
    limit: number,
    filter?: AuditFilter,
  ): Promise<AuditEntry[]>;
}

export const AUDIT_CHAIN_READER = Symbol('AUDIT_CHAIN_READER');
