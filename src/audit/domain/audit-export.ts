import type { AuditEntry } from './audit-entry.js';

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
