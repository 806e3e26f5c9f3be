import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays, earlierOf, laterOf, periodsFrom } from '../../kernel/period.js';
import {
  type ContractLine,
  type ContractState,
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

  private constructor(
    line: Pick<ContractLine, 'units' | 'unitPrice' | 'unitCost'>,
    deltas: readonly PendingDelta[],
    scheduled: readonly ScheduledPrice[],
  ) {
    this.#line = line;
    this.#deltas = deltas;
    this.#scheduled = scheduled;
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

  on(day: LocalDate): LineValues {
    let units = unitsOn(this.#line.units, day);
    for (const delta of this.#deltas) if (delta.from <= day) units += delta.units;
    const firstPrice = this.#scheduled.find((price) => price.unitPrice !== null);
    const firstCost = this.#scheduled.find((price) => price.unitCost !== null);
    let unitPrice = firstPrice?.priceBefore ?? this.#line.unitPrice;
    let unitCost = firstCost?.costBefore ?? this.#line.unitCost;
    for (const price of this.#scheduled) {
      if (price.from > day) break;
      unitPrice = price.unitPrice ?? unitPrice;
      unitCost = price.unitCost ?? unitCost;
    }
    return { units, unitPrice, unitCost };
  }

  /** Days after `day` on which something may change, ascending. */
  changeDaysAfter(day: LocalDate): LocalDate[] {
    const days = [
      ...this.#line.units.flatMap(({ startsOn, endsOn }) => [startsOn, addDays(endsOn, 1)]),
      ...this.#deltas.map(({ from }) => from),
      ...this.#scheduled.map(({ from }) => from),
    ];
    return [...new Set(days.filter((candidate) => candidate > day))].toSorted();
  }

  /** What the customer is billed for the days from `from` to the end of the contract, prorated by days and not rounded. */
  billedFrom(from: LocalDate, contract: ContractState): Decimal {
    const changes = this.changeDaysAfter(from);
    let total = new MoneyDecimal(0);
    for (const period of periodsFrom(gridOf(contract), from)) {
      const first = laterOf(period.startsOn, from);
      const starts = [first, ...changes.filter((day) => day > first && day <= period.endsOn)];
      for (const [index, start] of starts.entries()) {
        const next = starts[index + 1];
        const last = next === undefined ? period.endsOn : earlierOf(addDays(next, -1), period.endsOn);
        total = total.plus(valueOf(this.on(start)).times(shareOf(period, start, last)));
      }
    }
    return total;
  }
}

/** Price of all units for a full period. */
export function valueOf({ units, unitPrice }: LineValues): Decimal {
  return unitPrice?.times(units) ?? new MoneyDecimal(0);
}
