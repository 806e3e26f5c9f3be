import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { AuditDetails, AuditEntry } from '../domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../domain/audit-operations.js';
import { AUDIT_CHAIN_READER, type AuditChainReader, type AuditFilter } from '../domain/audit-store.js';
import { entryMatchesText } from '../domain/audit-text.js';
import { AuditTrail } from './audit-trail.service.js';

export type AuditExportFormat = 'csv' | 'jsonl';

const PAGE = 1000;
/** Places looked at by one query: a filter that few entries fit would else read the whole log in one, and keep a connection that long. */
const WINDOW = 50_000n;

/** Reads the log of the caller's tenant to be written out, oldest first, page by page. */
@Injectable()
export class AuditExport {
  constructor(
    @Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader,
    private readonly trail: AuditTrail,
    private readonly transactions: TransactionRunner,
  ) {}

  /**
   * Appends the entry of the export first; without a filter it is the last of what is read.
   * @param signal of who asks: what is read ends, at the next query, when nobody takes it any more
   */
  async start(
    context: UseCaseContext,
    format: AuditExportFormat,
    filter: AuditFilter,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<AuditEntry[]>> {
    const { tenantId } = context.actor;
    await this.transactions.run((tx) =>
      this.trail.append(tx, context, {
        operation: AUDIT_OPERATIONS.exportAuditLog,
        subject: { type: 'auditLog', id: null, label: format },
        details: { format, filter: shown(filter) },
      }),
    );
    const head = await this.chain.head(tenantId);
    return this.pages(tenantId, filter, BigInt(head?.sequence ?? 0), signal);
  }

  private async *pages(
    tenantId: string,
    filter: AuditFilter,
    through: bigint,
    signal: AbortSignal,
  ): AsyncGenerator<AuditEntry[]> {
    const { text } = filter;
    for (let after = 0n; after < through && !signal.aborted;) {
      const last = after + WINDOW < through ? after + WINDOW : through;
      const page = await this.chain.read(tenantId, String(after), String(last), PAGE, filter);
      yield text === undefined ? page : page.filter((entry) => entryMatchesText(entry, text));
      after = page.length < PAGE ? last : BigInt(page.at(-1)?.sequence ?? last);
    }
  }
}

function shown({ from, to, ...rest }: AuditFilter): AuditDetails {
  const members = { from: from?.toISOString(), to: to?.toISOString(), ...rest };
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, string] => member[1] !== undefined),
  );
}
