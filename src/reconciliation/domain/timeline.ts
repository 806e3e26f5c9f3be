import type { Decimal } from 'decimal.js';
import type { BilledLine, BilledUnits } from '../../contracts/domain/billed-month.js';
import { billingPeriodAround, daysIn } from '../../contracts/domain/billing-period.js';
import { unitAmount } from '../../contracts/domain/unit-amount.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays, earlierOf, laterOf } from '../../kernel/period.js';
import type { DaySpan } from './billing-month.js';
import type { SeatState } from './month-facts.js';

/** Units and price that do not change over some days, which all lie in one billing period. */
export interface Stretch extends DaySpan {
  units: number;
  /** Of one unit for a full billing period; null where nothing tells. */
  unitPrice: Decimal | null;
}

/** Both sides over the same days. */
export interface Pair extends DaySpan {
  /** So many days of a full billing period of so many. */
  days: number;
  periodDays: number;
  expected: Stretch;
  actual: Stretch;
}

type Grid = BilledLine['period'];

const NOTHING = { units: 0, unitPrice: null };

/** What is expected and what is there, over the same stretches of days of the month. */
export function sideBySide(
  states: readonly SeatState[],
  line: BilledLine | null,
  grid: Grid,
  days: DaySpan,
): Pair[] {
  const starts = new Set<LocalDate>([days.from]);
  const add = (day: LocalDate) => {
    if (day > days.from && day <= days.to) starts.add(day);
  };
  for (const { from } of states) add(from);
  for (const { startsOn, endsOn } of line?.rows ?? []) {
    add(startsOn);
    add(addDays(endsOn, 1));
  }
  let period = billingPeriodAround(days.from, grid);
  while (period.endsOn < days.to) {
    const next = billingPeriodAround(addDays(period.endsOn, 1), grid);
    // A contract billed once is one period, also behind its end.
    if (next.startsOn <= period.startsOn) break;
    add(next.startsOn);
    period = next;
  }
  const sorted = [...starts].toSorted();
  return sorted.map((from, index) => {
    const next = sorted[index + 1];
    const span = { from, to: next === undefined ? days.to : addDays(next, -1) };
    const around = billingPeriodAround(from, grid);
    return {
      ...span,
      days: daysIn({ startsOn: span.from, endsOn: span.to }),
      periodDays: daysIn(around),
      expected: { ...span, ...expectedOn(states, from) },
      actual: { ...span, ...actualOn(line, from, around) },
    };
  });
}

/**
 * Sum of the shares that the pairs are of amounts for a full period. Divided last, and once for periods of the same length: a half cent
 * stays one, where thirds added up would fall just short of it.
 */
export function sumOfShares(pairs: readonly Pair[], amountOf: (pair: Pair) => Decimal): Decimal {
  const sums = new Map<number, Decimal>();
  for (const pair of pairs) {
    const { days, periodDays } = pair;
    sums.set(
      periodDays,
      amountOf(pair)
        .times(days)
        .plus(sums.get(periodDays) ?? 0),
    );
  }
  return [...sums].reduce(
    (sum, [periodDays, amount]) => sum.plus(amount.div(periodDays)),
    new MoneyDecimal(0),
  );
}

export function stateOn(states: readonly SeatState[], day: LocalDate): SeatState | null {
  return states.findLast(({ from }) => from <= day) ?? null;
}

function expectedOn(states: readonly SeatState[], day: LocalDate): Pick<Stretch, 'units' | 'unitPrice'> {
  const state = stateOn(states, day);
  return state === null ? NOTHING : { units: state.units, unitPrice: state.unitPrice.amount };
}

function actualOn(
  line: BilledLine | null,
  day: LocalDate,
  period: { startsOn: LocalDate; endsOn: LocalDate },
): Pick<Stretch, 'units' | 'unitPrice'> {
  const covering = (line?.rows ?? []).filter(({ startsOn, endsOn }) => startsOn <= day && day <= endsOn);
  const units = inForce(covering)?.units ?? 0;
  if (line === null || units === 0) return { units, unitPrice: null };
  const rows = covering.map(({ startsOn, endsOn, price }) => ({ startsOn, endsOn, amount: price }));
  const { amount } = unitAmount(rows, new MoneyDecimal(units), period, line.unitPrice);
  return { units, unitPrice: amount };
}

/** A change in a posted period is a row beside it that holds the new total (Autotask REST reference, §8.4). */
function inForce(rows: readonly BilledUnits[]): BilledUnits | undefined {
  return rows.toSorted((left, right) => {
    if (left.startsOn !== right.startsOn) return left.startsOn > right.startsOn ? -1 : 1;
    if (left.isPosted !== right.isPosted) return left.isPosted ? 1 : -1;
    return Number(right.externalId) - Number(left.externalId);
  })[0];
}

/** Part of an amount of a range of days that falls into the month. */
export function partInMonth(
  amount: Decimal,
  range: { startsOn: LocalDate; endsOn: LocalDate },
  days: DaySpan,
): Decimal {
  const startsOn = laterOf(range.startsOn, days.from);
  const endsOn = earlierOf(range.endsOn, days.to);
  if (startsOn > endsOn) return new MoneyDecimal(0);
  return amount.times(daysIn({ startsOn, endsOn })).div(daysIn(range));
}
