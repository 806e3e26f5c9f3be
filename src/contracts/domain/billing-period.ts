import { DateTime } from 'luxon';
import type { LocalDate } from '../../kernel/local-date.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';

export interface DayRange {
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
}

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
  const start = atMidnight(contract.startsOn);
  const boundary = (step: number): DateTime => start.plus({ months: step * months });
  const elapsed = atMidnight(day).diff(start, 'months').months;
  let step = Math.floor(elapsed / months);
  // A start on the 31st makes shorter steps than a month's difference has.
  if (boundary(step) > atMidnight(day)) step -= 1;
  if (boundary(step + 1) <= atMidnight(day)) step += 1;
  return { startsOn: dayOf(boundary(step)), endsOn: dayOf(boundary(step + 1).minus({ days: 1 })) };
}

/** Days of a range, both ends included. */
export function daysIn({ startsOn, endsOn }: DayRange): number {
  return atMidnight(endsOn).diff(atMidnight(startsOn), 'days').days + 1;
}

function atMidnight(day: LocalDate): DateTime {
  return DateTime.fromISO(day, { zone: 'utc' });
}

function dayOf(instant: DateTime): LocalDate {
  return instant.toISODate() as LocalDate;
}
