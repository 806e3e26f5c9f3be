import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveSettings } from '../../src/core/psa-connector.settings.js';
import { dataSourceOptions } from '../../src/platform/persistence/data-source.js';
import { migrateDatabase, PERSISTENCE_LISTS } from '../../src/psa-connector.persistence.js';
import { createBlankDatabase, type TestDatabase } from '../support/database.js';

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

async function downBefore(migration: string): Promise<void> {
  while (
    (await dataSource.query(`SELECT FROM schema_migration WHERE name LIKE '${migration}%'`)).length > 0
  ) {
    await dataSource.undoLastMigration({ transaction: 'each' });
  }
}

/** A row of the outbox alone: what it refers to is of no matter here. */
async function insert(state: string, compensatesId: string | null): Promise<string> {
  const id = randomUUID();
  await dataSource.transaction(async (manager) => {
    await manager.query('SET LOCAL session_replication_role = replica');
    await manager.query(
      `INSERT INTO billing_operation (id, connection_id, tenant_id, line_id, subscription_id, compensates_id, kind, effective_on,
         step, state, attempts, not_before, actor_id, actor_name, correlation_id, created_at, updated_at)
       VALUES ($1, gen_random_uuid(), 'a', gen_random_uuid(), 's', $2, 'adjustUnits', '2026-11-25', '{}', $3, 1, now(), 'a', 'A', 'c',
         now(), now())`,
      [id, compensatesId, state],
    );
  });
  return id;
}

describe('the migration to one compensation an operation', () => {
  it('keeps what was compensated more than once, of which the first counts', async () => {
    await downBefore('CompensateOnce');
    const undone = await insert('applied', null);
    const dismissed = await insert('dismissed', undone);
    const first = await insert('applied', undone);
    const second = await insert('applied', undone);
    await migrateDatabase({ url: database.url });
    const rows = await dataSource.query(
      'SELECT id, state, compensates_id AS "compensates" FROM billing_operation ORDER BY sequence',
    );
    expect(rows).toEqual([
      { id: undone, state: 'applied', compensates: null },
      { id: dismissed, state: 'dismissed', compensates: undone },
      { id: first, state: 'applied', compensates: undone },
      { id: second, state: 'applied', compensates: null },
    ]);
    await expect(insert('pending', undone)).rejects.toThrow('billing_operation_compensates_uq');
  });
});
