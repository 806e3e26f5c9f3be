import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { ImportedLine, ImportFormat, LineExplanation } from '../domain/imported-line.js';

/** Columns of a line as `fromRow` takes them. */
export const LINE_COLUMNS = `
  id, import_id AS "importId", line_number AS "lineNumber", source, billing_month::text AS "billingMonth",
  customer_id AS "customerId", customer_name AS "customerName", subscription_id AS "subscriptionId", product_id AS "productId",
  sku_id AS "skuId", product_name AS "productName", charge_type AS "chargeType", charge_start::text AS "chargeStart",
  charge_end::text AS "chargeEnd", order_date::text AS "orderDate", quantity, unit_price AS "unitPrice",
  effective_unit_price AS "effectiveUnitPrice", subtotal, tax_total AS "taxTotal", total, currency,
  term_and_billing_cycle AS "termAndBillingCycle", reference_id AS "referenceId", invoice_number AS "invoiceNumber",
  promotion_id AS "promotionId", explanation`;

type AmountColumn = 'quantity' | 'unitPrice' | 'effectiveUnitPrice' | 'subtotal' | 'taxTotal' | 'total';

/** A row of `LINE_COLUMNS`: numeric and bigint come as text. */
export type ImportedLineRow = Omit<ImportedLine, AmountColumn | 'source' | 'explanation'> &
  Record<Exclude<AmountColumn, 'effectiveUnitPrice' | 'taxTotal'>, string> & {
    source: ImportFormat;
    effectiveUnitPrice: string | null;
    taxTotal: string | null;
    billingMonth: LocalDate;
    explanation: LineExplanation | null;
  };

const amount = (text: string): Decimal => new MoneyDecimal(text);
const optional = (text: string | null): Decimal | null => (text === null ? null : amount(text));

export function fromRow(row: ImportedLineRow): ImportedLine {
  return {
    ...row,
    quantity: amount(row.quantity),
    unitPrice: amount(row.unitPrice),
    effectiveUnitPrice: optional(row.effectiveUnitPrice),
    subtotal: amount(row.subtotal),
    taxTotal: optional(row.taxTotal),
    total: amount(row.total),
  };
}
