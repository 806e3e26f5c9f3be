import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { PsaEntity } from '../../ports/psa/psa-records.js';
import type {
  MergeCounts,
  MirrorContractsPull,
  MirrorPage,
  MirrorPull,
  MirrorStore,
} from '../domain/mirror-store.js';
import { MIRROR_TABLES, type MirrorTable } from './mirror-tables.js';

/** One statement per page: a row is written only where a value differs; `xmax` is 0 for a row this statement inserted. */
function mergeStatement<Row>({ name, columns }: MirrorTable<Row>): string {
  const names = columns.map((column) => column.name);
  const values = names.filter((column) => column !== 'external_id');
  const arrays = columns.map((column, index) => `$${index + 2}::${column.type}[]`);
  return `
    INSERT INTO ${name} AS mirrored (connection_id, ${names.join(', ')})
    SELECT $1::uuid, page.* FROM unnest(${arrays.join(', ')}) AS page
    ON CONFLICT (connection_id, external_id) DO UPDATE SET ${values.map((column) => `${column} = excluded.${column}`).join(', ')}
    WHERE (${values.map((column) => `mirrored.${column}`).join(', ')})
      IS DISTINCT FROM (${values.map((column) => `excluded.${column}`).join(', ')})
    RETURNING (xmax = 0) AS created`;
}

/** Joined, never `NOT IN`: a large `IN` list that does not fit into memory is searched row by row. */
const SEEN = `
  WITH seen AS (
    SELECT unnest(external_ids) AS external_id FROM mirror_seen_page WHERE pull_id = $2 AND entity = $3
  )`;

@Injectable()
export class MirrorRepository implements MirrorStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async merge<E extends PsaEntity>(tx: Transaction, page: MirrorPage<E>): Promise<MergeCounts> {
    const { connectionId, pullId, entity, pageNumber } = page;
    // A statement may not meet a row twice; the last reading of an id wins.
    const records = [...new Map(page.records.map((record) => [record.externalId, record])).values()];
    const table = MIRROR_TABLES[entity];
    const manager = managerOf(tx);
    await manager.query(
      `INSERT INTO mirror_seen_page (pull_id, entity, page_number, external_ids) VALUES ($1, $2, $3, $4::text[])`,
      [pullId, entity, pageNumber, records.map(({ externalId }) => externalId)],
    );
    if (records.length === 0) return { created: 0, updated: 0, unchanged: 0 };
    const arrays = table.columns.map(({ value }) => records.map((record) => value(record)));
    const written = await rowsOf<{ created: boolean }>(manager, mergeStatement(table), [
      connectionId,
      ...arrays,
    ]);
    const created = written.filter((row) => row.created).length;
    return { created, updated: written.length - created, unchanged: records.length - written.length };
  }

  async countSeen(tx: Transaction, pull: MirrorPull): Promise<{ seen: number; missing: number }> {
    const [counts] = await rowsOf<{ total: string; missing: string }>(
      managerOf(tx),
      `${SEEN}
       SELECT count(*) AS total, count(*) FILTER (WHERE seen.external_id IS NULL) AS missing
       FROM ${MIRROR_TABLES[pull.entity].name} AS mirrored LEFT JOIN seen USING (external_id) WHERE connection_id = $1`,
      [pull.connectionId, pull.pullId, pull.entity],
    );
    const total = Number(counts?.total ?? 0);
    const missing = Number(counts?.missing ?? 0);
    return { seen: total - missing, missing };
  }

  async deleteUnseen(tx: Transaction, pull: MirrorPull): Promise<number> {
    const deleted = await rowsOf(
      managerOf(tx),
      `${SEEN}
       DELETE FROM ${MIRROR_TABLES[pull.entity].name} AS mirrored WHERE connection_id = $1
       AND NOT EXISTS (SELECT FROM seen WHERE seen.external_id = mirrored.external_id) RETURNING external_id`,
      [pull.connectionId, pull.pullId, pull.entity],
    );
    return deleted.length;
  }

  async deleteUnseenOfContracts(tx: Transaction, pull: MirrorContractsPull): Promise<number> {
    const deleted = await rowsOf(
      managerOf(tx),
      `${SEEN}
       DELETE FROM ${MIRROR_TABLES[pull.entity].name} AS mirrored
       WHERE connection_id = $1 AND contract_external_id = ANY($4::text[])
       AND NOT EXISTS (SELECT FROM seen WHERE seen.external_id = mirrored.external_id) RETURNING external_id`,
      [pull.connectionId, pull.pullId, pull.entity, pull.contractExternalIds],
    );
    return deleted.length;
  }

  async knownSplits(connectionId: string, entity: PsaEntity, parts: number): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      `SELECT max(external_id::numeric)::text AS id FROM (
         SELECT external_id, ntile($2) OVER (ORDER BY external_id::numeric) AS part
         FROM ${MIRROR_TABLES[entity].name} WHERE connection_id = $1) AS split
       GROUP BY part ORDER BY max(external_id::numeric)`,
      [connectionId, parts],
    );
    return rows.slice(0, -1).map(({ id }) => id);
  }

  async forgetPull(tx: Transaction, pullId: string): Promise<void> {
    await managerOf(tx).query('DELETE FROM mirror_seen_page WHERE pull_id = $1', [pullId]);
  }
}
