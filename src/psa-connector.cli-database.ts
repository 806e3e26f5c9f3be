import type { DataSource } from 'typeorm';
import { resolveSettings } from './core/psa-connector.settings.js';
import { dataSourceOptions } from './platform/persistence/data-source.js';
import { openMigrated } from './platform/persistence/migrate.js';
import { PERSISTENCE_LISTS } from './psa-connector.persistence.js';

/** Opens the database named by DATABASE_URL for a command, as it is: commands migrate nothing. */
export async function withDatabase<T>(
  schema: string | undefined,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const database = {
    url: process.env['DATABASE_URL'] ?? '',
    migrate: 'never' as const,
    ...(schema === undefined ? {} : { schema }),
  };
  const settings = resolveSettings({ database });
  const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
