import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { AuditCheckpoint } from '../../ports/host/audit-anchor.port.js';
import { CHECKPOINT_STORE, type CheckpointStore } from '../domain/checkpoint-store.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import { AUDIT_STORE, type AuditFilter, type AuditListKey, type AuditStore } from '../domain/audit-store.js';

/** Reads the log of the caller's own tenant. */
@Injectable()
export class AuditQuery {
  constructor(
    @Inject(AUDIT_STORE) private readonly store: AuditStore,
    @Inject(CHECKPOINT_STORE) private readonly checkpointStore: CheckpointStore,
  ) {}

  /** @param before the last entry already seen; newest first. */
  list(
    { actor }: UseCaseContext,
    filter: AuditFilter,
    page: PageRequest,
    before: AuditListKey | undefined,
  ): Promise<Page<AuditEntry>> {
    return this.store.list(actor.tenantId, filter, page, before);
  }

  /** Newest first. There is at most one for each day, so that all of them are read. @param before entry of the last one already seen */
  async checkpoints(
    { actor }: UseCaseContext,
    { limit }: PageRequest,
    before: string | undefined,
  ): Promise<Page<AuditCheckpoint>> {
    const all = (await this.checkpointStore.list(actor.tenantId)).toReversed();
    const older =
      before === undefined ? all : all.filter(({ sequence }) => BigInt(sequence) < BigInt(before));
    return toPage(older, limit, ({ sequence }) => [sequence]);
  }
}
