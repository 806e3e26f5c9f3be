import type { Decimal } from 'decimal.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { Finding, FindingKind } from '../domain/finding.js';
import type { FindingChange } from '../domain/reconciliation-report.js';

export const FINDING_COLUMNS = `
  finding_id AS id, kind, stage, customer_id AS "customerId", customer_name AS "customerName",
  subscription_id AS "subscriptionId", contract_external_id AS "contractExternalId", title, expected, actual,
  expected_amount AS "expectedAmount", actual_amount AS "actualAmount", impact, explanation, is_fixable AS "isFixable"`;

/** Columns of a finding in the order of `INSERT_FINDINGS`. */
export const STORED_COLUMNS = `finding_id, kind, stage, customer_id, customer_name, subscription_id, contract_external_id, title,
  expected, actual, expected_amount, actual_amount, impact, explanation, is_fixable`;

/** `$1` report, `$2` JSON of the findings. */
export const INSERT_FINDINGS = `
  INSERT INTO reconciliation_finding (report_id, ${STORED_COLUMNS})
  SELECT $1, id, kind, stage, "customerId", "customerName", "subscriptionId", "contractExternalId", title, expected, actual,
    "expectedAmount"::numeric, "actualAmount"::numeric, impact::numeric, explanation, "isFixable"
  FROM jsonb_to_recordset($2::jsonb) AS given (id text, kind text, stage text, "customerId" text, "customerName" text,
    "subscriptionId" text, "contractExternalId" text, title text, expected jsonb, actual jsonb, "expectedAmount" text,
    "actualAmount" text, impact text, explanation jsonb, "isFixable" boolean)`;

type Amounts = 'expectedAmount' | 'actualAmount' | 'impact';
export type FindingRow = Omit<Finding, Amounts> & {
  expectedAmount: string | null;
  actualAmount: string | null;
  impact: string;
};

export const decimalOf = (text: string | null): Decimal | null =>
  text === null ? null : new MoneyDecimal(text);

export function fromRow(row: FindingRow): Finding {
  return {
    ...row,
    expectedAmount: decimalOf(row.expectedAmount),
    actualAmount: decimalOf(row.actualAmount),
    impact: new MoneyDecimal(row.impact),
  };
}

/** As JSON with amounts as text: JSON numbers are floats. */
export function toRow(finding: Finding): FindingRow {
  return {
    ...finding,
    expectedAmount: finding.expectedAmount?.toFixed() ?? null,
    actualAmount: finding.actualAmount?.toFixed() ?? null,
    impact: finding.impact.toFixed(),
  };
}

/** A row of `CHANGES`. */
export interface ChangeRow extends Pick<FindingChange, 'id' | 'customerId' | 'customerName' | 'title'> {
  kindBefore: FindingKind | null;
  impactBefore: string | null;
  actualBefore: string | null;
  kindNow: FindingKind | null;
  impactNow: string | null;
  actualNow: string | null;
}

const side = (kind: FindingKind | null, impact: string | null, actual: string | null) =>
  kind === null ? null : { kind, impact: new MoneyDecimal(impact ?? 0), actualAmount: decimalOf(actual) };

export function toChange({ id, customerId, customerName, title, ...row }: ChangeRow): FindingChange {
  return {
    id,
    customerId,
    customerName,
    title,
    before: side(row.kindBefore, row.impactBefore, row.actualBefore),
    now: side(row.kindNow, row.impactNow, row.actualNow),
  };
}
