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

/** What the PSA shows of a line; its days and what counts on them are asked for again and again, and by each change on top. */
class ShownUnits {
  readonly ranges: ContractLine['units'];
  readonly #onDays = new Map<LocalDate, number>();
  #days: LocalDate[] | undefined;

  constructor(ranges: ContractLine['units']) {
    this.ranges = ranges;
  }

  /** Days on which a range starts or has just ended, each once. */
  get days(): readonly LocalDate[] {
    this.#days ??= [
      ...new Set(this.ranges.flatMap(({ startsOn, endsOn }) => [startsOn, addDays(endsOn, 1)])),
    ];
    return this.#days;
  }

  on(day: LocalDate): number {
    const known = this.#onDays.get(day);
    if (known !== undefined) return known;
    const units = unitsOn(this.ranges, day);
    this.#onDays.set(day, units);
    return units;
  }
}

const NOTHING = { units: [], deltas: [], scheduled: [], unitPrice: null, unitCost: null } as const;

/** How a line develops over time: what the PSA shows, with the changes on top that are on their way. */
export class LineTimeline {
  readonly #units: ShownUnits;
  readonly #prices: Pick<ContractLine, 'unitPrice' | 'unitCost'>;
  readonly #deltas: readonly PendingDelta[];
  readonly #scheduled: readonly ScheduledPrice[];
  /** The first day on which it has, or is to have, units; null while it never had any. */
  readonly firstDay: LocalDate | null;

  private constructor(
    units: ShownUnits,
    prices: Pick<ContractLine, 'unitPrice' | 'unitCost'>,
    deltas: readonly PendingDelta[],
    scheduled: readonly ScheduledPrice[],
  ) {
    this.#units = units;
    this.#prices = prices;
    this.#deltas = deltas;
    this.#scheduled = scheduled;
    this.firstDay = firstDayOf({ units: units.ranges, deltas });
  }

  /** @param line null for one that does not exist yet */
  static of(line: ContractLine | null): LineTimeline {
    const { units, deltas, scheduled, ...prices } = line ?? NOTHING;
    const byDay = scheduled.toSorted((left, right) => (left.from < right.from ? -1 : 1));
    return new LineTimeline(new ShownUnits(units), prices, deltas, byDay);
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
    return new LineTimeline(this.#units, this.#prices, deltas, scheduled);
  }

  /** Before its first units a line has the price of its service, which nobody tells. */
  on(day: LocalDate): LineValues {
    const isEarly = this.firstDay !== null && day < this.firstDay;
    let units = this.#units.on(day);
    for (const delta of this.#deltas) if (delta.from <= day) units += delta.units;
    const firstPrice = this.#scheduled.find((price) => price.unitPrice !== null);
    const firstCost = this.#scheduled.find((price) => price.unitCost !== null);
    let unitPrice = isEarly ? null : (firstPrice?.priceBefore ?? this.#prices.unitPrice);
    let unitCost = isEarly ? null : (firstCost?.costBefore ?? this.#prices.unitCost);
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
    for (const changesOn of this.#units.days) if (changesOn > day) days.add(changesOn);
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
    const days = [from, ...this.changeDaysAfter(from)];
    const stretches = stretchesOf(days, (day) => valueOf(this.on(day)));
    return billed(stretches, from, contract);
  }

  /** How much more than on another timeline of the line the customer is billed, as `billedFrom`. */
  billedBeyond(other: LineTimeline, from: LocalDate, contract: ContractState): Decimal {
    const days = new Set([from, ...this.changeDaysAfter(from), ...other.changeDaysAfter(from)]);
    const stretches = stretchesOf([...days].toSorted(), (day) => moreWorth(this.on(day), other.on(day)));
    return billed(stretches, from, contract);
  }
}

/** Days from one on which a full period costs the same, up to the next stretch. */
interface Stretch {
  startsOn: LocalDate;
  value: Decimal;
}

/** @param days ascending */
function stretchesOf(days: readonly LocalDate[], valueOn: (day: LocalDate) => Decimal): Stretch[] {
  const stretches: Stretch[] = [];
  for (const startsOn of days) {
    const value = valueOn(startsOn);
    if (stretches.at(-1)?.value.equals(value) !== true) stretches.push({ startsOn, value });
  }
  return stretches;
}

function billed(stretches: readonly Stretch[], from: LocalDate, contract: ContractState): Decimal {
  const periods = [...periodsFrom(gridOf(contract), from)];
  let total = new MoneyDecimal(0);
  for (const [index, { startsOn, value }] of stretches.entries()) {
    const next = stretches[index + 1];
    if (value.isZero()) continue;
    let wholePeriods = 0;
    for (const period of periods) {
      if (next !== undefined && period.startsOn >= next.startsOn) break;
      const first = laterOf(period.startsOn, startsOn);
      const last = next === undefined ? period.endsOn : earlierOf(addDays(next.startsOn, -1), period.endsOn);
      if (first > last) continue;
      if (daysIn(first, last) === period.fullDays) wholePeriods += 1;
      else total = total.plus(value.times(shareOf(period, first, last)));
    }
    total = total.plus(value.times(wholePeriods));
  }
  return total;
}

function moreWorth(values: LineValues, other: LineValues): Decimal {
  const { units, unitPrice } = values;
  const isSamePrice = unitPrice !== null && unitPrice === other.unitPrice;
  return isSamePrice ? unitPrice.times(units - other.units) : valueOf(values).minus(valueOf(other));
}

/** Price of all units for a full period. */
export function valueOf({ units, unitPrice }: LineValues): Decimal {
  return unitPrice?.times(units) ?? new MoneyDecimal(0);
}
