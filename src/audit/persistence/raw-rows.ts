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
    return await inReadOnly(client, 'SET LOCAL effective_io_concurrency = 0', () =>
      rowsOn<Row>(client, text, values),
    );
  } finally {
    await runner.release();
  }
}

/** Reads in a transaction with settings of its own, `SET LOCAL` statements; whatever fails, the connection is left without one. */
export async function inReadOnly<T>(
  client: ClientBase,
  settings: string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    await client.query(`BEGIN READ ONLY; ${settings}`);
    return await read();
  } finally {
    await client.query('ROLLBACK');
  }
}

async function rowsOn<Row extends (string | null)[]>(
  client: ClientBase,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  return (await client.query<Row>({ text, values, rowMode: 'array', types: AS_TEXT })).rows;
}
