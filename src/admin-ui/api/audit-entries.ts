import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type AuditOutcome = 'succeeded' | 'failed';

export interface AuditEntry {
  id: string;
  sequence: number | string;
  /** ISO 8601 UTC. */
  occurredAt: string;
  operation: string;
  outcome: AuditOutcome;
  actor: { id: string; name: string };
  tenantId: string;
  connectionId: string | null;
  subject: { type: string; id: string | null; label: string | null };
  details: Record<string, unknown> | null;
  correlationId: string | null;
  previousHash: string | null;
  hash: string;
}

export interface AuditQuery {
  operation?: string | undefined;
  outcome?: string | undefined;
  text?: string | undefined;
  actor?: string | undefined;
  connectionId?: string | undefined;
  /** ISO 8601 UTC, included. */
  from?: string | undefined;
  /** ISO 8601 UTC, excluded. */
  to?: string | undefined;
}

/** Newest first. */
export function listAuditEntries(
  client: ApiClient,
  request: AuditQuery & { cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<AuditEntry>> {
  const { signal, ...query } = request;
  return client.get('audit-entries', { query: { ...query, limit: 50 }, signal });
}

/** What recomputing the hash chain found. */
export interface ChainReport {
  isIntact: boolean;
  verified: number;
  start: { sequence: string; hash: string };
  head: { sequence: string; hash: string };
  problem: { kind: string; sequence: string; entryId: string | null; detail: string } | null;
  checkpoints: number;
  /** False: the checkpoints show only that they were not changed since they were signed, by whomever. */
  areKeysCompared: boolean;
}

export function verifyAuditLog(client: ApiClient, signal: AbortSignal): Promise<ChainReport> {
  return client.get('audit-entries/verify', { signal });
}

export type AuditExportFormat = 'csv' | 'jsonl';

/** The whole log as a file, narrowed down as the list is; leaves an entry of its own. */
export function exportAuditLog(
  client: ApiClient,
  format: AuditExportFormat,
  query: AuditQuery,
): Promise<Blob> {
  return client.getFile(`audit-entries/export.${format}`, { query: { ...query } });
}
