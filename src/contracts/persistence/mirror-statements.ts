import { stageOf } from './mirror-staging.js';
import type { MirrorTable } from './mirror-tables.js';

/** Numeric order of ids, which are texts of digits; of another vendor's ids it is just some order. */
const BY_NUMBER = (column: string): string => `length(${column}), ${column} COLLATE "C"`;

/**
 * For the rows that are updated, found by their place: the planner would rather read the whole mirror for each batch. The planner knows little of a
 * table that is still being filled, such as that one connection may own all of it.
 */
export const PLAN_BY_KEY = 'SET LOCAL enable_hashjoin TO off; SET LOCAL enable_mergejoin TO off';
export const PLAN_FREELY = 'SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT';

/** Keeps other writers of an entity of a connection waiting until the transaction ends. `$1` connection and entity. */
export const LOCK_ROWS = "SELECT pg_advisory_xact_lock(hashtextextended('psa-connector mirror ' || $1, 0))";

/**
 * Merges what is staged, remembers the ids as seen, and keeps the highest one. `$1` connection, `$2` pull, `$3` entity, `$4` page number.
 *
 * Every staged row is looked up by primary key: `OFFSET 0` keeps the planner from joining by connection alone, which takes the square of
 * the rows. Rows whose values are equal are neither written nor locked. New rows are inserted without `ON CONFLICT`, which with a second index
 * costs as much again: nobody else writes rows of this entity and connection meanwhile (`LOCK_ROWS`).
 */
export function mergeStatement<Row>(table: MirrorTable<Row>): string {
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
    ), ${rowsWritten(table)}`;
}

/** Writes what is staged and nothing else: a record that no pull has brought says nothing of those below its id. `$1` connection. */
export function putStatement<Row>(table: MirrorTable<Row>): string {
  return `WITH ${rowsWritten(table)}`;
}

function rowsWritten<Row>(table: MirrorTable<Row>): string {
  const names = table.columns.map(({ name }) => name);
  const values = names.filter((name) => name !== 'external_id');
  const list = (prefix: string, columns = values): string =>
    columns.map((column) => `${prefix}.${column}`).join(', ');
  return `differing AS MATERIALIZED (
      SELECT staged.*, known.place FROM ${stageOf(table)} AS staged
      LEFT JOIN LATERAL (
        SELECT known.ctid AS place, ${list('known')} FROM ${table.name} AS known
        WHERE known.connection_id = $1::uuid AND known.external_id = staged.external_id OFFSET 0
      ) AS known ON true
      WHERE known.place IS NULL OR (${list('known')}) IS DISTINCT FROM (${list('staged')})
    ), created AS (
      INSERT INTO ${table.name} (connection_id, ${names.join(', ')})
      SELECT $1::uuid, ${list('differing', names)} FROM differing WHERE place IS NULL RETURNING 1
    ), updated AS (
      UPDATE ${table.name} AS mirrored SET ${values.map((column) => `${column} = differing.${column}`).join(', ')}
      FROM differing WHERE mirrored.ctid = differing.place RETURNING 1
    )
    SELECT (SELECT count(*) FROM created)::integer AS created, (SELECT count(*) FROM updated)::integer AS updated`;
}
