import { type LocalDate, localDate } from '../../kernel/local-date.js';
import { addDays, addMonths } from '../../kernel/period.js';

/** A calendar month `YYYY-MM`, in which Microsoft bills. */
export type BillingMonth = string & { readonly __billingMonth: never };

/** Both days included. */
export interface DaySpan {
  from: LocalDate;
  to: LocalDate;
}

export function isBillingMonth(text: unknown): text is BillingMonth {
  return typeof text === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && !text.startsWith('0000');
}

export function firstDayOf(month: BillingMonth): LocalDate {
  return localDate(`${month}-01`);
}

export function monthOf(day: LocalDate): BillingMonth {
  return day.slice(0, 7) as BillingMonth;
}

export function daysOf(month: BillingMonth): DaySpan {
  const from = firstDayOf(month);
  return { from, to: addDays(addMonths(from, 1), -1) };
}
