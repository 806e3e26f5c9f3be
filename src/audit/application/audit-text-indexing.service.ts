import { Inject, Injectable } from '@nestjs/common';
import type { AuditEntry } from '../domain/audit-entry.js';
import { AUDIT_CHAIN_READER, type AuditChainReader } from '../domain/audit-store.js';
import { blockOf, TEXT_BLOCK, termsOfBlock } from '../domain/audit-text.js';
import {
  AUDIT_TEXT_INDEX,
  type AuditTextIndex,
  type TextBlock,
  wholeBlocks,
} from '../domain/audit-text-index.js';

const BLOCKS_AT_A_TIME = 64;

/** Brings the text index up to the newest whole block. What is younger is searched without it. */
@Injectable()
export class AuditTextIndexing {
  constructor(
    @Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader,
    @Inject(AUDIT_TEXT_INDEX) private readonly index: AuditTextIndex,
  ) {}

  async indexAll(signal?: AbortSignal): Promise<void> {
    for (const tenantId of await this.chain.tenants()) await this.indexTenant(tenantId, signal);
  }

  async indexTenant(tenantId: string, signal?: AbortSignal): Promise<void> {
    const head = await this.chain.head(tenantId);
    const wholeThrough = Math.floor(Number(head?.sequence ?? 0) / TEXT_BLOCK) * TEXT_BLOCK;
    let after = ((await this.index.newestBlock(tenantId)) + 1) * TEXT_BLOCK;
    while (after < wholeThrough) {
      signal?.throwIfAborted();
      const limit = BLOCKS_AT_A_TIME * TEXT_BLOCK;
      const through = Math.min(after + limit, wholeThrough);
      const entries = await this.chain.read(tenantId, String(after), String(through), limit);
      const toBlock = (inBlock: readonly AuditEntry[]) => blockFrom(tenantId, inBlock);
      // A chain with a hole cannot be indexed past it; verifying names the place.
      if (Number(entries.at(-1)?.sequence) !== through || entries.length !== through - after) return;
      await this.index.add(tenantId, wholeBlocks(entries, TEXT_BLOCK, toBlock));
      after = through;
    }
  }
}

function blockFrom(tenantId: string, entries: readonly AuditEntry[]): TextBlock {
  const block = blockOf(Number(entries[0]?.sequence));
  return {
    block,
    firstAt: entries[0]?.occurredAt ?? '',
    lastAt: entries.at(-1)?.occurredAt ?? '',
    terms: termsOfBlock(tenantId, block, entries),
  };
}
