import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Money } from '../../kernel/money.js';

/** What the active contracts of one connection bill in a month on a day. */
export interface RecurringAmount {
  connectionId: string;
  /** Units in force by the price in force; longer periods count by the month, and the sum is rounded once. */
  monthly: Money;
  /** Lines with units on that day. */
  lines: number;
}

export interface RecurringConnection {
  id: string;
  currency: CurrencyCode;
  /** ISO 4217 of companies that name no currency; null when the instance did not tell. */
  internalCurrency: string | null;
}

export interface RecurringAmountReader {
  /** Of one connection: only contracts of companies in its currency, because another connection mirrors the others too. */
  of(connection: RecurringConnection, day: LocalDate): Promise<RecurringAmount>;
}

export const RECURRING_AMOUNT_READER = Symbol('RECURRING_AMOUNT_READER');
