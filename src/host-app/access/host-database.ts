import { setTimeout as wait } from 'node:timers/promises';
import { DataSource, type QueryRunner } from 'typeorm';
import { CreateAccess1764000010000 } from '../migrations/1764000010000-create-access.js';
import { AddProviderAccounts1764000016100 } from '../migrations/1764000016100-add-provider-accounts.js';
import { AddTokenMakers1764000024000 } from '../migrations/1764000024000-add-token-makers.js';
import { AddTokenParents1764000030000 } from '../migrations/1764000030000-add-token-parents.js';
import { AddAccountProviders1764000031000 } from '../migrations/1764000031000-add-account-providers.js';
import { StartError } from '../start-error.js';

/** Schema of the host's own tables, beside those of the library in the same database. */
export const HOST_SCHEMA = 'psa_host';

const MIGRATION_LOCK = 7_723_402;
const LOCK_POLL_MS = 100;
/** The host's own statements are few and short. */
const POOL_SIZE = 5;

export const HOST_MIGRATIONS = [
  CreateAccess1764000010000,
  AddProviderAccounts1764000016100,
  AddTokenMakers1764000024000,
  AddTokenParents1764000030000,
  AddAccountProviders1764000031000,
];

/**
 * Connects to the host's own tables and brings them to this release under a lock, so that several starters wait for each other.
 * @throws StartError
 */
export async function openHostDatabase(url: string): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    schema: HOST_SCHEMA,
    entities: [],
    migrations: HOST_MIGRATIONS,
    migrationsTableName: 'schema_migration',
    synchronize: false,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolSize: POOL_SIZE,
    applicationName: 'psa-host',
    extra: { options: `-c search_path=${HOST_SCHEMA} -c timezone=UTC` },
  });
  try {
    await dataSource.initialize();
  } catch (cause) {
    throw new StartError(`The database at ${hostOf(url)} cannot be reached: ${(cause as Error).message}.`, {
      cause,
    });
  }
  try {
    await migrate(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await takeLock(runner);
    try {
      await ensureSchema(runner);
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', [MIGRATION_LOCK, HOST_SCHEMA]);
    }
  } finally {
    await runner.release();
  }
}

/** Asked for again and again: a statement that waits keeps a snapshot, which an index built concurrently would wait for in turn. */
async function takeLock(runner: QueryRunner): Promise<void> {
  const sql = 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken';
  for (;;) {
    const [row] = (await runner.query(sql, [MIGRATION_LOCK, HOST_SCHEMA])) as { taken: boolean }[];
    if (row?.taken === true) return;
    await wait(LOCK_POLL_MS);
  }
}

/** `IF NOT EXISTS` alone asks for the right to create schemas even where there is nothing to create. */
async function ensureSchema(runner: QueryRunner): Promise<void> {
  const found: unknown = await runner.query('SELECT FROM pg_namespace WHERE nspname = $1', [HOST_SCHEMA]);
  if (Array.isArray(found) && found.length > 0) return;
  await runner.query(`CREATE SCHEMA IF NOT EXISTS ${HOST_SCHEMA}`);
}

/** Host and port alone: the address also holds the password. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the given address';
}
