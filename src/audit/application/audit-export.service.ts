import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { AuditDetails } from '../domain/audit-entry.js';
import { csvHeader, csvLines, jsonLines } from '../domain/audit-export.js';
import { AUDIT_OPERATIONS } from '../domain/audit-operations.js';
import { AUDIT_CHAIN_READER, type AuditChainReader, type AuditFilter } from '../domain/audit-store.js';
import { entryMatchesText } from '../domain/audit-text.js';
import { AuditTrail } from './audit-trail.service.js';

export type AuditExportFormat = 'csv' | 'jsonl';

const PAGE = 1000;

/** Writes the log of the caller's tenant out, oldest first, page by page. */
@Injectable()
export class AuditExport {
  constructor(
    @Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader,
    private readonly trail: AuditTrail,
    private readonly transactions: TransactionRunner,
  ) {}

  /** Appends the entry of the export first; without a filter it is the last line of what is written. */
  async start(
    context: UseCaseContext,
    format: AuditExportFormat,
    filter: AuditFilter,
  ): Promise<AsyncGenerator<string>> {
    const { tenantId } = context.actor;
    await this.transactions.run((tx) =>
      this.trail.append(tx, context, {
        operation: AUDIT_OPERATIONS.exportAuditLog,
        subject: { type: 'auditLog', id: null, label: format },
        details: { format, filter: shown(filter) },
      }),
    );
    const head = await this.chain.head(tenantId);
    return this.write(tenantId, format, filter, head?.sequence ?? '0');
  }

  private async *write(
    tenantId: string,
    format: AuditExportFormat,
    filter: AuditFilter,
    through: string,
  ): AsyncGenerator<string> {
    if (format === 'csv') yield csvHeader();
    const { text } = filter;
    for (let after: string | undefined = '0'; after !== undefined;) {
      const page = await this.chain.read(tenantId, after, through, PAGE, filter);
      const lines = text === undefined ? page : page.filter((entry) => entryMatchesText(entry, text));
      if (lines.length > 0) yield format === 'csv' ? csvLines(lines) : jsonLines(lines);
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
