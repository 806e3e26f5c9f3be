import { hash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';

/**
 * Runs one statement and gives its rows. `EntityManager.query` answers `[rows, count]` for UPDATE and DELETE but bare rows otherwise;
 * the structured result is the same for all of them.
 */
export function rowsOf<Row extends object>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  return withRunner(manager, async (runner) => {
    const result = await runner.query(sql, [...parameters], true);
    return result.records as Row[];
  });
}

/** Names of prepared statements by their text; only fixed texts are prepared, so there are as many as the code has. */
const PREPARED = new Map<string, string>();

/**
 * As `rowsOf`, for a fixed text that runs again and again: each session takes it apart once, and plans it a few times only. On short
 * work that costs as much as the work.
 */
export function preparedRowsOf<Row extends object>(
  manager: EntityManager,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const values = [...parameters];
  let name = PREPARED.get(text);
  if (name === undefined) PREPARED.set(text, (name = `psa_connector_${hash('sha256', text).slice(0, 32)}`));
  return withRunner(manager, async (runner) => {
    const client = (await runner.connect()) as ClientBase;
    try {
      return (await client.query<Row>({ name, text, values })).rows;
    } catch (error) {
      throw error instanceof Error ? new QueryFailedError(text, values, error) : error;
    }
  });
}

/** With the connection of the transaction the manager is in; outside of one, with one of the pool. */
async function withRunner<T>(manager: EntityManager, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = manager.queryRunner ?? manager.dataSource.createQueryRunner();
  try {
    return await work(runner);
  } finally {
    if (manager.queryRunner === undefined) await runner.release();
  }
}

/** A statement with its values. */
export interface Statement {
  text: string;
  values: readonly unknown[];
  /** Whether its text is a fixed one that runs again and again. */
  isPrepared: boolean;
}

export function statementRowsOf<Row extends object>(
  manager: EntityManager,
  { text, values, isPrepared }: Statement,
): Promise<Row[]> {
  return isPrepared ? preparedRowsOf<Row>(manager, text, values) : rowsOf<Row>(manager, text, values);
}

/** A pattern for LIKE that finds the text anywhere; the text matches itself only, whatever signs it holds. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
