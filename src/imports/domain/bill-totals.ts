import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { ImportFormat } from './imported-line.js';

/** What the lines of a bill are for: seats, or amounts beside them. Credits and tax are told apart, because nobody bills them on. */
export const BILL_CLASSES = [
  'seats',
  'usage',
  'oneTime',
  'fee',
  'reservation',
  'credit',
  'tax',
  'other',
] as const;
export type BillClass = (typeof BILL_CLASSES)[number];

/** The current lines of one subscription, class, source and currency in a billing month, added up. */
export interface BillTotal {
  /** Empty where the file names no customer. */
  customerId: string;
  customerName: string;
  subscriptionId: string | null;
  productName: string | null;
  billClass: BillClass;
  source: ImportFormat;
  /** ISO 4217; `XXX` where the file names none. */
  currency: string;
  lines: number;
  /** Before tax, refunds subtracted. */
  subtotal: Decimal;
  chargeStart: LocalDate;
  /** Included. */
  chargeEnd: LocalDate;
  /**
   * Only of seats: what the lines end with. A change is a refund of the old count and a charge of the new one, so it is the charge that starts
   * last (and, of those, was ordered last); 0 where a refund without a charge, or a cancellation, comes after it. Null in every other class.
   */
  lastSeats: { quantity: Decimal; unitPrice: Decimal; from: LocalDate } | null;
  /** Whether several charges start last together with different quantities, so that the last one is a guess. */
  isAmbiguous: boolean;
}

/** What was billed in a month. Bound to a repository; injected by this class. */
export abstract class BillTotals {
  /**
   * Streamed in the order of the bytes of subscription ids, those without one first, and then of customer ids; worked out by the database whatever the number of lines. Holds
   * a database connection until it is read to the end or given up.
   * @param month its first day
   */
  abstract ofMonth(tenantId: string, month: LocalDate): AsyncIterable<BillTotal>;
  /** Whether a bill with lines of seats was imported for the month. */
  abstract hasSeats(tenantId: string, month: LocalDate): Promise<boolean>;
}
