import type { Readable } from 'node:stream';
import { type CsvColumn, csvStream } from '../../platform/http/csv.js';
import { type AuditEntry, canonicalBody } from '../domain/audit-entry.js';

const COLUMNS: readonly CsvColumn<AuditEntry>[] = [
  ['sequence', ({ sequence }) => sequence],
  ['occurredAt', ({ occurredAt }) => occurredAt],
  ['operation', ({ operation }) => operation],
  ['outcome', ({ outcome }) => outcome],
  ['actorId', ({ actor }) => actor.id],
  ['actorName', ({ actor }) => actor.name],
  ['connectionId', ({ connectionId }) => connectionId],
  ['subjectType', ({ subject }) => subject.type],
  ['subjectId', ({ subject }) => subject.id],
  ['subjectLabel', ({ subject }) => subject.label],
  ['correlationId', ({ correlationId }) => correlationId],
  ['tenantId', ({ tenantId }) => tenantId],
  ['id', ({ id }) => id],
  ['details', ({ details }) => JSON.stringify(details)],
  ['previousHash', ({ previousHash }) => previousHash],
  ['hash', ({ hash }) => hash],
  // The exact text that was hashed: protection against formulas changes other cells, never this one, because it begins with a brace.
  ['canonical', canonicalBody],
];

/** Entries as CSV with a header, written as they are read. */
export function entriesCsv(pages: AsyncIterable<AuditEntry[]>): Readable {
  return csvStream(entriesOf(pages), COLUMNS, []);
}

async function* entriesOf(pages: AsyncIterable<AuditEntry[]>): AsyncGenerator<AuditEntry> {
  for await (const page of pages) yield* page;
}
