import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';

export interface DayRange {
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
}

const DAY_MS = 86_400_000;
const MONTHS: Partial<Record<PeriodType, number>> = { monthly: 1, quarterly: 3, semi_annual: 6, yearly: 12 };

/**
 * The billing period around a day, not cut at the end of the contract: stepped from the contract's start date (Autotask REST
 * reference, §8.3). A contract billed once, or by a period we have no word for, is one period.
 */
export function billingPeriodAround(
  day: LocalDate,
  contract: DayRange & { periodType: PeriodType },
): DayRange {
  const months = MONTHS[contract.periodType];
  if (months === undefined) return { startsOn: contract.startsOn, endsOn: contract.endsOn };
  const start = contract.startsOn;
  let step = Math.floor((monthOf(day) - monthOf(start)) / months);
  // In the month of a boundary the day decides on which side of it this one lies.
  if (addMonths(start, step * months) > day) step -= 1;
  return {
    startsOn: addMonths(start, step * months),
    endsOn: dayBefore(addMonths(start, (step + 1) * months)),
  };
}

/** Days of a range, both ends included. */
export function daysIn({ startsOn, endsOn }: DayRange): number {
  return (Date.parse(endsOn) - Date.parse(startsOn)) / DAY_MS + 1;
}

/** Months since year 0. */
function monthOf(day: LocalDate): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

/** The same day of a later month, or its last one where it is shorter. Plain numbers: a page of lines asks for hundreds. */
function addMonths(day: LocalDate, months: number): LocalDate {
  const month = monthOf(day) + months;
  const lastDay = new Date(Date.UTC(0, 0, 0)).setUTCFullYear(Math.floor(month / 12), (month % 12) + 1, 0);
  const wanted = new Date(lastDay);
  wanted.setUTCDate(Math.min(Number(day.slice(8, 10)), wanted.getUTCDate()));
  return utcDay(wanted);
}

function dayBefore(day: LocalDate): LocalDate {
  return utcDay(new Date(Date.parse(day) - DAY_MS));
}
