import type { LocalDate } from '../../kernel/local-date.js';
import { addDays, addMonths, daysIn } from '../../kernel/period.js';

/** Number of days of the calendar month a day is in. */
export function daysInMonthOf(day: LocalDate): number {
  return daysIn(monthOf(day), addDays(addMonths(monthOf(day), 1), -1));
}

/** First day of the calendar month a day is in. */
export function monthOf(day: LocalDate): LocalDate {
  return `${day.slice(0, 7)}-01` as LocalDate;
}

/**
 * Last day of a term, included. Where the later month is shorter, its last day takes the place of the day of purchase: a month bought on
 * January 31 renews on February 28 and so ends on February 27 (Microsoft's scenario tables 05 and 07).
 */
export function termEnd(startsOn: LocalDate, months: number): LocalDate {
  return addDays(addMonths(startsOn, months), -1);
}

/** A stretch of days that is charged at once; both included. */
export interface ChargeCycle {
  startsOn: LocalDate;
  endsOn: LocalDate;
}

/**
 * The monthly charges of a longer term. A term that starts on the last day of a month is charged on the last day of every month, and one
 * that starts on the day before it on the day before the last (scenario table 08: January 30, February 27, March 30, April 29); any
 * other on the same day, or the last where the month is shorter.
 */
export function monthlyCycles(startsOn: LocalDate, months: number): ChargeCycle[] {
  const daysBeforeLast = daysInMonthOf(startsOn) - Number(startsOn.slice(8));
  const end = termEnd(startsOn, months);
  const startOf = (step: number): LocalDate => {
    if (daysBeforeLast > 1) return addMonths(startsOn, step);
    return addDays(addMonths(monthOf(startsOn), step + 1), -1 - daysBeforeLast);
  };
  return Array.from({ length: months }, (_, step) => ({
    startsOn: startOf(step),
    endsOn: step === months - 1 ? end : addDays(startOf(step + 1), -1),
  }));
}
