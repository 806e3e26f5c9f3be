import type { DataSource } from 'typeorm';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { DatabaseUnreachableError, MigrationsPendingError } from './database.errors.js';

/** Any fixed number; the second key of the lock is made from the schema name, so installations do not wait for each other. */
const MIGRATION_LOCK = 7_723_401;

/**
 * Brings our schema to this release, or checks that it is there already. Starters that come at the same time wait for the first:
 * TypeORM's own `migrationsRun` races between replicas.
 */
export async function migrate(
  dataSource: DataSource,
  database: PsaConnectorSettings['database'],
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1, hashtext($2))', [MIGRATION_LOCK, database.schema]);
    try {
      if (database.migrate === 'never') {
        if (await dataSource.showMigrations()) throw new MigrationsPendingError(database.schema);
        return;
      }
      await runner.query(`CREATE SCHEMA IF NOT EXISTS "${database.schema}"`);
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', [MIGRATION_LOCK, database.schema]);
    }
  } finally {
    await runner.release();
  }
}

/**
 * Connects and migrates.
 * @throws DatabaseUnreachableError, MigrationsPendingError
 */
export async function openMigrated(
  dataSource: DataSource,
  database: PsaConnectorSettings['database'],
): Promise<DataSource> {
  try {
    await dataSource.initialize();
  } catch (cause) {
    throw new DatabaseUnreachableError(database.url, cause);
  }
  try {
    await migrate(dataSource, database);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
