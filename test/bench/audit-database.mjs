// The database of the audit bench: our schema with a year of monthly partitions behind it.
import { resolveSettings } from '../../dist/src/core/psa-connector.settings.js';
import { dataSourceOptions } from '../../dist/src/platform/persistence/data-source.js';
import { openMigrated } from '../../dist/src/platform/persistence/migrate.js';
import { PERSISTENCE_LISTS } from '../../dist/src/psa-connector.persistence.js';

export const TENANT = 'tenant-of-the-bench';
export const MONTHS = 12;
/** First instant of the log; it spans `MONTHS` whole months. */
export const STARTS_AT = Date.UTC(2025, 10, 1);
export const ENDS_AT = Date.UTC(2026, 10, 1);

export async function openDatabase(url) {
  const settings = resolveSettings({ database: { url, poolSize: 24 } });
  const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
  const [{ found }] = await dataSource.query(`SELECT to_regclass('audit_entry_2025_11') AS found`);
  if (found !== null) return dataSource;
  // As if the installation had run for the year: a new one keeps everything before next month in one partition.
  await dataSource.query('DROP TABLE audit_entry_earlier');
  const starts = Array.from({ length: MONTHS + 1 }, (_, month) =>
    new Date(Date.UTC(2025, 10 + month, 1)).toISOString(),
  );
  await dataSource.query(`SELECT audit_add_partition('audit_entry_earlier', NULL, $1)`, [starts[0]]);
  for (const [index, start] of starts.entries()) {
    const end = new Date(Date.UTC(2025, 11 + index, 1)).toISOString();
    const name = `audit_entry_${start.slice(0, 7).replace('-', '_')}`;
    await dataSource.query('SELECT audit_add_partition($1, $2, $3)', [name, start, end]);
  }
  return dataSource;
}
