import type { LocalDate } from './local-date.js';

const DAY_MS = 86_400_000;

function dayAt(milliseconds: number): LocalDate {
  return new Date(milliseconds).toISOString().slice(0, 10) as LocalDate;
}

export function addDays(day: LocalDate, days: number): LocalDate {
  return dayAt(Date.parse(day) + days * DAY_MS);
}

/** The same day of a later month, or the last day where that month is shorter. */
export function addMonths(day: LocalDate, months: number): LocalDate {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const lastDate = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return dayAt(Date.UTC(year, month - 1 + months, Math.min(date, lastDate)));
}

/** Number of days from the first to the last, both included; 0 or less when they are out of order. */
export function daysIn(first: LocalDate, last: LocalDate): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
}

export function laterOf(left: LocalDate, right: LocalDate): LocalDate {
  return left > right ? left : right;
}

export function earlierOf(left: LocalDate, right: LocalDate): LocalDate {
  return left < right ? left : right;
}

/** Days stepped from an anchor. */
export interface PeriodGrid {
  /** First day of the first period. */
  startsOn: LocalDate;
  /** Last day of all, included; it cuts the last period. */
  endsOn: LocalDate;
  /** Length of a period; null: one period from first to last. */
  months: number | null;
}

export interface Period {
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
  /** Days of the period before it was cut: what a day's share is measured against. */
  fullDays: number;
}

function periodAt({ startsOn, endsOn, months }: PeriodGrid, step: number): Period {
  if (months === null) return { startsOn, endsOn, fullDays: daysIn(startsOn, endsOn) };
  // Always from the anchor: stepping from the step before would lose the 31st for ever.
  const first = addMonths(startsOn, step * months);
  const last = addDays(addMonths(startsOn, (step + 1) * months), -1);
  return { startsOn: first, endsOn: earlierOf(last, endsOn), fullDays: daysIn(first, last) };
}

/** The period a day falls in; null outside the grid. */
export function periodOn(grid: PeriodGrid, day: LocalDate): Period | null {
  if (day < grid.startsOn || day > grid.endsOn) return null;
  if (grid.months === null) return periodAt(grid, 0);
  const monthsBetween =
    (Number(day.slice(0, 4)) - Number(grid.startsOn.slice(0, 4))) * 12 +
    (Number(day.slice(5, 7)) - Number(grid.startsOn.slice(5, 7)));
  const step = Math.max(0, Math.floor(monthsBetween / grid.months));
  const period = periodAt(grid, step);
  if (day >= period.startsOn) return period;
  return periodAt(grid, step - 1);
}

/** The periods from the one a day falls in to the last; from the first when the day comes before it. */
export function* periodsFrom(grid: PeriodGrid, day: LocalDate): Generator<Period> {
  let next: Period | null = periodOn(grid, laterOf(day, grid.startsOn));
  while (next !== null) {
    yield next;
    next = periodOn(grid, addDays(next.endsOn, 1));
  }
}
