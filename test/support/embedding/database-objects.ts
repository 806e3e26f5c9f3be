import pg from 'pg';

/** A condition: the schema of this id is not PostgreSQL's own. */
const own = (oid: string): string =>
  `${oid} NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')`;

/** Everything a database holds that somebody made: schemas, relations, functions, types, triggers, extensions, settings. */
export async function databaseObjects(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`
      SELECT 'schema ' || nspname AS name FROM pg_namespace WHERE ${own('oid')}
      UNION ALL SELECT format('relation %s %s', relkind, oid::regclass) FROM pg_class WHERE ${own('relnamespace')}
      UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE ${own('pronamespace')}
      UNION ALL SELECT 'type ' || oid::regtype FROM pg_type WHERE ${own('typnamespace')}
      UNION ALL SELECT format('trigger %s on %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
      UNION ALL SELECT 'extension ' || extname FROM pg_extension
      UNION ALL SELECT 'setting ' || array_to_string(setconfig, ',') FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
      UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata
      UNION ALL SELECT 'publication ' || pubname FROM pg_publication
      ORDER BY 1`);
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
