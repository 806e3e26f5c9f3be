import { createServer } from 'node:net';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { resolveSettings } from '../../src/core/psa-connector.settings.js';
import type { DatabaseOptions } from '../../src/core/psa-connector.options.js';
import { dataSourceOptions } from '../../src/platform/persistence/data-source.js';
import { openMigrated } from '../../src/platform/persistence/migrate.js';
import { migrateDatabase, PERSISTENCE_LISTS } from '../../src/psa-connector.persistence.js';
import { createBlankDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { MODULE_TABLES } from '../support/module-tables.js';

let database: TestDatabase;
let admin: pg.Client;

beforeEach(async () => {
  database = await createBlankDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});

afterEach(async () => {
  await admin.end();
  await database.drop();
});

const optionsOf = (options: Partial<DatabaseOptions> = {}) =>
  dataSourceOptions(
    resolveSettings({ database: { url: database.url, ...options } }).database,
    PERSISTENCE_LISTS,
  );

async function withDataSource<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = new DataSource({ ...optionsOf(), migrationsRun: false });
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function column(sql: string): Promise<string[]> {
  const { rows } = await admin.query<{ value: string }>(sql);
  return rows.map(({ value }) => value);
}

/** Without partitions, whose number depends on the day. */
const tablesOf = (schema = 'psa_connector') =>
  column(`SELECT relname AS value FROM pg_class WHERE relnamespace = to_regnamespace('${schema}')
    AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`);

/** Everything a schema is made of, as text: columns, constraints, indexes, triggers, functions. */
function describeSchema(schema = 'psa_connector'): Promise<string[]> {
  return column(`
    SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, datetime_precision) AS value
    FROM information_schema.columns WHERE table_schema = '${schema}'
    UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = '${schema}'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = '${schema}'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
      AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = '${schema}'::regnamespace)
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = '${schema}'::regnamespace
    ORDER BY 1`);
}

const recordedMigrations = (schema = 'psa_connector') =>
  column(`SELECT name AS value FROM ${schema}.schema_migration ORDER BY id`);

describe('migrations', () => {
  it('bring an empty database to this release, in a schema of our own', async () => {
    await migrateDatabase({ url: database.url });
    expect(await tablesOf()).toEqual(MODULE_TABLES);
    expect(await recordedMigrations()).toEqual(PERSISTENCE_LISTS.migrations.map(({ name }) => name));
    expect(await tablesOf('public')).toEqual([]);
    expect(await column('SELECT extname AS value FROM pg_extension')).toEqual(['plpgsql']);
  });

  it('change nothing the second time', async () => {
    await migrateDatabase({ url: database.url });
    const before = [await describeSchema(), await recordedMigrations()];
    await migrateDatabase({ url: database.url });
    expect([await describeSchema(), await recordedMigrations()]).toEqual(before);
  });

  it.each([2, 5])('run once when %i replicas start together', async (starters) => {
    await Promise.all(Array.from({ length: starters }, () => migrateDatabase({ url: database.url })));
    expect(await tablesOf()).toEqual(MODULE_TABLES);
    expect(await recordedMigrations()).toHaveLength(PERSISTENCE_LISTS.migrations.length);
    // Of this database: the server's other databases belong to tests that run at the same time.
    const locks = `SELECT locktype AS value FROM pg_locks WHERE locktype = 'advisory'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect(await column(locks)).toEqual([]);
  });

  it('wait for a starter that builds an index concurrently without holding it up', async () => {
    await migrateDatabase({ url: database.url });
    const lock = "pg_advisory_lock(7723401, hashtext('psa_connector'))";
    await admin.query(`SELECT ${lock}`);
    const starter = migrateDatabase({ url: database.url });
    await until('the starter to wait', async () => {
      const waiting = await column(`SELECT query AS value FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%pg_try_advisory_lock(%' AND pid <> pg_backend_pid()`);
      return waiting.length > 0 ? waiting : null;
    });
    await admin.query("SET statement_timeout = '10s'");
    await admin.query('CREATE INDEX CONCURRENTLY later ON psa_connector.connection (alias)');
    await admin.query(`SELECT ${lock.replace('lock', 'unlock')}`);
    await starter;
    expect(await tablesOf()).toEqual(MODULE_TABLES);
  });

  it('go down to nothing and up to the same schema again', async () => {
    await migrateDatabase({ url: database.url });
    const before = await describeSchema();
    await withDataSource(async (dataSource) => {
      for (const _ of PERSISTENCE_LISTS.migrations)
        await dataSource.undoLastMigration({ transaction: 'each' });
    });
    expect(await tablesOf()).toEqual(['schema_migration']);
    expect(await recordedMigrations()).toEqual([]);
    expect((await describeSchema()).filter((line) => line.includes('FUNCTION'))).toEqual([]);
    await migrateDatabase({ url: database.url });
    expect(await describeSchema()).toEqual(before);
  });

  it('make the columns the entities describe', async () => {
    await migrateDatabase({ url: database.url });
    const columnChange = /\b(CREATE TABLE|DROP TABLE|(ADD|DROP|ALTER|RENAME) (COLUMN )?"[a-z_]+")/;
    const drift = () =>
      withDataSource(async (dataSource) => {
        const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
        return upQueries.map(({ query }) => query).filter((query) => columnChange.test(query));
      });
    expect(await drift()).toEqual([]);
    // What the comparison must notice, so that an empty answer means something.
    await admin.query('ALTER TABLE psa_connector.connection DROP COLUMN zone_name');
    await admin.query('ALTER TABLE psa_connector.sync_run ALTER COLUMN correlation_id DROP NOT NULL');
    await admin.query('ALTER TABLE psa_connector.sealed_secret ADD COLUMN extra text');
    const noticed = (await drift()).join('\n');
    for (const name of ['zone_name', 'correlation_id', 'extra']) expect(noticed).toContain(`"${name}"`);
  });

  it('keep to the schema a host names', async () => {
    await migrateDatabase({ url: database.url, schema: 'billing_sync' });
    expect(await tablesOf('billing_sync')).toEqual(MODULE_TABLES);
    expect(await tablesOf('psa_connector')).toEqual([]);
  });

  it('keep two installations in one database apart, also when both start together', async () => {
    const schemas = ['first', 'second'];
    await Promise.all(schemas.map((schema) => migrateDatabase({ url: database.url, schema })));
    for (const schema of schemas) {
      expect(await tablesOf(schema)).toEqual(MODULE_TABLES);
      expect(await recordedMigrations(schema)).toHaveLength(PERSISTENCE_LISTS.migrations.length);
      const foreign = schema === 'first' ? 'second' : 'first';
      expect((await describeSchema(schema)).filter((line) => line.includes(foreign))).toEqual([]);
    }
    await admin.query('DROP SCHEMA first CASCADE');
    expect(await tablesOf('second')).toEqual(MODULE_TABLES);
  });

  it('run for a role that owns both schemas but may create none', async () => {
    const role = `owner_${new URL(database.url).pathname.slice(-8)}`;
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'owner-password'`);
    try {
      for (const schema of ['psa_connector', 'psa_connector_queue']) {
        await admin.query(`CREATE SCHEMA ${schema} AUTHORIZATION ${role}`);
      }
      const url = new URL(database.url);
      url.username = role;
      url.password = 'owner-password';
      await migrateDatabase({ url: url.href });
      expect(await tablesOf()).toEqual(MODULE_TABLES);
    } finally {
      await admin.query(`DROP OWNED BY ${role} CASCADE`);
      await admin.query(`DROP ROLE ${role}`);
    }
  });
});

async function open(): Promise<void> {
  const dataSource = await openMigrated(optionsOf({ migrate: 'never' }));
  await dataSource.destroy();
}

describe("a start with migrate: 'never'", () => {
  const pending = {
    code: 'database.migrations_pending',
    detail: expect.stringContaining("'psa_connector'") as unknown,
  };

  it('is refused where nothing was ever migrated, and leaves nothing behind', async () => {
    await expect(open()).rejects.toMatchObject(pending);
    expect(await tablesOf()).toEqual([]);
    expect(await column(`SELECT nspname AS value FROM pg_namespace WHERE nspname = 'psa_connector'`)).toEqual(
      [],
    );
  });

  it('is refused on an older schema', async () => {
    await migrateDatabase({ url: database.url });
    await withDataSource((dataSource) => dataSource.undoLastMigration());
    await expect(open()).rejects.toMatchObject(pending);
    expect(await recordedMigrations()).toHaveLength(PERSISTENCE_LISTS.migrations.length - 1);
  });

  it('succeeds on a current one', async () => {
    await migrateDatabase({ url: database.url });
    await expect(open()).resolves.toBeUndefined();
  });
});

describe('a database that cannot be used', () => {
  const PASSWORD = 'never-show-this';
  const failureAt = async (change: (url: URL) => void, options: Partial<DatabaseOptions> = {}) => {
    const url = new URL(inject('postgresUrl'));
    url.password = PASSWORD;
    change(url);
    const failure: unknown = await migrateDatabase({ url: url.href, ...options }).catch(
      (error: unknown) => error,
    );
    return failure as Error & { detail: string };
  };

  it('is reported with its address when nothing listens there', async () => {
    const port = await freePort();
    const failure = await failureAt((url) => {
      url.host = `127.0.0.1:${port}`;
    });
    expect(failure).toMatchObject({
      code: 'database.unreachable',
      detail: expect.stringContaining(`127.0.0.1:${port}`) as unknown,
    });
    expect(`${failure.detail} ${failure.message}`).not.toContain(PASSWORD);
  });

  it('is reported with its address when the password is wrong', async () => {
    const { host } = new URL(inject('postgresUrl'));
    const failure = await failureAt(() => undefined);
    expect(failure).toMatchObject({
      code: 'database.unreachable',
      detail: expect.stringContaining(host) as unknown,
    });
    expect(failure.detail).toContain('password authentication failed');
    expect(`${failure.detail} ${failure.message}`).not.toContain(PASSWORD);
  });

  it('is reported when something listens that never answers', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const failure = await failureAt(
        (url) => {
          url.host = `127.0.0.1:${port}`;
        },
        { connectTimeoutMs: 200 },
      );
      expect(failure).toMatchObject({
        code: 'database.unreachable',
        detail: expect.stringContaining(`127.0.0.1:${port}`) as unknown,
      });
    } finally {
      silent.close();
    }
  });
});

/** A port nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('No port');
  return address.port;
}
