import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { DatabaseUnreachableError, MigrationsPendingError } from './database.errors.js';
import { jobQueueSchema, MIGRATION_TABLE, type PsaDataSourceOptions } from './data-source.js';
import { rowsOf } from './sql.js';

/** Any fixed number; the second key of the lock is made from the schema name, so installations do not wait for each other. */
const MIGRATION_LOCK = 7_723_401;

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
    await runner.query('SELECT pg_advisory_lock($1, hashtext($2))', [MIGRATION_LOCK, schema]);
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
