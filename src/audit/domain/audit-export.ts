import { stringify } from 'csv-stringify/sync';
import { type AuditEntry, canonicalBody } from './audit-entry.js';

/**
 * Columns of the CSV export. `canonical` is the exact text that was hashed: a spreadsheet's protection against formulas changes
 * other cells, never this one, because it begins with a brace.
 */
export const AUDIT_CSV_COLUMNS = [
  'sequence',
  'occurredAt',
  'operation',
  'outcome',
  'actorId',
  'actorName',
  'connectionId',
  'subjectType',
  'subjectId',
  'subjectLabel',
  'correlationId',
  'tenantId',
  'id',
  'details',
  'previousHash',
  'hash',
  'canonical',
] as const;

export function csvHeader(): string {
  return `${AUDIT_CSV_COLUMNS.join(',')}\r\n`;
}

/** RFC 4180 lines; a cell a spreadsheet would run as a formula begins with an apostrophe. */
export function csvLines(entries: readonly AuditEntry[]): string {
  const rows = entries.map((entry) => [
    entry.sequence,
    entry.occurredAt,
    entry.operation,
    entry.outcome,
    entry.actor.id,
    entry.actor.name,
    entry.connectionId,
    entry.subject.type,
    entry.subject.id,
    entry.subject.label,
    entry.correlationId,
    entry.tenantId,
    entry.id,
    JSON.stringify(entry.details),
    entry.previousHash,
    entry.hash,
    canonicalBody(entry),
  ]);
  return stringify(rows, { record_delimiter: 'windows', escape_formulas: true });
}

/** An entry as the API shows it: `sequence` is a JSON number, which stays exact far beyond any log's length. */
export interface AuditEntryJson extends Omit<AuditEntry, 'sequence'> {
  sequence: number;
}

export function toJson(entry: AuditEntry): AuditEntryJson {
  return { ...entry, sequence: Number(entry.sequence) };
}

/** One entry per line, as the list shows it. */
export function jsonLines(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(toJson(entry))}\n`).join('');
}
