import type { LocalDate } from '../../kernel/local-date.js';
import { addDays, addMonths, daysIn, earlier } from './calendar.js';

/** One billing period of a contract. */
export interface BillingPeriod {
  readonly startOn: LocalDate;
  /** Last day, cut at the end of the contract. */
  readonly endOn: LocalDate;
  /** Days of the uncut period, the base of proration. */
  readonly fullDays: number;
}

/** Months of each `contractPeriodType`; 1 (one-time) is one period as long as the contract. */
const MONTHS_BY_TYPE: Readonly<Record<number, number>> = { 2: 1, 3: 3, 4: 6, 5: 12 };

/** Billing periods of a contract, stepped from its start date (Autotask REST reference, §8.3). */
export function billingPeriods(startOn: LocalDate, endOn: LocalDate, periodType: number): BillingPeriod[] {
  const months = MONTHS_BY_TYPE[periodType];
  if (months === undefined) return [{ startOn, endOn, fullDays: daysIn(startOn, endOn) }];
  const periods: BillingPeriod[] = [];
  for (let step = 0; addMonths(startOn, step * months) <= endOn; step += 1) {
    const first = addMonths(startOn, step * months);
    const last = addDays(addMonths(startOn, (step + 1) * months), -1);
    periods.push({ startOn: first, endOn: earlier(last, endOn), fullDays: daysIn(first, last) });
  }
  return periods;
}
