import type { MoneyDecimal } from '../../kernel/money.js';
import type { BillingImport, LineCounts, Rejection } from '../domain/billing-import.js';
import type { Detected } from '../domain/import-options.js';
import type { ImportedLine, LineExplanation } from '../domain/imported-line.js';

/** An import as the list shows it. */
export interface ImportSummaryResponse {
  id: string;
  state: string;
  format: string;
  fileName: string | null;
  contentSha256: string;
  /** `YYYY-MM`; null while unknown, or where the lines are of several months. */
  billingMonth: string | null;
  detected: Detected;
  lines: LineCounts;
  superseded: number;
  error: { code: string; detail: string } | null;
  createdAt: string;
  createdBy: { id: string; name: string };
  startedAt: string | null;
  finishedAt: string | null;
}

export interface RejectionResponse {
  line: number;
  column?: string;
  code: string;
  detail: string;
}

/** An import with the first of its rejections. */
export interface ImportResponse extends ImportSummaryResponse {
  rejections: RejectionResponse[];
}

export function toSummary(given: BillingImport): ImportSummaryResponse {
  const { id, state, format, fileName, contentSha256, detected, lines, superseded, error, createdBy } = given;
  return {
    id,
    state,
    format,
    fileName,
    contentSha256,
    billingMonth: given.billingMonth?.slice(0, 7) ?? null,
    detected,
    lines,
    superseded,
    error,
    createdAt: given.createdAt.toISOString(),
    createdBy,
    startedAt: given.startedAt?.toISOString() ?? null,
    finishedAt: given.finishedAt?.toISOString() ?? null,
  };
}

export function toResponse(given: BillingImport, rejections: readonly Rejection[]): ImportResponse {
  return { ...toSummary(given), rejections: rejections.map(toRejection) };
}

export function toRejection({ line, column, code, detail }: Rejection): RejectionResponse {
  return { line, ...(column === null ? {} : { column }), code, detail };
}

/** A kept line; amounts are decimal texts in its currency, never rounded. */
export interface ImportedLineResponse extends Omit<
  ImportedLine,
  | 'importId'
  | 'lineNumber'
  | 'source'
  | 'quantity'
  | 'unitPrice'
  | 'effectiveUnitPrice'
  | 'subtotal'
  | 'taxTotal'
  | 'total'
> {
  line: number;
  quantity: string;
  unitPrice: string;
  effectiveUnitPrice: string | null;
  subtotal: string;
  taxTotal: string | null;
  total: string;
  explanation: LineExplanation | null;
}

export function toLine(given: ImportedLine): ImportedLineResponse {
  const { importId: _, source: __, lineNumber, ...line } = given;
  const text = (amount: MoneyDecimal | null) => amount?.toFixed() ?? null;
  return {
    ...line,
    line: lineNumber,
    billingMonth: line.billingMonth,
    quantity: line.quantity.toFixed(),
    unitPrice: line.unitPrice.toFixed(),
    effectiveUnitPrice: text(line.effectiveUnitPrice),
    subtotal: line.subtotal.toFixed(),
    taxTotal: text(line.taxTotal),
    total: line.total.toFixed(),
  };
}
