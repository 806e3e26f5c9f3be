import type { DataSource } from 'typeorm';
import { type PsaConnectorSettings } from '../../../src/core/psa-connector.options.js';
import { resolveSettings } from '../../../src/core/psa-connector.settings.js';
import { dataSourceOptions } from '../../../src/platform/persistence/data-source.js';
import { openMigrated } from '../../../src/platform/persistence/migrate.js';
import { TransactionRunner } from '../../../src/platform/persistence/transaction-runner.js';
import { PERSISTENCE_LISTS } from '../../../src/psa-connector.persistence.js';
import { createTestDatabase } from '../database.js';

/** A database of a test's own with our schema, opened as the module opens it. */
export interface TestInstallation {
  settings: PsaConnectorSettings;
  dataSource: DataSource;
  transactions: TransactionRunner;
  /** Runs one statement and gives its rows. */
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openInstallation({ poolSize = 10 } = {}): Promise<TestInstallation> {
  const database = await createTestDatabase();
  const settings = resolveSettings({ database: { url: database.url, poolSize, migrate: 'never' } });
  const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
  return {
    settings,
    dataSource,
    transactions: new TransactionRunner(dataSource),
    query: (sql, parameters) => dataSource.query(sql, parameters),
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
