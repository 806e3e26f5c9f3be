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
    const client = (await runner.connect()) as ClientBase;
    return (await client.query<Row>({ text, values, rowMode: 'array', types: AS_TEXT })).rows;
  } finally {
    await runner.release();
  }
}
