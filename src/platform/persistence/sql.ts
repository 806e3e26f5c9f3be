import { hash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';

/**
 * Runs one statement and gives its rows. `EntityManager.query` answers `[rows, count]` for UPDATE and DELETE but bare rows otherwise;
 * the structured result is the same for all of them.
 */
export async function rowsOf<Row extends object>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const runner = manager.queryRunner ?? manager.dataSource.createQueryRunner();
  try {
    const result = await runner.query(sql, [...parameters], true);
    return result.records as Row[];
  } finally {
    if (manager.queryRunner === undefined) await runner.release();
  }
}

/** Names of prepared statements by their text; only fixed texts are prepared, so there are as many as the code has. */
const PREPARED = new Map<string, string>();

/**
 * As `rowsOf`, for a fixed text that runs again and again: each session takes it apart once, and plans it a few times only. On short
 * work that costs as much as the work.
 */
export async function preparedRowsOf<Row extends object>(
  manager: EntityManager,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const runner = manager.queryRunner ?? manager.dataSource.createQueryRunner();
  const values = [...parameters];
  let name = PREPARED.get(text);
  if (name === undefined) PREPARED.set(text, (name = `psa_connector_${hash('sha256', text).slice(0, 32)}`));
  try {
    const client = (await runner.connect()) as ClientBase;
    return (await client.query<Row>({ name, text, values })).rows;
  } catch (error) {
    throw error instanceof Error ? new QueryFailedError(text, values, error) : error;
  } finally {
    if (manager.queryRunner === undefined) await runner.release();
  }
}

/**
 * Runs one statement of a transaction that is worth preparing: one whose planning takes longer than running it. Each session plans it
 * once, under the name, which must stand for this text alone.
 * @returns how many rows it wrote
 */
export async function runPrepared(
  manager: EntityManager,
  name: string,
  text: string,
  values: unknown[],
): Promise<number> {
  if (manager.queryRunner === undefined) throw new Error('A prepared statement needs an open transaction');
  const client = (await manager.queryRunner.connect()) as ClientBase;
  const { rowCount } = await client.query({ name, text, values });
  return rowCount ?? 0;
}

/** A statement with its values. */
export interface Statement {
  text: string;
  values: unknown[];
  /** Where it is worth preparing: stands for this text alone, among all that is prepared. */
  name?: string | undefined;
}

/** Runs one statement outside of a transaction, and gives its rows. */
export async function statementRowsOf<Row extends object>(
  dataSource: DataSource,
  statement: Statement,
): Promise<Row[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as ClientBase;
    return (await client.query<Row>(statement)).rows;
  } finally {
    await runner.release();
  }
}

/** A pattern for LIKE that finds the text anywhere; the text matches itself only, whatever signs it holds. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
