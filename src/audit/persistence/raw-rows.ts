import type { ClientBase, CustomTypesConfig } from 'pg';
import type { DataSource } from 'typeorm';

/** Leaves every value as the text that came over the wire. */
const AS_TEXT = { getTypeParser: () => (value: string) => value } as unknown as CustomTypesConfig;

/** Rows of one statement as arrays of texts, in the order of its columns. */
export async function rawRows<Row extends (string | null)[]>(
  dataSource: DataSource,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const runner = dataSource.createQueryRunner();
  try {
    return await rowsOn<Row>((await runner.connect()) as ClientBase, text, values);
  } finally {
    await runner.release();
  }
}

/**
 * As `rawRows`, of a statement whose bitmap scans read few rows: those that are not in memory are read one by one. Handing each to another
 * process, as PostgreSQL does from version 18 on, takes several times as long as reading it.
 */
export async function rawRowsReadOneByOne<Row extends (string | null)[]>(
  dataSource: DataSource,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as ClientBase;
    await client.query('BEGIN READ ONLY; SET LOCAL effective_io_concurrency = 0');
    try {
      return await rowsOn<Row>(client, text, values);
    } finally {
      await client.query('ROLLBACK');
    }
  } finally {
    await runner.release();
  }
}

async function rowsOn<Row extends (string | null)[]>(
  client: ClientBase,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  return (await client.query<Row>({ text, values, rowMode: 'array', types: AS_TEXT })).rows;
}
