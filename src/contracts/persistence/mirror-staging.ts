import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { PackedRecords } from '../domain/mirror-store.js';
import { closeRanges } from './mirror-packing.js';
import { countEqualStatement, PLAN_BY_RANGE, PLAN_FREELY } from './mirror-statements.js';
import { type MirrorTableShape, stageOf } from './mirror-tables.js';

/** Fewer rows are looked up one by one. */
const FEWEST_IN_RANGES = 200;

/**
 * Makes the session's staging table where it is missing (its owner may be a connection of the pool that is new, or its making was rolled
 * back) and empties it. Temporary: nothing of it reaches the write-ahead log.
 */
function prepareStatement(table: MirrorTableShape): string {
  const stage = stageOf(table);
  const columns = columnsOf(table, { areLikelyNew: true });
  return `
    CREATE TEMPORARY TABLE IF NOT EXISTS ${stage} AS SELECT ${columns} FROM ${table.name} WITH NO DATA;
    TRUNCATE ${stage}`;
}

/** Columns of packed rows: those that are likely new come with their connection. */
function columnsOf(table: MirrorTableShape, { areLikelyNew }: Pick<PackedRecords, 'areLikelyNew'>): string {
  const names = table.columns.map(({ name }) => name);
  return (areLikelyNew ? ['connection_id', ...names] : names).join(', ');
}

/** Fills the session's staging table with these records alone, in the transaction the manager is in. */
export async function stageRecords(
  manager: EntityManager,
  table: MirrorTableShape,
  packed: readonly PackedRecords[],
): Promise<void> {
  await manager.query(prepareStatement(table));
  for (const areLikelyNew of [true, false]) {
    const alike = packed.filter((rows) => rows.areLikelyNew === areLikelyNew);
    if (alike.length === 0) continue;
    await copy(manager, `${stageOf(table)} (${columnsOf(table, { areLikelyNew })})`, alike);
  }
}

/**
 * Whether all staged records are mirrored as they are, which is so for most batches of a full pull. Looked at only where their ids lie close
 * together, as those of such a pull do; false otherwise.
 */
export async function areStagedEqual(
  manager: EntityManager,
  table: MirrorTableShape,
  connectionId: string,
  packed: readonly PackedRecords[],
): Promise<boolean> {
  const ranges = closeRanges(packed);
  const rows = ranges?.reduce((sum, range) => sum + range.rows, 0) ?? 0;
  if (ranges === null || rows < FEWEST_IN_RANGES) return false;
  await manager.query(PLAN_BY_RANGE);
  const parameters = [
    connectionId,
    ranges.map(({ lowest }) => lowest),
    ranges.map(({ highest }) => highest),
    ranges.map((range) => 2 * range.rows),
  ];
  const [counted] = await rowsOf<{ equal: number }>(manager, countEqualStatement(table), parameters);
  await manager.query(PLAN_FREELY);
  return counted?.equal === rows;
}

/**
 * Inserts records that are likely new into the mirror table itself, in the transaction the manager is in.
 * @throws DatabaseError of the driver, for the table's primary key, when one of them is known after all
 */
export async function copyNewRecords(
  manager: EntityManager,
  table: MirrorTableShape,
  packed: readonly PackedRecords[],
): Promise<void> {
  await copy(manager, `${table.name} (${columnsOf(table, { areLikelyNew: true })})`, packed);
}

async function copy(manager: EntityManager, target: string, packed: readonly PackedRecords[]): Promise<void> {
  const client = (await manager.queryRunner?.connect()) as PoolClient | undefined;
  if (client === undefined) throw new Error('Records can be copied inside a transaction only');
  const stream = client.query(copyFrom(`COPY ${target} FROM STDIN`));
  // At once: it is in memory as it is, and what goes through the platform's `pipeline` stays there until a full collection (see the README).
  stream.end(Buffer.concat(packed.map(({ text }) => text)));
  await finished(stream);
}
