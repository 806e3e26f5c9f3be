import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import type { MirrorColumn } from './mirror-column.js';
import type { MirrorTable } from './mirror-tables.js';

/** Name of the staging table of a mirror table; one per database session. */
export function stageOf({ name }: { name: string }): string {
  return `stage_${name}`;
}

/**
 * Makes the session's staging table where it is missing (its owner may be a connection of the pool that is new, or its making was rolled
 * back) and empties it. Temporary: nothing of it reaches the write-ahead log.
 */
function prepareStatement<Row>(table: MirrorTable<Row>): string {
  const stage = stageOf(table);
  const columns = table.columns.map(({ name }) => name).join(', ');
  return `
    CREATE TEMPORARY TABLE IF NOT EXISTS ${stage} AS SELECT ${columns} FROM ${table.name} WITH NO DATA;
    TRUNCATE ${stage}`;
}

/** Rows in the text format of `COPY`. */
export function copyText<Row>(columns: readonly MirrorColumn<Row>[], records: readonly Row[]): string {
  const [first, ...others] = columns;
  let text = '';
  for (const record of records) {
    text += first?.copyText(record) ?? '';
    for (const column of others) text += `\t${column.copyText(record)}`;
    text += '\n';
  }
  return text;
}

/** Fills the session's staging table with these records alone, in the transaction the manager is in. */
export async function stageRecords<Row>(
  manager: EntityManager,
  table: MirrorTable<Row>,
  records: readonly Row[],
): Promise<void> {
  await manager.query(prepareStatement(table));
  const columns = table.columns.map(({ name }) => name).join(', ');
  const client = (await manager.queryRunner?.connect()) as PoolClient | undefined;
  if (client === undefined) throw new Error('Records can be staged inside a transaction only');
  const stream = client.query(copyFrom(`COPY ${stageOf(table)} (${columns}) FROM STDIN`));
  stream.end(copyText(table.columns, records));
  await finished(stream);
}
