import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays, daysIn, earlierOf, laterOf, periodsFrom } from '../../kernel/period.js';
import {
  type ContractLine,
  type ContractState,
  firstDayOf,
  gridOf,
  type PendingDelta,
  type ScheduledPrice,
  shareOf,
  unitsOn,
} from './contract-state.js';

/** Units, price and cost on one day; a price or cost is null where the PSA does not tell it. */
export interface LineValues {
  units: number;
  /** Customer currency. */
  unitPrice: Decimal | null;
  /** Internal currency of the instance. */
  unitCost: Decimal | null;
}

/** What one adjustment does from its day on. */
export interface LineChange {
  on: LocalDate;
  unitChange: number;
  /** Null keeps what is in force. */
  unitPrice: Decimal | null;
  unitCost: Decimal | null;
}

const NOTHING = { units: [], deltas: [], scheduled: [], unitPrice: null, unitCost: null } as const;

/** How a line develops over time: what the PSA shows, with the changes on top that are on their way. */
export class LineTimeline {
  readonly #line: Pick<ContractLine, 'units' | 'unitPrice' | 'unitCost'>;
  readonly #deltas: readonly PendingDelta[];
  readonly #scheduled: readonly ScheduledPrice[];
  /** The first day on which it has, or is to have, units; null while it never had any. */
  readonly firstDay: LocalDate | null;

  private constructor(
    line: Pick<ContractLine, 'units' | 'unitPrice' | 'unitCost'>,
    deltas: readonly PendingDelta[],
    scheduled: readonly ScheduledPrice[],
  ) {
    this.#line = line;
    this.#deltas = deltas;
    this.#scheduled = scheduled;
    this.firstDay = firstDayOf({ units: line.units, deltas });
  }

  /** @param line null for one that does not exist yet */
  static of(line: ContractLine | null): LineTimeline {
    const { deltas, scheduled, ...rest } = line ?? NOTHING;
    const byDay = scheduled.toSorted((left, right) => (left.from < right.from ? -1 : 1));
    return new LineTimeline(rest, deltas, byDay);
  }

  with({ on, unitChange, unitPrice, unitCost }: LineChange): LineTimeline {
    const deltas = unitChange === 0 ? this.#deltas : [...this.#deltas, { from: on, units: unitChange }];
    const scheduled =
      unitPrice === null && unitCost === null
        ? this.#scheduled
        : [
            ...this.#scheduled,
            { from: on, unitPrice, unitCost, priceBefore: null, costBefore: null },
          ].toSorted((left, right) => (left.from < right.from ? -1 : 1));
    return new LineTimeline(this.#line, deltas, scheduled);
  }

  /** Before its first units a line has the price of its service, which nobody tells. */
  on(day: LocalDate): LineValues {
    const isEarly = this.firstDay !== null && day < this.firstDay;
    let units = unitsOn(this.#line.units, day);
    for (const delta of this.#deltas) if (delta.from <= day) units += delta.units;
    const firstPrice = this.#scheduled.find((price) => price.unitPrice !== null);
    const firstCost = this.#scheduled.find((price) => price.unitCost !== null);
    let unitPrice = isEarly ? null : (firstPrice?.priceBefore ?? this.#line.unitPrice);
    let unitCost = isEarly ? null : (firstCost?.costBefore ?? this.#line.unitCost);
    for (const price of this.#scheduled) {
      if (price.from > day) break;
      unitPrice = price.unitPrice ?? unitPrice;
      unitCost = price.unitCost ?? unitCost;
    }
    return { units, unitPrice, unitCost };
  }

  /** Days after `day` on which something may change, ascending. */
  changeDaysAfter(day: LocalDate): LocalDate[] {
    const days = new Set<LocalDate>();
    for (const { startsOn, endsOn } of this.#line.units) {
      if (startsOn > day) days.add(startsOn);
      if (endsOn >= day) days.add(addDays(endsOn, 1));
    }
    for (const { from } of this.#deltas) if (from > day) days.add(from);
    for (const { from } of this.#scheduled) if (from > day) days.add(from);
    return [...days].toSorted();
  }

  /** The fewest units of any day between two, both included. */
  leastUnits(from: LocalDate, to: LocalDate): number {
    const days = [from, ...this.changeDaysAfter(from).filter((day) => day <= to)];
    return Math.min(...days.map((day) => this.on(day).units));
  }

  /** What the customer is billed for the days from `from` to the end of the contract, prorated by days and not rounded. */
  billedFrom(from: LocalDate, contract: ContractState): Decimal {
    const stretches = this.#stretchesFrom(from);
    const periods = [...periodsFrom(gridOf(contract), from)];
    let total = new MoneyDecimal(0);
    for (const [index, { startsOn, value }] of stretches.entries()) {
      const next = stretches[index + 1];
      if (value.isZero()) continue;
      let wholePeriods = 0;
      for (const period of periods) {
        if (next !== undefined && period.startsOn >= next.startsOn) break;
        const first = laterOf(period.startsOn, startsOn);
        const last =
          next === undefined ? period.endsOn : earlierOf(addDays(next.startsOn, -1), period.endsOn);
        if (first > last) continue;
        if (daysIn(first, last) === period.fullDays) wholePeriods += 1;
        else total = total.plus(value.times(shareOf(period, first, last)));
      }
      total = total.plus(value.times(wholePeriods));
    }
    return total;
  }

  /** From a day on, the days on which a full period comes to cost something else. */
  #stretchesFrom(from: LocalDate): { startsOn: LocalDate; value: Decimal }[] {
    const stretches = [{ startsOn: from, value: valueOf(this.on(from)) }];
    for (const startsOn of this.changeDaysAfter(from)) {
      const value = valueOf(this.on(startsOn));
      if (stretches.at(-1)?.value.equals(value) !== true) stretches.push({ startsOn, value });
    }
    return stretches;
  }
}

/** Price of all units for a full period. */
export function valueOf({ units, unitPrice }: LineValues): Decimal {
  return unitPrice?.times(units) ?? new MoneyDecimal(0);
}
