import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';

/** What kinds of files are read. */
export const IMPORT_FORMATS = ['nceReconciliation', 'dailyUsage', 'focus'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** Why a line costs what it costs, in our words; amounts are decimal texts in the line's currency. */
export interface LineExplanation {
  /** What the rule gives for the subtotal. */
  expected: string;
  /** Name of the rule, one of `BILL_RULES`. */
  rule: string;
  /** Published subtotal minus `expected`; 0 where the rule explains the line to the cent. */
  difference: string;
}

/** One line of a bill as it was published; amounts are before tax unless named so. */
export interface LineFacts {
  /** First day of the calendar month that Microsoft bills the line in. */
  billingMonth: LocalDate;
  /** Empty where the file names no customer. */
  customerId: string;
  customerName: string;
  subscriptionId: string | null;
  productId: string | null;
  skuId: string | null;
  productName: string | null;
  /** In camel case, such as `cycleCharge`; `unknown:` and the published words where it is none we know. */
  chargeType: string;
  chargeStart: LocalDate;
  /** Included. */
  chargeEnd: LocalDate;
  orderDate: LocalDate | null;
  quantity: Decimal;
  unitPrice: Decimal;
  effectiveUnitPrice: Decimal | null;
  subtotal: Decimal;
  taxTotal: Decimal | null;
  /** Subtotal and tax. */
  total: Decimal;
  /** ISO 4217; `XXX` where the file names none. */
  currency: string;
  termAndBillingCycle: string | null;
  referenceId: string | null;
  invoiceNumber: string | null;
  promotionId: string | null;
}

/** A line that is kept. */
export interface ImportedLine extends LineFacts {
  id: string;
  importId: string;
  /** In its file: the line the record starts on, or the number of the item. */
  lineNumber: number;
  source: ImportFormat;
  explanation: LineExplanation | null;
}

/** The lines that count, for those who bill and reconcile by them. Bound to a repository; injected by this class. */
export abstract class ImportedLineRepository {
  /**
   * Current lines of a billing month, streamed in the order of customers and then of arrival; lines that a later file corrected are
   * left out. Holds a database connection until it is read to the end or given up.
   * @param month its first day
   */
  abstract linesOfMonth(
    tenantId: string,
    month: LocalDate,
    filter?: { customerId?: string },
  ): AsyncIterable<ImportedLine>;
}
