import { MIRROR_TABLES, type MirrorTableShape, stageOf } from './mirror-tables.js';

/** Numeric order of ids, which are texts of digits; of another vendor's ids it is just some order. */
const BY_NUMBER = (column: string): string => `length(${column}), ${column} COLLATE "C"`;

/**
 * For the rows that are updated, found by their place: the planner would rather read the whole mirror for each batch. The planner knows little of a
 * table that is still being filled, such as that one connection may own all of it; nor is it better after the first analysis of a few rows.
 */
export const PLAN_BY_KEY = without('hashjoin', 'mergejoin', 'seqscan', 'sort');
/** For whole entities: row by row, what is believed to be a handful and is a million takes the square of it. */
export const PLAN_BY_SETS = without('nestloop');
/** For staged rows against those between ids: through the primary key, and then all at once. */
export const PLAN_BY_RANGE = without('nestloop', 'mergejoin', 'seqscan', 'sort');
export const PLAN_FREELY = ['hashjoin', 'mergejoin', 'seqscan', 'nestloop', 'sort']
  .map((way) => `SET LOCAL enable_${way} TO DEFAULT`)
  .join('; ');

function without(...ways: string[]): string {
  return ways.map((way) => `SET LOCAL enable_${way} TO off`).join('; ');
}

/**
 * Keeps who writes single records waiting until the transactions of a pull end, and the other way round. Those of one pull write different
 * rows, and two pulls of a connection cannot both commit. `$1` connection and entity.
 */
export const LOCK_FOR_PULL =
  "SELECT pg_advisory_xact_lock_shared(hashtextextended('psa-connector mirror ' || $1, 0))";
export const LOCK_FOR_RECORD =
  "SELECT pg_advisory_xact_lock(hashtextextended('psa-connector mirror ' || $1, 0))";

/** A batch is stored within seconds; whoever waits longer is told, instead of holding a database connection. */
export const PATIENCE_FOR_RECORD = "SET LOCAL lock_timeout = '30s'";
export const PATIENCE_AS_USUAL = 'SET LOCAL lock_timeout TO DEFAULT';

/** Between ids in one text, which is far cheaper to pass than a list. */
export const ID_SEPARATOR = '\u001F';

/**
 * Remembers ids as seen, and keeps the highest one. `$1` connection, `$2` pull, `$3` entity, `$4` page number, `$5` the ids with the
 * separator between them, null where only the highest matters, `$6` the highest of them, null when there is none.
 */
export const REMEMBER_SEEN = `
  WITH seen AS (
    INSERT INTO mirror_seen_page (pull_id, entity, page_number, external_ids)
    SELECT $2::uuid, $3::text, $4::integer, string_to_array($5::text, E'\\x1f') WHERE $5::text IS NOT NULL
  )
  INSERT INTO mirror_highest_id AS known (connection_id, entity, external_id)
  SELECT $1::uuid, $3::text, $6::text WHERE $6::text IS NOT NULL
  ON CONFLICT (connection_id, entity) DO UPDATE SET external_id = excluded.external_id
  WHERE (${BY_NUMBER('known.external_id')}) < (${BY_NUMBER('excluded.external_id')})`;

/**
 * Keeps the id of a record that was read by itself, under the id of its connection in the place of a pull's: a pull that has passed its
 * place would take it for deleted. `$1` connection, `$2` entity, `$3` id.
 */
export const REMEMBER_RECORD = `
  INSERT INTO mirror_seen_page AS page (pull_id, entity, page_number, external_ids) VALUES ($1, $2, 0, ARRAY[$3::text])
  ON CONFLICT (pull_id, entity, page_number) DO UPDATE SET external_ids = array_append(page.external_ids, $3::text)`;

/**
 * Writes what is staged and nothing else. `$1` connection.
 * @param touches column of which the values of the rows written are to be told
 *
 * Every staged row is looked up by primary key, whatever the planner believes: the order of ids, which only that index has where nothing may be
 * sorted (`PLAN_BY_KEY`), and the limit keep it from going by the connection alone, which takes the square of the rows. It did where
 * each connection had one row in the table when it was last analysed: then it is believed to have no more.
 *
 * Rows whose values are equal are neither written nor locked. New rows are inserted without `ON CONFLICT`, which with a second index
 * costs as much again: nobody else writes these rows meanwhile (`LOCK_FOR_PULL`).
 */
