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

/** Reads the log of the caller's tenant to be written out, oldest first, page by page. */
@Injectable()
export class AuditExport {
  constructor(
    @Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader,
    private readonly trail: AuditTrail,
    private readonly transactions: TransactionRunner,
  ) {}

  /** Appends the entry of the export first; without a filter it is the last of what is read. */
  async start(
    context: UseCaseContext,
    format: AuditExportFormat,
    filter: AuditFilter,
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
    return this.pages(tenantId, filter, head?.sequence ?? '0');
  }

  private async *pages(tenantId: string, filter: AuditFilter, through: string): AsyncGenerator<AuditEntry[]> {
    const { text } = filter;
    for (let after: string | undefined = '0'; after !== undefined;) {
      const page = await this.chain.read(tenantId, after, through, PAGE, filter);
      yield text === undefined ? page : page.filter((entry) => entryMatchesText(entry, text));
      after = page.length < PAGE ? undefined : page.at(-1)?.sequence;
    }
  }
}

function shown({ from, to, ...rest }: AuditFilter): AuditDetails {
  const members = { from: from?.toISOString(), to: to?.toISOString(), ...rest };
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, string] => member[1] !== undefined),
  );
}
