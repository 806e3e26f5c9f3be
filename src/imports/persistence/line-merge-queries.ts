import { VALUE_COLUMNS } from './imported-line-columns.js';

/** Table of the session for the lines of one file; it goes with the transaction and reaches no write-ahead log. */
export const STAGE = 'stage_imported_line';

const VALUES = VALUE_COLUMNS.join(', ');

export const CREATE_STAGE = `
  CREATE TEMPORARY TABLE ${STAGE} ON COMMIT DROP AS
    SELECT ${VALUES}, line_key AS unbilled_key, NULL::text AS column_name, NULL::text AS code, NULL::text AS detail
    FROM imported_line WITH NO DATA;
  CREATE TEMPORARY TABLE stage_touched ON COMMIT DROP AS
    SELECT customer_id, billing_month, charge_type FROM imported_line WITH NO DATA`;

const note = (source: string) => `noted AS (
    INSERT INTO stage_touched SELECT DISTINCT customer_id, billing_month, charge_type FROM ${source}
  )`;

/** What the lines that were kept, and those they took the place of, are about. */
export const TOUCHED = `
  SELECT DISTINCT customer_id AS "customerId", billing_month::text AS "billingMonth", charge_type AS "chargeType"
  FROM stage_touched`;

/**
 * Lines that share a key, as metered usage may, are told apart by a number. It goes by content, so that the same lines get the same
 * numbers wherever they stand in the file.
 */
export const NUMBER_DUPLICATES = `
  UPDATE ${STAGE} AS line
  SET line_key = line.line_key || '#' || twin.position, unbilled_key = line.unbilled_key || '#' || twin.position
  FROM (
    SELECT ctid AS place, row_number() OVER (PARTITION BY line_key ORDER BY content_digest, line_number) AS position
    FROM ${STAGE}
    WHERE line_key IN (SELECT line_key FROM ${STAGE} WHERE code IS NULL GROUP BY line_key HAVING count(*) > 1)
  ) AS twin
  WHERE line.ctid = twin.place AND twin.position > 1`;

/** Any fixed number; the second key is the tenant's. */
export const LOCK_TENANT = 'SELECT pg_advisory_xact_lock(7723402, hashtext($1))';

/** `$1` tenant, `$2` format, `$3` import; what `condition` finds for a staged line is superseded. */
function supersede(condition: string): string {
  return `
    WITH corrected AS (
      UPDATE imported_line AS line SET superseded_by = $3 FROM ${STAGE} AS staged
      WHERE line.tenant_id = $1 AND line.source = $2 AND line.superseded_by IS NULL AND staged.code IS NULL AND ${condition}
      RETURNING line.customer_id, line.billing_month, line.charge_type
    ), ${note('corrected')}
    SELECT count(*)::int AS count FROM corrected`;
}

export const SUPERSEDE_CHANGED = supersede(
  'line.line_key = staged.line_key AND line.content_digest <> staged.content_digest',
);

/** The invoice replaces what was an estimate until then. */
export const SUPERSEDE_UNBILLED = supersede('line.line_key = staged.unbilled_key');

/** Lines of the file's invoices that the file does not hold any more. */
export const SUPERSEDE_MISSING = `
  WITH missing AS (
    UPDATE imported_line AS line SET superseded_by = $3
    WHERE line.tenant_id = $1 AND line.source = $2 AND line.superseded_by IS NULL
      AND line.invoice_number IN (SELECT DISTINCT invoice_number FROM ${STAGE} WHERE code IS NULL)
      AND NOT EXISTS (SELECT FROM ${STAGE} AS staged WHERE staged.line_key = line.line_key)
    RETURNING line.customer_id, line.billing_month, line.charge_type
  ), ${note('missing')}
  SELECT count(*)::int AS count FROM missing`;

export const NEW_LINES = `
  WITH kept AS (
    INSERT INTO imported_line (tenant_id, source, import_id, ${VALUES})
    SELECT $1, $2, $3, ${VALUES} FROM ${STAGE} AS staged
    WHERE code IS NULL AND NOT EXISTS (
      SELECT FROM imported_line AS line
      WHERE line.tenant_id = $1 AND line.source = $2 AND line.superseded_by IS NULL AND line.line_key = staged.line_key
    )
    ORDER BY line_number
    RETURNING customer_id, billing_month, charge_type
  ), ${note('kept')}
  SELECT count(*)::int AS count FROM kept`;

/** `$1` import. */
export const INSERT_REJECTIONS = `
  INSERT INTO import_rejection (import_id, line_number, column_name, code, detail)
  SELECT $1, line_number, column_name, code, detail FROM ${STAGE} WHERE code IS NOT NULL`;

export const SUMMARY = `
  SELECT count(*)::int AS read, count(code)::int AS rejected, min(billing_month)::text AS first, max(billing_month)::text AS last
  FROM ${STAGE}`;
