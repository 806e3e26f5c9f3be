import type { AuditDetails, AuditEntry, AuditOutcome } from '../domain/audit-entry.js';

/** Columns of an entry in the order of `AuditRow`. */
export const AUDIT_ROW_COLUMNS = [
  'id',
  'tenant_id',
  'sequence',
  'occurred_at',
  'operation',
  'outcome',
  'actor_id',
  'actor_name',
  'connection_id',
  'subject_type',
  'subject_id',
  'subject_label',
  'details',
  'correlation_id',
  'previous_hash',
  'hash',
] as const;
export type AuditRowColumn = (typeof AUDIT_ROW_COLUMNS)[number];
export const AUDIT_COLUMNS = AUDIT_ROW_COLUMNS.join(', ');

/** A row as text, read without the driver's conversions: a date object per row would be half the work of reading a chain. */
export type AuditRow = [
  id: string,
  tenantId: string,
  sequence: string,
  occurredAt: string,
  operation: string,
  outcome: AuditOutcome,
  actorId: string,
  actorName: string,
  connectionId: string | null,
  subjectType: string,
  subjectId: string | null,
  subjectLabel: string,
  details: string,
  correlationId: string,
  previousHash: string,
  hash: string,
];

export function fromRow(row: AuditRow): AuditEntry {
  return {
    id: row[0],
    sequence: row[2],
    occurredAt: instantOf(row[3]),
    operation: row[4],
    outcome: row[5],
    actor: { id: row[6], name: row[7] },
    tenantId: row[1],
    connectionId: row[8],
    subject: { type: row[9], id: row[10], label: row[11] },
    details: JSON.parse(row[12]) as AuditDetails,
    correlationId: row[13],
    previousHash: row[14],
    hash: row[15],
  };
}

/** `2026-03-01 08:15:00.12+00`, as a session in UTC writes it, in the form that was hashed: `2026-03-01T08:15:00.120Z`. */
export function instantOf(text: string): string {
  const end = text.length - 3;
  if (!text.endsWith('+00') || end < 19 || end > 23) return new Date(text).toISOString();
  const fraction = end > 19 ? text.slice(20, end) : '';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, '0')}Z`;
}
