import type { DataSourceOptions, EntitySchema, MigrationInterface } from 'typeorm';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';

/** Name of our TypeORM data source, so that it never meets the host's own. */
export const PSA_CONNECTOR_DATA_SOURCE = 'psa-connector';

/** Table that records which of our migrations ran; inside our schema. */
export const MIGRATION_TABLE = 'schema_migration';

/** Schema of the job queue, beside our own. */
export function jobQueueSchema(schema: string): string {
  return `${schema}_queue`;
}

/** How long a connection is silent before the other side is asked whether it is still there. */
const KEEP_ALIVE_MS = 10_000;

type EntityClass = abstract new (...args: never[]) => unknown;
type MigrationClass = new () => MigrationInterface;

export interface PersistenceLists {
  entities: (EntityClass | EntitySchema)[];
  migrations: MigrationClass[];
}

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** `migrationsRun` tells `openMigrated` whether it may migrate. */
export type PsaDataSourceOptions = PostgresOptions & { url: string; schema: string; migrationsRun: boolean };

/**
 * Options of our data source. `search_path` is our schema alone, so that migrations and hand-written SQL need no
 * schema name and several installations can share a database.
 */
export function dataSourceOptions(
  database: PsaConnectorSettings['database'],
  { entities, migrations }: PersistenceLists,
): PsaDataSourceOptions {
  return {
    type: 'postgres',
    url: database.url,
    schema: database.schema,
    entities,
    migrations,
    migrationsTableName: MIGRATION_TABLE,
    migrationsRun: database.migrate === 'onStart',
    synchronize: false,
    // Otherwise TypeORM runs CREATE EXTENSION "uuid-ossp" at connect; our keys are made by the application.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolSize: database.poolSize,
    connectTimeoutMS: database.connectTimeoutMs,
    applicationName: 'psa-connector',
    extra: {
      // A server that went without a word is noticed by the operating system, not never.
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      options: `-c search_path=${database.schema} -c timezone=UTC`,
    },
  };
}
