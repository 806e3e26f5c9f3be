import { hash } from 'node:crypto';
import type { LineDraft } from './line-draft.js';

/** Digits of a key: 144 bits, so that no two lines of a tenant ever share one by accident. */
const KEY_LENGTH = 24;
const SEPARATOR = '\u001F';

/** How a line is recognised in another file, and whether it says the same there. */
export interface LineIdentity {
  key: string;
  /** Key of the same line before it had an invoice: an invoiced line takes the place of an unbilled one. Null where there is no invoice. */
  unbilledKey: string | null;
  /** Of all values that are kept. */
  digest: string;
}

const digestOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, KEY_LENGTH);

/**
 * The identity of a line leaves out what a corrected file may correct: amounts, prices, quantity and names. The sign is in it, because
 * a seat change is a refund and a charge that share everything else.
 */
export function identityOf(line: LineDraft): LineIdentity {
  const { customerId, subscriptionId, productId, skuId, chargeType, chargeStart, chargeEnd, referenceId } =
    line;
  const isNegative = line.subtotal.startsWith('-') || (line.effectiveUnitPrice?.startsWith('-') ?? false);
  const who = [customerId, subscriptionId, productId, skuId, chargeType, chargeStart, chargeEnd, referenceId];
  const base = `${who.join(SEPARATOR)}${SEPARATOR}${isNegative ? '-' : '+'}${SEPARATOR}${line.currency}${line.identity}`;
  const unbilledKey = digestOf(base);
  const { invoiceNumber } = line;
  const key = invoiceNumber === null ? unbilledKey : digestOf(`${invoiceNumber}${SEPARATOR}${base}`);
  return { key, unbilledKey: invoiceNumber === null ? null : unbilledKey, digest: contentDigest(line) };
}

/** The order is part of what is kept: lines that are stored already are compared by it. */
function contentDigest(line: LineDraft): string {
  const who = [line.billingMonth, line.customerId, line.customerName, line.subscriptionId];
  const what = [line.productId, line.skuId, line.productName, line.chargeType];
  const days = [line.chargeStart, line.chargeEnd, line.orderDate];
  const amounts = [line.quantity, line.unitPrice, line.effectiveUnitPrice, line.subtotal, line.taxTotal];
  const rest = [line.termAndBillingCycle, line.referenceId, line.invoiceNumber, line.promotionId];
  const values = [...who, ...what, ...days, ...amounts, line.total, line.currency, ...rest];
  return digestOf(values.join(SEPARATOR));
}