export function mergeStatement(table: MirrorTableShape, touches?: string): string {
  const touched =
    touches === undefined ? '' : `, (SELECT array_agg(DISTINCT ${touches}) FROM differing) AS touched`;
  const names = table.columns.map(({ name }) => name);
  const values = names.filter((name) => name !== 'external_id');
  const list = (prefix: string, columns = values): string =>
    columns.map((column) => `${prefix}.${column}`).join(', ');
  return `
    WITH differing AS MATERIALIZED (
      SELECT staged.*, known.place FROM ${stageOf(table)} AS staged
      LEFT JOIN LATERAL (
        SELECT known.ctid AS place, ${list('known')} FROM ${table.name} AS known
        WHERE known.connection_id = $1::uuid AND known.external_id BETWEEN staged.external_id AND staged.external_id
        ORDER BY known.external_id LIMIT 1
      ) AS known ON true
      WHERE known.place IS NULL OR (${list('known')}) IS DISTINCT FROM (${list('staged')})
    ), created AS (
      INSERT INTO ${table.name} (connection_id, ${names.join(', ')})
      SELECT $1::uuid, ${list('differing', names)} FROM differing WHERE place IS NULL RETURNING 1
    ), updated AS (
      UPDATE ${table.name} AS mirrored SET ${values.map((column) => `${column} = differing.${column}`).join(', ')}
      FROM differing WHERE mirrored.ctid = differing.place RETURNING 1
    )
    SELECT (SELECT count(*) FROM created)::integer AS created, (SELECT count(*) FROM updated)::integer AS updated${touched}`;
}

/**
 * How many staged rows are mirrored with equal values, found between ids in one go: looking each of them up takes twice as long. May find
 * fewer than there are. `$1` connection, `$2` and `$3` the first and the last id of each range, in the order of texts, `$4` how many mirrored
 * rows of it are looked at: ids of more digits can lie in it too, also those of another range.
 */
export function countEqualStatement(table: MirrorTableShape): string {
  const names = table.columns.map(({ name }) => name).filter((name) => name !== 'external_id');
  const list = (prefix: string): string => names.map((column) => `${prefix}.${column}`).join(', ');
  return `
    WITH known AS MATERIALIZED (
      SELECT mirrored.* FROM unnest($2::text[], $3::text[], $4::integer[]) AS range (first_id, last_id, most) CROSS JOIN LATERAL (
        SELECT external_id, ${names.join(', ')} FROM ${table.name}
        WHERE connection_id = $1::uuid AND external_id BETWEEN range.first_id AND range.last_id
        ORDER BY external_id LIMIT range.most
      ) AS mirrored
    )
    SELECT count(*)::integer AS equal FROM ${stageOf(table)} AS staged WHERE EXISTS (
      SELECT FROM known WHERE known.external_id = staged.external_id AND (${list('known')}) IS NOT DISTINCT FROM (${list('staged')})
    )`;
}

/**
 * A condition for the two statements below: only rows of some contracts, `$4`, and of these only of contracts a row of which was seen. One
 * that shows nothing at all may have been hidden as well as emptied.
 */
export function ofShownContracts({ name }: { name: string }): string {
  return `AND mirrored.contract_external_id IN (
    SELECT shown.contract_external_id FROM ${name} AS shown JOIN seen ON seen.external_id = shown.external_id
    WHERE shown.connection_id = $1 AND shown.contract_external_id = ANY($4::text[]))`;
}

/**
 * What a pull has seen, and single records written since the run before ended, which were read too. An id can have come twice, when its
 * row moved between pages meanwhile.
 */
const SEEN = `
  WITH seen AS (
    SELECT DISTINCT unnest(external_ids) AS external_id FROM mirror_seen_page WHERE pull_id IN ($1, $2) AND entity = $3
  )`;

