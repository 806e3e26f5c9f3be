import { stageOf } from './mirror-staging.js';
import type { MirrorTable } from './mirror-tables.js';

/** Numeric order of ids, which are texts of digits; of another vendor's ids it is just some order. */
const BY_NUMBER = (column: string): string => `length(${column}), ${column} COLLATE "C"`;

/**
 * Merges what is staged, remembers the ids as seen, and keeps the highest one. `$1` connection, `$2` pull, `$3` entity, `$4` page number.
 *
 * Rows whose values are equal are left out before the insert: met as a conflict they would each be locked, which writes them.
 * `OFFSET 0` keeps each of those look-ups on the primary key, whatever the planner knows of a table that is still being filled.
 * `xmax` is 0 for a row this statement inserted.
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
    ), written AS (
      INSERT INTO ${table.name} AS mirrored (connection_id, ${names.join(', ')})
      SELECT $1::uuid, ${list('staged', names)} FROM ${stageOf(table)} AS staged
      LEFT JOIN LATERAL (
        SELECT true AS is_known, ${list('known')} FROM ${table.name} AS known
        WHERE known.connection_id = $1::uuid AND known.external_id = staged.external_id OFFSET 0
      ) AS known ON true
      WHERE known.is_known IS NULL OR (${list('known')}) IS DISTINCT FROM (${list('staged')})
      ON CONFLICT (connection_id, external_id) DO UPDATE SET ${values.map((column) => `${column} = excluded.${column}`).join(', ')}
      RETURNING (xmax = 0) AS created
    )
    SELECT count(*) FILTER (WHERE created)::integer AS created, count(*) FILTER (WHERE NOT created)::integer AS updated FROM written`;
}
