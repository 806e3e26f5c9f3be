import type { LocalDate } from '../../kernel/local-date.js';
import type { BillingImport, ImportState } from '../domain/billing-import.js';
import type { Detected, FileReading, ImportOptions } from '../domain/import-options.js';
import type { ImportFormat } from '../domain/imported-line.js';

/** Columns of an import as `fromImportRow` takes them. */
export const IMPORT_COLUMNS = `
  id, tenant_id AS "tenantId", file_name AS "fileName", content_sha256 AS "contentSha256", content_bytes AS "contentBytes", format,
  billing_month::text AS "billingMonth", options, detected, state, lines_read AS "read", lines_accepted AS "accepted",
  lines_rejected AS "rejected", lines_unchanged AS "unchanged", lines_superseded AS "superseded", error,
  correlation_id AS "correlationId", created_by_id AS "createdById", created_by_name AS "createdByName", created_at AS "createdAt",
  started_at AS "startedAt", finished_at AS "finishedAt"`;

export interface BillingImportRow {
  id: string;
  tenantId: string;
  fileName: string | null;
  contentSha256: string;
  contentBytes: string;
  format: ImportFormat;
  billingMonth: LocalDate | null;
  options: ImportOptions;
  detected: { reading: FileReading; detected: Detected };
  state: ImportState;
  read: number;
  accepted: number;
  rejected: number;
  unchanged: number;
  superseded: number;
  error: { code: string; detail: string } | null;
  correlationId: string;
  createdById: string;
  createdByName: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export function fromImportRow(row: BillingImportRow): BillingImport {
  const { read, accepted, rejected, unchanged, createdById, createdByName, detected, contentBytes, ...same } =
    row;
  return {
    ...same,
    ...detected,
    contentBytes: Number(contentBytes),
    lines: { read, accepted, rejected, unchanged },
    createdBy: { id: createdById, name: createdByName },
  };
}
