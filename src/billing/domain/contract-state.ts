import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { addDays, daysIn, isPeriodStart, type Period, type PeriodGrid } from '../../kernel/period.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';

/** Units of a line over a range of days, as the PSA shows them. */
export interface UnitRange {
  externalId: string;
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
  units: number;
  isPosted: boolean;
  /** Of the whole range, customer currency; null when unknown. */
  price: Decimal | null;
  /** Of the whole range, internal currency; null when unknown. */
  cost: Decimal | null;
}

/** A dated price or cost that we sent or are about to send. */
export interface ScheduledPrice {
  from: LocalDate;
  /** Null keeps what was in force. */
  unitPrice: Decimal | null;
  unitCost: Decimal | null;
  /** What it replaced, for a day that has passed; null where what is in force today was in force before it too. */
  priceBefore: Decimal | null;
  costBefore: Decimal | null;
}

/** A change of units that is on its way: not yet among the ranges. */
export interface PendingDelta {
  from: LocalDate;
  units: number;
}

/** One service line of a contract. */
export interface ContractLine {
  externalId: string;
  serviceExternalId: string;
  /** Customer currency, in force today; null when the PSA does not tell. */
  unitPrice: Decimal | null;
  /** Internal currency, in force today. */
  unitCost: Decimal | null;
  units: readonly UnitRange[];
  /** Changes of units decided but not sent. */
  deltas: readonly PendingDelta[];
  /** The PSA shows only what is in force today, so earlier and later prices are known from what we sent. */
  scheduled: readonly ScheduledPrice[];
  /** Days on which the line has an adjustment of ours: the PSA refuses a second one (reference §8.2). */
  takenDays: readonly LocalDate[];
}

/** A contract and its lines. */
export interface ContractState {
  externalId: string;
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
  isActive: boolean;
  periodType: PeriodType;
  lines: readonly ContractLine[];
  /** Last day the PSA has now, where an extension beyond it is on its way. */
  reachesUntil?: LocalDate;
}

const MONTHS: Readonly<Record<PeriodType, number | null>> = {
  monthly: 1,
  quarterly: 3,
  semi_annual: 6,
  yearly: 12,
  one_time: null,
  unknown: null,
};

/** Months of the longest billing period, and of one that is not known. */
const LONGEST_PERIOD_MONTHS = 12;

/** At least one billing period of each of these contracts, in months. */
export function longestPeriodMonths(contracts: readonly Pick<ContractState, 'periodType'>[]): number {
  const months = contracts.map(({ periodType }) => MONTHS[periodType] ?? LONGEST_PERIOD_MONTHS);
  return months.length === 0 ? LONGEST_PERIOD_MONTHS : Math.max(...months);
}

/** The billing periods of a contract: stepped from its start (reference §8.3). */
export function gridOf({ startsOn, endsOn, periodType }: ContractState): PeriodGrid {
  return { startsOn, endsOn, months: MONTHS[periodType] };
}

/**
 * Units on a day; 0 where no range covers it. A change in a posted period adds a range that starts later and holds the new total, so
 * the latest start counts, and of two that start together the one that is not posted (reference §8.4).
 */
export function unitsOn(ranges: readonly UnitRange[], day: LocalDate): number {
  return rangeOn(ranges, day)?.units ?? 0;
}

/** The range that says how many units are in force on a day. */
export function rangeOn(ranges: readonly UnitRange[], day: LocalDate): UnitRange | undefined {
  let found: UnitRange | undefined;
  for (const range of ranges) {
    const isOn = range.startsOn <= day && day <= range.endsOn;
    if (isOn && (found === undefined || byWeight(range, found) < 0)) found = range;
  }
  return found;
}

function byWeight(left: UnitRange, right: UnitRange): number {
  if (left.startsOn !== right.startsOn) return left.startsOn > right.startsOn ? -1 : 1;
  if (left.isPosted !== right.isPosted) return left.isPosted ? 1 : -1;
  return Number(right.externalId) - Number(left.externalId);
}

/** The first day on which the line has, or is to have, units; null while it never had any. */
export function firstDayOf({ units, deltas }: Pick<ContractLine, 'units' | 'deltas'>): LocalDate | null {
  let first: LocalDate | null = null;
  for (const { startsOn } of units) if (first === null || startsOn < first) first = startsOn;
  for (const { from } of deltas) if (first === null || from < first) first = from;
  return first;
}

/** Whether anything of a line is approved and posted in a period: its price can no longer be changed there. */
export function isPosted({ units }: ContractLine, { startsOn, endsOn }: Period): boolean {
  return units.some((range) => range.isPosted && range.startsOn <= endsOn && range.endsOn >= startsOn);
}

/**
 * Days within a period on which a range starts: somebody has an adjustment there. A range that starts with a period, or right
 * behind a posted one, needs none.
 */
export function splitDays(contract: ContractState, { units }: Pick<ContractLine, 'units'>): LocalDate[] {
  const grid = gridOf(contract);
  const behindPosted = new Set(
    units.filter((range) => range.isPosted).map(({ endsOn }) => addDays(endsOn, 1)),
  );
  return units
    .map(({ startsOn }) => startsOn)
    .filter((day) => !isPeriodStart(grid, day) && !behindPosted.has(day));
}

/** Share of a full period that a range of days within it is billed for (reference §8.3). */
export function shareOf(period: Period, startsOn: LocalDate, endsOn: LocalDate): Decimal {
  return new MoneyDecimal(daysIn(startsOn, endsOn)).dividedBy(period.fullDays);
}

/** The contract with a later end: further periods with the units of the last one come with it (reference §7.6). */
export function extended(contract: ContractState, endsOn: LocalDate): ContractState {
  const grow = (line: ContractLine): ContractLine => {
    const units = unitsOn(line.units, contract.endsOn);
    if (units === 0) return line;
    const range = {
      externalId: '0',
      startsOn: addDays(contract.endsOn, 1),
      endsOn,
      units,
      isPosted: false,
      price: null,
      cost: null,
    };
    return { ...line, units: [...line.units, range] };
  };
  const reachesUntil = contract.reachesUntil ?? contract.endsOn;
  return { ...contract, endsOn, reachesUntil, lines: contract.lines.map(grow) };
}
