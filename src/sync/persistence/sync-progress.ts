import type { EntityProgress } from '../domain/sync-run.js';

/** Columns of the progress of an entity that change while it is read. */
const PROGRESS_COLUMNS = [
  'step',
  'tracking',
  'since',
  'after_external_id',
  'next_cursor',
  'contracts_through',
  'highest_external_id',
  'expected',
  'pages',
  'is_complete',
  'read',
  'created',
  'updated',
  'deleted',
  'rejections',
] as const;

/** The values of these columns, in their order. */
export function progressValues(progress: EntityProgress): unknown[] {
  return [
    progress.step,
    progress.tracking,
    progress.since,
    progress.afterExternalId,
    progress.nextCursor,
    progress.contractsThrough,
    progress.highestExternalId,
    progress.expected,
    progress.pages,
    progress.isComplete,
    progress.read,
    progress.created,
    progress.updated,
    progress.deleted,
    JSON.stringify(progress.rejections),
  ];
}

/** Progress of an entity under the lease of its run, once for every batch. `$1` run, `$2` lease, `$3` requests, `$4` entity, then the columns. */
export const SAVE_PROGRESS = `
  WITH held AS (
    UPDATE sync_run SET api_calls = $3, waiting_since = NULL, waits = 0, recoveries = 0, touched_at = now()
    WHERE id = $1 AND lease_token = $2 AND state = 'running' RETURNING id
  ), saved AS (
    UPDATE sync_run_entity SET ${PROGRESS_COLUMNS.map((column, index) => `${column} = $${index + 5}`).join(', ')}
    FROM held WHERE run_id = held.id AND entity = $4
  )
  SELECT id FROM held`;
