import { appliedState } from '../domain/applied-state.js';
import type { LastApplied } from '../domain/operation-store.js';
import { fromValues } from './json-codec.js';
import { ADJUSTMENTS, OPEN } from './operation-row.js';

type Json = Record<'before' | 'after', object> & { effectiveOn: string };

/** A row as `LAST_APPLIED` gives it. */
export interface LastAppliedRow extends Omit<LastApplied, 'expected'> {
  baseline: object | null;
  /** In the order in which they were applied; null: nothing was. */
  applied: Json[] | null;
}

const OWN = `line_id = line.id AND state = 'applied' AND kind IN ${ADJUSTMENTS}`;

/**
 * For each line of a connection ($1) its latest-dated adjustment up to a day ($2) with those that were made later and dated earlier, and
 * whatever lies between them; without lines touched since an instant ($3). However old a line is, these are few.
 */
export const LAST_APPLIED = `
  SELECT line.id AS "lineId", line.line_external_id AS "lineExternalId", line.subscription_id AS "subscriptionId", line.baseline,
    own.applied
  FROM billing_line AS line
  LEFT JOIN LATERAL (
    SELECT effective_on, sequence FROM billing_operation
    WHERE ${OWN} AND effective_on <= $2::date ORDER BY effective_on DESC LIMIT 1
  ) AS last ON true
  LEFT JOIN LATERAL (
    SELECT min(effective_on) AS day FROM billing_operation
    WHERE ${OWN} AND sequence > last.sequence AND effective_on <= last.effective_on
  ) AS backdated ON true
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('effectiveOn', effective_on, 'before', step -> 'before', 'after', step -> 'after')
      ORDER BY sequence) AS applied
    FROM billing_operation
    WHERE ${OWN} AND effective_on BETWEEN coalesce(backdated.day, last.effective_on) AND last.effective_on
  ) AS own ON true
  WHERE line.connection_id = $1 AND line.is_mapped AND line.line_external_id IS NOT NULL
    AND (own.applied IS NOT NULL OR line.baseline IS NOT NULL)
    AND NOT EXISTS (SELECT FROM billing_operation AS other WHERE other.line_id = line.id
      AND (other.state IN ${OPEN} OR other.updated_at >= $3))`;

export function fromLastApplied({ baseline, applied, ...line }: LastAppliedRow): LastApplied {
  const own = (applied ?? []).map(({ effectiveOn, before, after }) => ({
    effectiveOn,
    before: fromValues(before),
    after: fromValues(after),
  }));
  return { ...line, expected: appliedState(own) ?? fromValues(baseline ?? {}) };
}
