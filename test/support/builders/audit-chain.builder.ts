import {
  type AuditBody,
  type AuditEntry,
  chainHash,
  GENESIS_HASH,
} from '../../../src/audit/domain/audit-entry.js';
import { newId } from '../../../src/kernel/ids.js';
import type { TestInstallation } from './installation.builder.js';

/** A chain as appends would have left it, in memory. @param change what an entry differs in, by its number from 1 */
export function makeChain(
  tenantId: string,
  length: number,
  change: (number: number) => Partial<AuditBody> = () => ({}),
): AuditEntry[] {
  let previousHash = GENESIS_HASH;
  const startsAt = Date.UTC(2026, 2, 1);
  return Array.from({ length }, (_, index) => {
    const sequence = String(index + 1);
    const body: AuditBody = {
      id: newId(),
      occurredAt: new Date(startsAt + index * 1000).toISOString(),
      operation: 'Update Connector Connection',
      outcome: 'succeeded',
      actor: { id: 'u-1', name: 'Ada Example' },
      tenantId,
      connectionId: null,
      subject: { type: 'connection', id: null, label: `Connection ${sequence}` },
      details: { changes: [{ field: 'alias', before: `Old ${sequence}`, after: `New ${sequence}` }] },
      correlationId: `request-${sequence}`,
      ...change(index + 1),
    };
    const entry = { ...body, sequence, previousHash, hash: chainHash(previousHash, sequence, body) };
    previousHash = entry.hash;
    return entry;
  });
}

/** Writes a chain and its head as they are, in one statement each. */
export async function storeChain(installation: TestInstallation, entries: AuditEntry[]): Promise<void> {
  const rows = entries.map((entry) => ({
    ...entry,
    actor_id: entry.actor.id,
    actor_name: entry.actor.name,
    subject_type: entry.subject.type,
    subject_id: entry.subject.id,
    subject_label: entry.subject.label,
  }));
  await installation.query(
    `INSERT INTO audit_entry (id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id,
      subject_type, subject_id, subject_label, details, correlation_id, previous_hash, hash)
    SELECT id, "tenantId", sequence, "occurredAt", operation, outcome, actor_id, actor_name, "connectionId",
      subject_type, subject_id, subject_label, details, "correlationId", "previousHash", hash
    FROM json_to_recordset($1) AS r(id uuid, "tenantId" text, sequence bigint, "occurredAt" timestamptz, operation text,
      outcome text, actor_id text, actor_name text, "connectionId" uuid, subject_type text, subject_id text,
      subject_label text, details jsonb, "correlationId" text, "previousHash" text, hash text)`,
    [JSON.stringify(rows)],
  );
  const last = entries.at(-1);
  if (last === undefined) return;
  await installation.query(
    'INSERT INTO audit_chain_head (tenant_id, sequence, previous_hash, hash, occurred_at) VALUES ($1, $2, $3, $4, $5)',
    [last.tenantId, last.sequence, last.previousHash, last.hash, last.occurredAt],
  );
  await installation.query(
    'INSERT INTO audit_actor SELECT DISTINCT tenant_id, actor_id, actor_name FROM audit_entry ON CONFLICT DO NOTHING',
  );
}

/** Changes the table as its owner can, past the triggers that refuse it. */
export async function tamper({ dataSource }: TestInstallation, ...statements: string[]): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query('ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only');
    for (const statement of statements) await manager.query(statement);
    await manager.query('ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only');
  });
}
