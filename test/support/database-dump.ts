import pg from 'pg';

/**
 * Every row of every table outside the system schemas as text, each line with its table; binary columns appear as hexadecimal, as
 * Latin-1 and as Base64, so that a plain value is found however it was stored.
 */
export async function dumpDatabase(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY name`);
    const lines: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
      for (const row of rows) lines.push(`${name} ${Object.values(row).map(textOf).join(' | ')}`);
    }
    return lines;
  } finally {
    await client.end();
  }
}

function textOf(value: unknown): string {
  if (!Buffer.isBuffer(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  return [value.toString('hex'), value.toString('latin1'), value.toString('base64')].join(' ');
}
