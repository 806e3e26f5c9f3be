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
  /** Part of the operation, the subject's label or the details. */
  text?: string | undefined;
}

export interface AuditStore {
  /** Appends to the tenant's chain; holds the tenant's chain head until the transaction ends, so append last. */
  append(tx: Transaction, body: AuditBody): Promise<void>;
  /** Newest first. */
  list(
    tenantId: string,
    filter: AuditFilter,
    page: PageRequest,
    before: string | undefined,
  ): Promise<Page<AuditEntry>>;
}

export const AUDIT_STORE = Symbol('AUDIT_STORE');
