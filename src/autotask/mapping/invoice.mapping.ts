import type { InvoiceRecord } from '../../ports/psa/psa-records.js';
import { rawMembers } from './raw-members.js';
import { RowReader } from './row-reader.js';

export const INVOICE_FIELDS = [
  'id',
  'companyID',
  'invoiceNumber',
  'invoiceDateTime',
  'createDateTime',
  'dueDate',
  'fromDate',
  'toDate',
  'invoiceTotal',
  'totalTaxValue',
  'paidDate',
  'isVoided',
  'voidedDate',
  'batchID',
  'orderNumber',
  'paymentTerm',
  'taxGroup',
  'taxRegionName',
  'webServiceDate',
] as const;

/** A row of `Invoices` (Autotask REST reference, §7.19); what has no column of its own stays in `raw`. */
export function fromAutotaskInvoice(row: unknown): InvoiceRecord {
  const reader = new RowReader('Invoices', row);
  return {
    externalId: reader.id(),
    companyExternalId: reader.optionalReference('companyID'),
    number: reader.optionalText('invoiceNumber'),
    invoicedAt: reader.instant('invoiceDateTime'),
    createdAt: reader.optionalInstant('createDateTime'),
    dueOn: reader.optionalDay('dueDate'),
    startsOn: reader.optionalDay('fromDate'),
    endsOn: reader.optionalDay('toDate'),
    total: reader.optionalDecimal('invoiceTotal'),
    tax: reader.optionalDecimal('totalTaxValue'),
    paidOn: reader.optionalDay('paidDate'),
    isVoided: reader.flag('isVoided'),
    voidedAt: reader.optionalInstant('voidedDate'),
    raw: rawMembers(row),
  };
}
