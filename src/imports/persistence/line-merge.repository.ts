import { finished } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { BillingImport, StagedLine } from '../domain/billing-import.js';
import type { TouchedAmounts } from '../domain/import-listener.js';
import type { AppliedLines, LineStore } from '../domain/import-store.js';
import { copyLines, STAGE_COLUMNS } from './imported-line-columns.js';
import {
  CREATE_STAGE,
  INSERT_REJECTIONS,
  LOCK_TENANT,
  NEW_LINES,
  NUMBER_DUPLICATES,
  STAGE,
  SUMMARY,
  SUPERSEDE_CHANGED,
  SUPERSEDE_MISSING,
  SUPERSEDE_UNBILLED,
  TOUCHED,
} from './line-merge-queries.js';

/** Writes a file's lines: copied into a table of the session and then merged set by set, so that size costs no memory. */
@Injectable()
export class LineMergeRepository implements LineStore {
  async apply(
    tx: Transaction,
    { id, tenantId, format, options }: BillingImport,
    lines: AsyncIterable<readonly StagedLine[]>,
  ): Promise<AppliedLines> {
    const manager = managerOf(tx);
    await manager.query(CREATE_STAGE);
    await copyInto(manager, lines);
    await manager.query(`CREATE INDEX ON ${STAGE} (line_key); ANALYZE ${STAGE}`);
    await manager.query(NUMBER_DUPLICATES);
    // Two files of a tenant may hold the same lines; the second compares with what the first has left.
    await manager.query(LOCK_TENANT, [tenantId]);
    const scope = [tenantId, format, id];
    let superseded = await countOf(manager, SUPERSEDE_CHANGED, scope);
    superseded += await countOf(manager, SUPERSEDE_UNBILLED, scope);
    if (options.isComplete === true) superseded += await countOf(manager, SUPERSEDE_MISSING, scope);
    const accepted = await countOf(manager, NEW_LINES, scope);
    await rowsOf(manager, INSERT_REJECTIONS, [id]);
    return this.#applied(manager, accepted, superseded, options.billingMonth ?? null);
  }

  async #applied(
    manager: EntityManager,
    accepted: number,
    superseded: number,
    month: BillingImport['billingMonth'],
  ): Promise<AppliedLines> {
    const [summary] = await rowsOf<{
      read: number;
      rejected: number;
      first: string | null;
      last: string | null;
    }>(manager, SUMMARY);
    if (summary === undefined) throw new Error('An aggregate has one row');
    const { read, rejected, first, last } = summary;
    const only = first === last ? (first as BillingImport['billingMonth']) : null;
    return {
      lines: { read, accepted, rejected, unchanged: read - rejected - accepted },
      superseded,
      billingMonth: month ?? only,
      touched: await rowsOf<TouchedAmounts>(manager, TOUCHED),
    };
  }
}

/** Writes pieces as they come and waits while the database has not taken the one before. */
async function copyInto(manager: EntityManager, lines: AsyncIterable<readonly StagedLine[]>): Promise<void> {
  const client = (await manager.queryRunner?.connect()) as PoolClient | undefined;
  if (client === undefined) throw new Error('Lines can be copied inside a transaction only');
  const stream = client.query(copyFrom(`COPY ${STAGE} (${STAGE_COLUMNS.join(', ')}) FROM STDIN`));
  const written = finished(stream);
  // What fails is told by the loop or by the wait at its end.
  written.catch(() => undefined);
  try {
    for await (const batch of lines) {
      if (!stream.write(copyLines(batch))) await Promise.race([drained(stream), written]);
    }
    stream.end();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
    await written.catch(() => undefined);
    throw error;
  }
  await written;
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('drain', resolve);
  });
}

async function countOf(manager: EntityManager, sql: string, parameters: readonly unknown[]): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(manager, sql, parameters);
  return row?.count ?? 0;
}
