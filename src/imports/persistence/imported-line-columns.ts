import { COPY_NULL, copyField } from '../../platform/persistence/copy-field.js';
import type { StagedLine } from '../domain/billing-import.js';
import { identityOf } from '../domain/line-identity.js';

/** Values of a line that are kept, in the order in which `copyLines` writes them. */
export const VALUE_COLUMNS = [
  'line_number',
  'line_key',
  'content_digest',
  'billing_month',
  'customer_id',
  'customer_name',
  'subscription_id',
  'product_id',
  'sku_id',
  'product_name',
  'charge_type',
  'charge_start',
  'charge_end',
  'order_date',
  'quantity',
  'unit_price',
  'effective_unit_price',
  'subtotal',
  'tax_total',
  'total',
  'currency',
  'term_and_billing_cycle',
  'reference_id',
  'invoice_number',
  'promotion_id',
  'explanation',
] as const;

/** Behind the values: the key without an invoice, and what tells why a line is refused. */
export const STAGE_COLUMNS = [...VALUE_COLUMNS, 'unbilled_key', 'column_name', 'code', 'detail'] as const;

const NO_VALUES = `\t${COPY_NULL}`.repeat(VALUE_COLUMNS.length);
const NO_PROBLEM = `\t${COPY_NULL}\t${COPY_NULL}\t${COPY_NULL}\n`;

/** Lines in the text format of `COPY`. */
export function copyLines(lines: readonly StagedLine[]): string {
  let text = '';
  for (const staged of lines) text += staged.draft === null ? refusedLine(staged) : keptLine(staged);
  return text;
}

function refusedLine({ line, problem }: Extract<StagedLine, { draft: null }>): string {
  const { column, code, detail } = problem;
  return `${line}${NO_VALUES}\t${copyField(column)}\t${copyField(code)}\t${copyField(detail)}\n`;
}

/** Days and amounts need no escaping. */
function keptLine({ line, draft }: Extract<StagedLine, { problem: null }>): string {
  const { key, unbilledKey, digest } = identityOf(draft);
  const { explanation } = draft;
  return (
    `${line}\t${key}\t${digest}\t${draft.billingMonth}\t${copyField(draft.customerId)}\t${copyField(draft.customerName)}\t` +
    `${copyField(draft.subscriptionId)}\t${copyField(draft.productId)}\t${copyField(draft.skuId)}\t${copyField(draft.productName)}\t` +
    `${copyField(draft.chargeType)}\t${draft.chargeStart}\t${draft.chargeEnd}\t${draft.orderDate ?? COPY_NULL}\t${draft.quantity}\t` +
    `${draft.unitPrice}\t${draft.effectiveUnitPrice ?? COPY_NULL}\t${draft.subtotal}\t${draft.taxTotal ?? COPY_NULL}\t${draft.total}\t` +
    `${draft.currency}\t${copyField(draft.termAndBillingCycle)}\t${copyField(draft.referenceId)}\t${copyField(draft.invoiceNumber)}\t` +
    `${copyField(draft.promotionId)}\t${explanation === null ? COPY_NULL : JSON.stringify(explanation)}\t${unbilledKey ?? COPY_NULL}${NO_PROBLEM}`
  );
}
