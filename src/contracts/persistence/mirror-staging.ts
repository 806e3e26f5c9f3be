import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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

/** Records whose text is made at a time, while Postgres is at work on those before. */
const RECORDS_AT_ONCE = 500;

/** Rows in the text format of `COPY`. @param prefix of each row: the fields of further columns, each with its tab */
function* copyText<Row>(
  columns: readonly MirrorColumn<Row>[],
  records: readonly Row[],
  prefix = '',
): Generator<string> {
  const [first, ...others] = columns;
  for (let start = 0; start < records.length; start += RECORDS_AT_ONCE) {
    let text = '';
    for (const record of records.slice(start, start + RECORDS_AT_ONCE)) {
      text += prefix + (first?.copyText(record) ?? '');
      for (const column of others) text += `\t${column.copyText(record)}`;
      text += '\n';
    }
    yield text;
  }
}

/** Fills the session's staging table with these records alone, in the transaction the manager is in. */
export async function stageRecords<Row>(
  manager: EntityManager,
  table: MirrorTable<Row>,
  records: readonly Row[],
): Promise<void> {
  await manager.query(prepareStatement(table));
  const columns = table.columns.map(({ name }) => name).join(', ');
  await copy(manager, `${stageOf(table)} (${columns})`, copyText(table.columns, records));
}

/**
 * Inserts new records into the mirror table itself, in the transaction the manager is in.
 * @throws DatabaseError of the driver, for the table's primary key, when one of them is known after all
 */
export async function copyNewRecords<Row>(
  manager: EntityManager,
  table: MirrorTable<Row>,
  connectionId: string,
  records: readonly Row[],
): Promise<void> {
  const columns = ['connection_id', ...table.columns.map(({ name }) => name)].join(', ');
  await copy(manager, `${table.name} (${columns})`, copyText(table.columns, records, `${connectionId}\t`));
}

async function copy(manager: EntityManager, target: string, text: Iterable<string>): Promise<void> {
  const client = (await manager.queryRunner?.connect()) as PoolClient | undefined;
  if (client === undefined) throw new Error('Records can be copied inside a transaction only');
  await pipeline(Readable.from(text), client.query(copyFrom(`COPY ${target} FROM STDIN`)));
}
