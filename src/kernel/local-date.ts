const FORM = /^\d{4}-\d{2}-\d{2}$/;
const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A calendar day `YYYY-MM-DD` without a time or zone; text order is date order. There is no year 0, nor has the database one. */
export type LocalDate = string & { readonly __localDate: never };

export function isLocalDate(text: unknown): text is LocalDate {
  if (typeof text !== 'string' || !FORM.test(text) || text.startsWith('0000')) return false;
  const date = Number(text.slice(8, 10));
  return date >= 1 && date <= daysInMonth(Number(text.slice(0, 4)), Number(text.slice(5, 7)));
}

/** 0 for a month that does not exist. @param month from 1 to 12 */
export function daysInMonth(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS_IN_MONTH[month] ?? 0);
}

/** @throws RangeError when the text is no existing day in the form `YYYY-MM-DD`. */
export function localDate(text: string): LocalDate {
  if (!isLocalDate(text)) throw new RangeError(`'${text}' is not a date in the form YYYY-MM-DD`);
  return text;
}

/** The UTC day an instant falls on. */
export function utcDay(instant: Date): LocalDate {
  return instant.toISOString().slice(0, 10) as LocalDate;
}
