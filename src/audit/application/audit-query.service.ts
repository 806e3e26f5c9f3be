import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import { AUDIT_STORE, type AuditFilter, type AuditListKey, type AuditStore } from '../domain/audit-store.js';

/** Reads the log of the caller's own tenant. */
@Injectable()
export class AuditQuery {
  constructor(@Inject(AUDIT_STORE) private readonly store: AuditStore) {}

  /** @param before the last entry already seen; newest first. */
  list(
    { actor }: UseCaseContext,
    filter: AuditFilter,
    page: PageRequest,
    before: AuditListKey | undefined,
  ): Promise<Page<AuditEntry>> {
    return this.store.list(actor.tenantId, filter, page, before);
  }
}