/** `$1` connection, `$2` pull, `$3` entity, `$4` invoices. */
export const UNSEEN_ON_INVOICES = `${SEEN}
  SELECT item.external_id AS id FROM psa_billing_item AS item
  WHERE item.connection_id = $1 AND item.invoice_external_id = ANY($4::text[])
    AND NOT EXISTS (SELECT FROM seen WHERE seen.external_id = item.external_id)
  ORDER BY length(item.external_id), item.external_id COLLATE "C"`;

/** Of which entities anything is mirrored. `$1` connection. */
export const MIRRORED_ENTITIES = `
  SELECT entity FROM (VALUES ${Object.entries(MIRROR_TABLES)
    .map(([entity, { name }]) => `('${entity}', EXISTS (SELECT FROM ${name} WHERE connection_id = $1::uuid))`)
    .join(', ')}) AS known (entity, is_mirrored)
  WHERE is_mirrored`;

/**
 * Whether the ids in the mirror are exactly those a pull has seen: as many, and with the same sum of 64-bit hashes. Comparing them one by
 * one costs as much as a third of storing them, and mostly finds nothing. `$1` connection, `$2` pull, `$3` entity.
 */
export function isAllSeenStatement({ name }: { name: string }): string {
  return `
    WITH mirrored AS (
      SELECT count(*) AS rows, sum(hashtextextended(external_id, 0)) AS digest FROM ${name} WHERE connection_id = $1
    ), seen AS (
      SELECT count(*) AS rows, sum(hashtextextended(external_id, 0)) AS digest
      FROM mirror_seen_page, unnest(external_ids) AS external_id WHERE pull_id = $2 AND entity = $3
    )
    SELECT mirrored.rows = seen.rows AND mirrored.digest IS NOT DISTINCT FROM seen.digest AS "isAllSeen", mirrored.rows AS total
    FROM mirrored, seen`;
}

/** `total` rows, and those `missing` in a pull. `$1` connection, `$2` pull, `$3` entity. */
export function countSeenStatement({ name }: { name: string }, condition: string): string {
  return `${SEEN}
    SELECT count(*) AS total, count(*) FILTER (WHERE seen.external_id IS NULL) AS missing
    FROM ${name} AS mirrored LEFT JOIN seen ON seen.external_id = mirrored.external_id
    WHERE mirrored.connection_id = $1 ${condition}`;
}

/** `$1` connection, `$2` pull, `$3` entity. */
export function deleteUnseenStatement({ name }: { name: string }, condition: string): string {
  return `${SEEN}
    DELETE FROM ${name} AS mirrored WHERE connection_id = $1 ${condition}
    AND NOT EXISTS (SELECT FROM seen WHERE seen.external_id = mirrored.external_id) RETURNING external_id`;
}

/** Rows of connections that were removed. `$1` before when, `$2` at most how many. */
export function deleteOfRemovedStatement({ name }: { name: string }): string {
  return `
    DELETE FROM ${name} WHERE (connection_id, external_id) IN (
      SELECT mirrored.connection_id, mirrored.external_id FROM connection
      CROSS JOIN LATERAL (
        SELECT connection_id, external_id FROM ${name} WHERE connection_id = connection.id LIMIT $2
      ) AS mirrored
      WHERE connection.removed_at < $1 LIMIT $2)
    RETURNING external_id`;
}

/** Rows of an entity above which its splits are taken from a sample. */
const SAMPLED_FROM = 20_000;
const SAMPLED_SHARE = 64;

/**
 * Ids at about equal distances. Of many rows only a fixed share, chosen by hash, is sorted: they need not be exact. `$1` connection, `$2`
 * parts.
 */
export function knownSplitsStatement({ name }: { name: string }): string {
  return `WITH size AS (SELECT count(*) AS rows FROM ${name} WHERE connection_id = $1), sample AS (
         SELECT external_id, row_number() OVER (ORDER BY length(external_id), external_id COLLATE "C") - 1 AS place,
           count(*) OVER () AS total
         FROM ${name} WHERE connection_id = $1
           AND ((SELECT rows FROM size) < ${SAMPLED_FROM} OR hashtext(external_id) % ${SAMPLED_SHARE} = 0)
       )
       SELECT external_id AS "externalId" FROM sample
       WHERE place > 0 AND place * $2::integer / total > (place - 1) * $2::integer / total ORDER BY place`;
}
