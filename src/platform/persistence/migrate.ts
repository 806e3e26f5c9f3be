import { DataSource, type DataSourceOptions } from 'typeorm';
import { DatabaseUnreachableError, MigrationsPendingError } from './database.errors.js';
import type { PsaDataSourceOptions } from './data-source.js';

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
        if (await dataSource.showMigrations()) throw new MigrationsPendingError(schema);
        return;
      }
      await runner.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', [MIGRATION_LOCK, schema]);
    }
  } finally {
    await runner.release();
  }
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
