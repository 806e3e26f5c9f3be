import pg from 'pg';
import { expect, it } from 'vitest';
import { createBlankDatabase, createTestDatabase } from '../support/database.js';

it('gives every caller a database of its own, also at the same time, and removes it while connected', async () => {
  const [first, second, blank] = await Promise.all([
    createTestDatabase(),
    createTestDatabase(),
    createBlankDatabase(),
  ]);
  const client = new pg.Client({ connectionString: first.url });
  // Dropping the database ends this connection from the server's side.
  client.on('error', () => undefined);
  await client.connect();
  const tables = await client.query('select count(*)::int as n from psa_connector.audit_entry');
  expect(tables.rows).toEqual([{ n: 0 }]);
  await client.query('create table only_here (n int)');
  const other = new pg.Client({ connectionString: second.url });
  await other.connect();
  expect((await other.query(`select to_regclass('only_here') as found`)).rows).toEqual([{ found: null }]);
  await other.end();
  await Promise.all([first.drop(), second.drop(), blank.drop()]);
  await expect(client.query('select 1')).rejects.toThrow(/terminat|not queryable/);
  await client.end().catch(() => undefined);
  await expect(new pg.Client({ connectionString: second.url }).connect()).rejects.toThrow('does not exist');
});
