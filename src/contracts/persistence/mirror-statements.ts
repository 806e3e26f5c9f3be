import { stageOf } from './mirror-staging.js';
import type { MirrorTable } from './mirror-tables.js';

/** Numeric order of ids, which are texts of digits; of another vendor's ids it is just some order. */
const BY_NUMBER = (column: string): string => `length(${column}), ${column} COLLATE "C"`;

/**
 * Look-ups of a batch stay on the primary key. Left alone, the planner hashes the whole mirror for each batch, because it knows little of a
 * table that is still being filled.
 */
export const PLAN_BY_KEY = 'SET LOCAL enable_hashjoin TO off; SET LOCAL enable_mergejoin TO off';
export const PLAN_FREELY = 'SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT';

/**
 * Merges what is staged, remembers the ids as seen, and keeps the highest one. `$1` connection, `$2` pull, `$3` entity, `$4` page number.
 *
 * Rows whose values are equal are neither written nor locked. New rows are inserted without `ON CONFLICT`, which with a second index
 * costs as much again: nobody else writes rows of this connection, because only the holder of the run's lease commits.
 */
export function mergeStatement<Row>(table: MirrorTable<Row>): string {
  const names = table.columns.map(({ name }) => name);
  const values = names.filter((name) => name !== 'external_id');
  const list = (prefix: string, columns = values): string =>
    columns.map((column) => `${prefix}.${column}`).join(', ');
  return `
    WITH seen AS (
      INSERT INTO mirror_seen_page (pull_id, entity, page_number, external_ids)
      SELECT $2::uuid, $3::text, $4::integer, coalesce(array_agg(external_id), '{}') FROM ${stageOf(table)}
    ), highest AS (
      INSERT INTO mirror_highest_id AS known (connection_id, entity, external_id)
      (SELECT $1::uuid, $3::text, external_id FROM ${stageOf(table)}
       ORDER BY length(external_id) DESC, external_id COLLATE "C" DESC LIMIT 1)
      ON CONFLICT (connection_id, entity) DO UPDATE SET external_id = excluded.external_id
      WHERE (${BY_NUMBER('known.external_id')}) < (${BY_NUMBER('excluded.external_id')})
    ), differing AS MATERIALIZED (
      SELECT staged.*, known.external_id IS NOT NULL AS is_known FROM ${stageOf(table)} AS staged
      LEFT JOIN ${table.name} AS known
        ON known.connection_id = $1::uuid AND known.external_id = staged.external_id
      WHERE known.external_id IS NULL OR (${list('known')}) IS DISTINCT FROM (${list('staged')})
    ), created AS (
      INSERT INTO ${table.name} (connection_id, ${names.join(', ')})
      SELECT $1::uuid, ${list('differing', names)} FROM differing WHERE NOT is_known RETURNING 1
    ), updated AS (
      UPDATE ${table.name} AS mirrored SET ${values.map((column) => `${column} = differing.${column}`).join(', ')}
      FROM differing WHERE is_known AND mirrored.connection_id = $1::uuid AND mirrored.external_id = differing.external_id
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM created)::integer AS created, (SELECT count(*) FROM updated)::integer AS updated`;
}
