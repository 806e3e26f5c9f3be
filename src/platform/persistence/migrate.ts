import { setTimeout as wait } from 'node:timers/promises';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { DatabaseUnreachableError, MigrationsPendingError } from './database.errors.js';
import { jobQueueSchema, MIGRATION_TABLE, type PsaDataSourceOptions } from './data-source.js';
import { rowsOf } from './sql.js';

/** Any fixed number; the second key of the lock is made from the schema name, so installations do not wait for each other. */
const MIGRATION_LOCK = 7_723_401;

const LOCK_POLL_MS = 100;

/**
 * Brings our schema to this release, or checks that it is there already. Starters that come at the same time wait for the first:
 * TypeORM's own `migrationsRun` races between replicas.
 */
async function migrate(
  dataSource: DataSource,
  { schema, migrationsRun }: PsaDataSourceOptions,
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await takeLock(runner, schema);
    try {
      if (!migrationsRun) {
        // Asked first, because `showMigrations` would make a missing table, or fail where the schema is missing too.
        const isPending = !(await hasMigrationTable(runner, schema)) || (await dataSource.showMigrations());
        if (isPending) throw new MigrationsPendingError(schema);
        return;
      }
      await ensureSchema(runner, schema);
      await ensureSchema(runner, jobQueueSchema(schema));
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', [MIGRATION_LOCK, schema]);
    }
  } finally {
    await runner.release();
  }
}

/**
 * Asked for again and again: a statement that waits for the lock keeps a snapshot, and an index that the holder builds concurrently would
 * wait for that in turn, for ever.
 */
async function takeLock(runner: QueryRunner, schema: string): Promise<void> {
  for (;;) {
    const [row] = await rowsOf<{ isTaken: boolean }>(
      runner.manager,
      'SELECT pg_try_advisory_lock($1, hashtext($2)) AS "isTaken"',
      [MIGRATION_LOCK, schema],
    );
    if (row?.isTaken === true) return;
    await wait(LOCK_POLL_MS);
  }
}

/** Names of the migrations of this release that the schema lacks; those of a later release, which it may have, do not count. */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  const done = await rowsOf<{ name: string }>(dataSource.manager, `SELECT name FROM ${MIGRATION_TABLE}`);
  const names = new Set(done.map(({ name }) => name));
  return dataSource.migrations
    .map((migration) => migration.name ?? migration.constructor.name)
    .filter((name) => !names.has(name));
}

/** `IF NOT EXISTS` alone asks for the right to create schemas even where there is nothing to create. */
async function ensureSchema(runner: QueryRunner, schema: string): Promise<void> {
  const found = await rowsOf(runner.manager, 'SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (found.length === 0) await runner.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
}

async function hasMigrationTable(runner: QueryRunner, schema: string): Promise<boolean> {
  const found = await rowsOf(
    runner.manager,
    'SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2',
    [schema, MIGRATION_TABLE],
  );
  return found.length > 0;
}

/**
 * Connects, and migrates when the options say `migrationsRun`.
 * @throws DatabaseUnreachableError, MigrationsPendingError
 */
export async function openMigrated(options: PsaDataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource({ ...options, migrationsRun: false } satisfies DataSourceOptions);
  try {
    await dataSource.initialize();
  } catch (cause) {
    throw new DatabaseUnreachableError(options.url, cause);
  }
  try {
    await migrate(dataSource, options);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
