import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditVerification } from '../../src/audit/application/audit-verification.service.js';
import { trustedKeysOf } from '../../src/audit/domain/audit-checkpoint.js';
import { canonicalBody, CHAIN_FORMAT, GENESIS_HASH } from '../../src/audit/domain/audit-entry.js';
import { AuditChainRepository } from '../../src/audit/persistence/audit-chain.repository.js';
import { ChainSegmentRepository } from '../../src/audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from '../../src/audit/persistence/checkpoint.repository.js';
import { resolveSettings } from '../../src/core/psa-connector.settings.js';
import { dataSourceOptions } from '../../src/platform/persistence/data-source.js';
import { migrateDatabase, PERSISTENCE_LISTS } from '../../src/psa-connector.persistence.js';
import { makeChain } from '../support/builders/audit-chain.builder.js';
import { createBlankDatabase, type TestDatabase } from '../support/database.js';

/** How the release before partitioning appends, word for word. */
const APPEND_BEFORE = `
  WITH head AS (
    INSERT INTO audit_chain_head AS h (tenant_id, sequence, previous_hash, hash)
    VALUES ($1, 1, $2, encode(sha256(convert_to(concat_ws(E'\\n', $3::text, $2::text, '1', $4::text), 'UTF8')), 'hex'))
    ON CONFLICT (tenant_id) DO UPDATE SET
      sequence = h.sequence + 1,
      previous_hash = h.hash,
      hash = encode(sha256(convert_to(concat_ws(E'\\n', $3::text, h.hash, (h.sequence + 1)::text, $4::text), 'UTF8')), 'hex')
    RETURNING sequence, previous_hash, hash
  )
  INSERT INTO audit_entry (id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id,
    subject_type, subject_id, subject_label, details, correlation_id, previous_hash, hash)
  SELECT $5, $1, head.sequence, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, head.previous_hash, head.hash
  FROM head`;

let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createBlankDatabase();
  const settings = resolveSettings({ database: { url: database.url } });
  dataSource = new DataSource(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
  await migrateDatabase({ url: database.url });
  await dataSource.initialize();
});

afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function downBeforePartitioning(): Promise<void> {
  while (
    (await dataSource.query(`SELECT FROM schema_migration WHERE name LIKE 'PartitionAuditLog%'`)).length > 0
  ) {
    await dataSource.undoLastMigration({ transaction: 'each' });
  }
}

async function appendAsBefore(times: number): Promise<void> {
  for (const { sequence: _, previousHash: __, hash: ___, ...body } of makeChain('tenant-a', times)) {
    await dataSource.query(APPEND_BEFORE, [
      body.tenantId,
      GENESIS_HASH,
      CHAIN_FORMAT,
      canonicalBody(body),
      body.id,
      body.occurredAt,
      body.operation,
      body.outcome,
      body.actor.id,
      body.actor.name,
      body.connectionId,
      body.subject.type,
      body.subject.id,
      body.subject.label,
      JSON.stringify(body.details),
      body.correlationId,
    ]);
  }
}

const verify = () =>
  new AuditVerification(
    new AuditChainRepository(dataSource),
    new CheckpointRepository(dataSource),
    new ChainSegmentRepository(dataSource),
    trustedKeysOf(null),
  ).verify('tenant-a');

describe('partitioning the audit log', () => {
  it('keeps every entry and the chain, up and down, while the release before goes on writing', async () => {
    await downBeforePartitioning();
    await appendAsBefore(20);
    await dataSource.runMigrations({ transaction: 'each' });
    expect(await verify()).toMatchObject({ isIntact: true, verified: 20 });
    await appendAsBefore(5);
    expect(await verify()).toMatchObject({ isIntact: true, verified: 25 });
    await expect(dataSource.query('DELETE FROM audit_entry')).rejects.toThrow('append-only');
    await expect(dataSource.query('TRUNCATE audit_entry_earlier')).rejects.toThrow('append-only');

    await downBeforePartitioning();
    const [count] = (await dataSource.query('SELECT count(*)::int AS entries FROM audit_entry')) as object[];
    expect(count).toEqual({ entries: 25 });
    await expect(dataSource.query('DELETE FROM audit_entry')).rejects.toThrow('append-only');
    await dataSource.runMigrations({ transaction: 'each' });
    expect(await verify()).toMatchObject({ isIntact: true, verified: 25 });
  });
});
