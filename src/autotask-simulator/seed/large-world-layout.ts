import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { addMonths } from '../rules/calendar.js';
import type { IdRange } from '../world/generated-table.js';
import type { RowValue } from '../world/table.js';

export interface LargeWorldSeed {
  /** Active customers, each with one recurring contract. */
  readonly companies: number;
  /** Contract services in all, spread evenly over the contracts. */
  readonly contractServices: number;
  /** Billing periods of each contract, and so unit rows of each contract service; default 1, the current month. */
  readonly unitsPerService?: number;
  readonly now: Date;
}

/** Ids the generated rows start at. */
export const FIRST_IDS = {
  company: 175,
  contract: 29_683_700,
  line: 100_000_001,
  adjustment: 300_000_001,
  unit: 500_000_001,
};

/** @throws RangeError when a size is no whole number or there are no companies for the contract services. */
export function requireSizes({ companies, contractServices, unitsPerService = 1 }: LargeWorldSeed): void {
  const sizes = { companies, contractServices, unitsPerService };
  const wrong = Object.entries(sizes).find(([, size]) => !Number.isSafeInteger(size) || size < 0);
  if (wrong !== undefined) throw new RangeError(`${wrong[0]} must be a whole number, not ${wrong[1]}`);
  if (companies === 0 && contractServices > 0) throw new RangeError('contract services need companies');
}

/** Where everything is: line `k` is on contract `floor(k × companies / lines)`, in ascending order of both. */
export interface Layout {
  readonly companies: number;
  readonly lines: number;
  readonly periods: number;
  readonly startOn: LocalDate;
  readonly contractOf: (line: number) => number;
  readonly linesOf: (contract: number) => IdRange;
}

/** The middle one of the periods is the current month. */
export function layoutOf({
  companies,
  contractServices: lines,
  unitsPerService: periods = 1,
  now,
}: LargeWorldSeed): Layout {
  const firstLineOf = (contract: number): number => Math.ceil((contract * lines) / companies);
  const monthStart = `${utcDay(now).slice(0, 7)}-01` as LocalDate;
  return {
    companies,
    lines,
    periods,
    startOn: addMonths(monthStart, -Math.floor((periods - 1) / 2)),
    contractOf: (line) => Math.floor((line * companies) / lines),
    linesOf: (contract) => ({ firstId: firstLineOf(contract), lastId: firstLineOf(contract + 1) - 1 }),
  };
}

/** Answers the position of an id among `count` generated ones, or undefined when it is none of them. */
export function positionOf(value: RowValue, firstId: number, count: number): number | undefined {
  const position = typeof value === 'number' ? value - firstId : -1;
  return Number.isInteger(position) && position >= 0 && position < count ? position : undefined;
}

/** Ids of `each` records per position in a range of positions. */
export function idsOf(range: IdRange, firstId: number, each = 1): IdRange {
  return { firstId: firstId + range.firstId * each, lastId: firstId + (range.lastId + 1) * each - 1 };
}

/** Ids of the rows, `each` per contract service, that belong to the contract with this id. */
export function linesOfContract(
  layout: Layout,
  value: RowValue,
  firstId: number,
  each = 1,
): IdRange | undefined {
  const contract = positionOf(value, FIRST_IDS.contract, layout.companies);
  return contract === undefined ? undefined : idsOf(layout.linesOf(contract), firstId, each);
}

/** Ids of the rows, `each` per contract service, that belong to the contract service with this id. */
export function rowsOfLine(
  { lines }: Layout,
  value: RowValue,
  firstId: number,
  each = 1,
): IdRange | undefined {
  const line = positionOf(value, FIRST_IDS.line, lines);
  return line === undefined ? undefined : idsOf({ firstId: line, lastId: line }, firstId, each);
}
