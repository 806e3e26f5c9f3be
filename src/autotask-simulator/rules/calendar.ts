import type { LocalDate } from '../../kernel/local-date.js';
import { Remembered } from '../../kernel/remembered.js';

const DAY_MS = 86_400_000;

function fromMilliseconds(milliseconds: number): LocalDate {
  return new Date(milliseconds).toISOString().slice(0, 10) as LocalDate;
}

/** The day a stored date holds; dates are kept as midnight and never converted between time zones (reference §2.6). */
export function dayOf(stored: unknown): LocalDate {
  return String(stored).slice(0, 10) as LocalDate;
}

/** The stored form of a day: midnight UTC. */
export function midnight(day: LocalDate): string {
  return `${day}T00:00:00Z`;
}

export function addDays(day: LocalDate, days: number): LocalDate {
  return fromMilliseconds(Date.parse(day) + days * DAY_MS);
}

/** Periods of contracts ask for the same few days over and over, tens of thousands of times for a world. */
const laterMonths = new Remembered<string, LocalDate>(50_000);

/** The same day of a later month, or its last day where the month is shorter. */
export function addMonths(day: LocalDate, months: number): LocalDate {
  const key = `${day}+${months}`;
  return laterMonths.get(key) ?? laterMonths.keep(key, monthsAfter(day, months));
}

function monthsAfter(day: LocalDate, months: number): LocalDate {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const lastDate = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return fromMilliseconds(Date.UTC(year, month - 1 + months, Math.min(date, lastDate)));
}

/** Number of days from the first to the last, both included. */
export function daysIn(first: LocalDate, last: LocalDate): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
}

export function earlier(left: LocalDate, right: LocalDate): LocalDate {
  return left < right ? left : right;
}
