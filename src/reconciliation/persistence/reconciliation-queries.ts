import { containing } from '../../platform/persistence/sql.js';
import type { FindingFilter, ReconciliationReport } from '../domain/reconciliation-report.js';

/** Where the findings of a report are: closed months have tables of their own, which refuse changes. */
export function findingsOf({ closing }: Pick<ReconciliationReport, 'closing'>): {
  table: string;
  key: string;
} {
  return closing === null
    ? { table: 'reconciliation_finding', key: 'report_id' }
    : { table: 'reconciliation_snapshot_finding', key: 'snapshot_id' };
}

/** The condition of a filter on parameters 1 to 5. */
export const matching = (key: string): string => `
  ${key} = $1 AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR stage = $3) AND ($4::text IS NULL OR customer_id = $4)
  AND ($5::text IS NULL OR customer_name ILIKE $5 OR title ILIKE $5 OR subscription_id ILIKE $5)`;

export function filterParameters(
  { id }: Pick<ReconciliationReport, 'id'>,
  { kind, stage, customerId, search }: FindingFilter,
): unknown[] {
  return [
    id,
    kind ?? null,
    stage ?? null,
    customerId ?? null,
    search === undefined ? null : containing(search),
  ];
}

export const SUMS = `
  count(*)::int AS findings, coalesce(sum(impact) FILTER (WHERE impact < 0), 0) AS loss,
  coalesce(sum(impact) FILTER (WHERE impact > 0), 0) AS gain, coalesce(sum(impact), 0) AS net,
  coalesce(sum(expected_amount), 0) AS expected, coalesce(sum(actual_amount), 0) AS actual`;

/**
 * When what a report is made from changed last: `$1` connection, `$2` tenant. Only moments and counts are read of what other features own;
 * what they mean is theirs.
 */
export const INPUTS = `
  SELECT concat_ws(' | ',
    (SELECT concat(count(*), '/', max(finished_at)) FROM sync_run WHERE connection_id = $1 AND finished_at IS NOT NULL),
    (SELECT concat(count(*), '/', max(finished_at)) FROM billing_import WHERE tenant_id = $2 AND finished_at IS NOT NULL),
    (SELECT concat(count(*), '/', max(recorded_at)) FROM subscription_revision WHERE tenant_id = $2),
    (SELECT concat(count(*), '/', max(recorded_at)) FROM charge WHERE tenant_id = $2),
    (SELECT concat(count(*), '/', max(recorded_at)) FROM customer WHERE tenant_id = $2),
    (SELECT concat(count(*), '/', max(changed_at), '/', max(archived_at)) FROM customer_mapping WHERE connection_id = $1),
    (SELECT concat(count(*), '/', max(changed_at), '/', max(archived_at)) FROM offer_mapping WHERE connection_id = $1),
    (SELECT concat(count(*), '/', max(changed_at), '/', max(archived_at)) FROM subscription_mapping WHERE tenant_id = $2),
    (SELECT concat(count(*), '/', max(recorded_at), '/', count(*) FILTER (WHERE state = 'pending'))
      FROM billing_change WHERE connection_id = $1),
    (SELECT concat(count(*), '/', max(updated_at)) FROM billing_operation WHERE connection_id = $1),
    (SELECT concat(count(*), '/', max(updated_at)) FROM margin_rule WHERE connection_id = $1),
    (SELECT md5(policies::text) FROM connection WHERE id = $1)) AS inputs`;

/** `$1` closed month, `$2` report of now: findings that are not the same in both. */
export const CHANGES = `
  SELECT coalesce(before.finding_id, now.finding_id) AS id, coalesce(before.customer_id, now.customer_id) AS "customerId",
    coalesce(now.customer_name, before.customer_name) AS "customerName", coalesce(now.title, before.title) AS title,
    before.kind AS "kindBefore", before.impact AS "impactBefore", before.actual_amount AS "actualBefore",
    now.kind AS "kindNow", now.impact AS "impactNow", now.actual_amount AS "actualNow"
  FROM (SELECT * FROM reconciliation_snapshot_finding WHERE snapshot_id = $1) AS before
  FULL JOIN (SELECT * FROM reconciliation_finding WHERE report_id = $2) AS now
    ON now.customer_id = before.customer_id AND now.finding_id = before.finding_id
  WHERE (before.kind, before.impact, before.expected_amount, before.actual_amount)
    IS DISTINCT FROM (now.kind, now.impact, now.expected_amount, now.actual_amount)`;
