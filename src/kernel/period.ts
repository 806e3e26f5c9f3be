import { daysInMonth, type LocalDate } from './local-date.js';

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 32 }, (_, number) => String(number).padStart(2, '0'));

/** A plan looks at hundreds of days, so days are taken apart and put together as numbers; a Date would cost more than all the rest. */
function dayOf(year: number, month: number, date: number): LocalDate {
  return `${String(year).padStart(4, '0')}-${TWO_DIGITS[month]}-${TWO_DIGITS[date]}` as LocalDate;
}

function yearIn(day: LocalDate): number {
  return Number(day.slice(0, 4));
}

function monthIn(day: LocalDate): number {
  return Number(day.slice(5, 7));
}

function dateIn(day: LocalDate): number {
  return Number(day.slice(8, 10));
}

export function addDays(day: LocalDate, days: number): LocalDate {
  const [year, month, date] = [yearIn(day), monthIn(day), dateIn(day) + days];
  if (date >= 1 && date <= daysInMonth(year, month)) return dayOf(year, month, date);
  const intoNext = date - daysInMonth(year, month);
  if (intoNext >= 1 && intoNext <= 28) {
    return month === 12 ? dayOf(year + 1, 1, intoNext) : dayOf(year, month + 1, intoNext);
  }
  if (date <= 0 && date > -28) {
    const [ofYear, before] = month === 1 ? [year - 1, 12] : [year, month - 1];
    return dayOf(ofYear, before, daysInMonth(ofYear, before) + date);
  }
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10) as LocalDate;
}

/** The same day of a later month, or the last day where that month is shorter. */
export function addMonths(day: LocalDate, months: number): LocalDate {
  const since = yearIn(day) * 12 + monthIn(day) - 1 + months;
  const year = Math.floor(since / 12);
  const month = since - year * 12 + 1;
  return dayOf(year, month, Math.min(dateIn(day), daysInMonth(year, month)));
}

/** Number of days from the first to the last, both included; 0 or less when they are out of order. */
export function daysIn(first: LocalDate, last: LocalDate): number {
  if (first.slice(0, 7) === last.slice(0, 7)) return dateIn(last) - dateIn(first) + 1;
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
  const step = stepOn(grid, day);
  return step === null ? null : periodAt(grid, step);
}

/** Whether a period begins on this day; false outside the grid. */
export function isPeriodStart(grid: PeriodGrid, day: LocalDate): boolean {
  const step = stepOn(grid, day);
  return step !== null && addMonths(grid.startsOn, step * (grid.months ?? 0)) === day;
}

/** The periods from the one a day falls in to the last; from the first when the day comes before it. */
export function* periodsFrom(grid: PeriodGrid, day: LocalDate): Generator<Period> {
  const first = stepOn(grid, laterOf(day, grid.startsOn));
  if (first === null) return;
  for (let step = first; ; step += 1) {
    const period = periodAt(grid, step);
    yield period;
    if (grid.months === null || period.endsOn >= grid.endsOn) return;
  }
}

/** Which period a day falls in, counted from 0; null outside the grid. */
function stepOn({ startsOn, endsOn, months }: PeriodGrid, day: LocalDate): number | null {
  if (day < startsOn || day > endsOn) return null;
  if (months === null) return 0;
  const monthsBetween = (yearIn(day) - yearIn(startsOn)) * 12 + monthIn(day) - monthIn(startsOn);
  const step = Math.floor(monthsBetween / months);
  return day >= addMonths(startsOn, step * months) ? step : step - 1;
}
