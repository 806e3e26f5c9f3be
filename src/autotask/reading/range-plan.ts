import { type KeysetPage, PAGE_SIZE } from '../client/keyset-page.js';
import type { OpenIds } from './pull-position.js';
import { KnownSplits } from './known-splits.js';

/**
 * Pages read one after another before a count is spent on reading several ranges at once: what is smaller costs exactly one
 * call per started page.
 */
const SEQUENTIAL_PAGES = 3;
/** The first split is worth its call only where this much follows. */
const MIN_ROWS_TO_BEGIN = 16 * PAGE_SIZE;
/** Later ones, which even out what is left, already here: the end of a range wastes half a page on average. */
const MIN_ROWS_TO_SPLIT = 4 * PAGE_SIZE;
const MIN_ROWS_OF_A_PART = 2 * PAGE_SIZE;
/** Calls beyond one per started page that a pull may spend, the count included: 2, and 2 % of the pages. */
const SPARE_CALLS = 2;
const SPARE_CALLS_PER_PAGE = 0.02;

/** Ids being read: `after` moves with the pages read, `handedAfter` with those handed out. */
export interface OpenRange {
  readonly list: number;
  after: bigint;
  upTo: bigint | null;
  handedAfter: bigint;
  isReading: boolean;
  isRead: boolean;
  isHandedOut: boolean;
  firstId: bigint | null;
  rows: number;
  pages: number;
}

/** One page of a range, read and not yet handed out, without its rows. */
export interface ReadPage {
  readonly range: OpenRange;
  readonly lastId: bigint | null;
  readonly isLastOfRange: boolean;
}

export interface RangePlanOptions {
  readonly open: readonly OpenIds[];
  /** Most ranges to read at once. */
  readonly readers: number;
  /** Whether ranges may be split; not where rows are looked up by a list of values. */
  readonly maySplit: boolean;
  /** Ids at about equal distances among the rows that are known. */
  readonly knownSplits: readonly bigint[];
}

/**
 * Decides which ids are read next and where a range is split so that several can be read at once. Nothing here waits or
 * sends. Whatever the ids are like, splitting never costs more than the spare calls: each split adds one call at most,
 * because rows in k ranges fill at most k - 1 more pages than the same rows in one.
 */
export class RangePlan {
  readonly #ranges: OpenRange[];
  readonly #readers: number;
  readonly #maySplit: boolean;
  readonly #splits: KnownSplits;
  /** Rows expected in what is not yet read; null while nobody has told. */
  #expectedRows: number | null = null;
  #hasCounted = false;
  #rowsRead = 0;
  #splitsMade = 0;

  constructor({ open, readers, maySplit, knownSplits }: RangePlanOptions) {
    this.#ranges = open.map(rangeOf);
    this.#readers = readers;
    this.#maySplit = maySplit && readers > 1;
    this.#splits = new KnownSplits(knownSplits);
  }

  /** What is still open as of the pages handed out. */
  get open(): OpenIds[] {
    return this.#ranges
      .filter(({ isHandedOut }) => !isHandedOut)
      .map(({ list, handedAfter, upTo }) => ({ list, after: handedAfter, upTo }));
  }

  /** Rows of the whole walk as counted on the way; null while nobody has counted. */
  get expectedRows(): number | null {
    // Parts of a range are estimated by their share of its ids, which is seldom whole.
    return this.#hasCounted && this.#expectedRows !== null
      ? Math.round(this.#rowsRead + this.#expectedRows)
      : null;
  }

  /**
   * The next range to ask a page of, marked as being read; null when each is being read or read to its end.
   * @param readers at most so many ranges at once, fewer than are planned for
   */
  take(readers = this.#readers): OpenRange | null {
    if (this.#reading() >= readers) return null;
    this.#splitLargest(readers);
    const range = this.#ranges.find(({ isReading, isRead }) => !isReading && !isRead);
    if (range !== undefined) range.isReading = true;
    return range ?? null;
  }

  /** Where to count from, when a count would help to read on at several places; asked for once. */
  takeCount(): OpenRange | null {
    const endless = this.#ranges.find(({ isRead, upTo }) => !isRead && upTo === null);
    const isWorthIt =
      this.#maySplit &&
      !this.#hasCounted &&
      this.#expectedRows === null &&
      this.#reading() < this.#readers &&
      endless !== undefined &&
      endless.pages >= SEQUENTIAL_PAGES;
    if (!isWorthIt) return null;
    this.#hasCounted = true;
    return endless;
  }

  /** @param rows beyond where the range stands now */
  counted(range: OpenRange, rows: number): void {
    const others = this.#ranges.filter((other) => other !== range);
    this.#expectedRows = rows + sum(others.map((other) => this.#boundedRows(other)));
  }

  /** Takes a page in; rows beyond the range, which can have become shorter meanwhile, are left to the range that has them now. */
  read(
    range: OpenRange,
    page: KeysetPage,
    idOf: (row: unknown) => bigint,
  ): { page: ReadPage; rows: readonly unknown[] } {
    const upTo = range.upTo;
    const isBeyond = upTo !== null && page.lastId !== null && page.lastId > upTo;
    const rows = isBeyond ? page.rows.filter((row) => idOf(row) <= upTo) : page.rows;
    const lastRow = rows.at(-1);
    const lastId = isBeyond ? (lastRow === undefined ? null : idOf(lastRow)) : page.lastId;
    if (rows.length > 0) range.firstId ??= page.firstId;
    range.after = lastId ?? range.after;
    range.rows += rows.length;
    range.pages += 1;
    range.isReading = false;
    range.isRead = page.isLast || isBeyond || (upTo !== null && range.after >= upTo);
    this.#rowsRead += rows.length;
    this.#expect(range, rows.length);
    return { page: { range, lastId, isLastOfRange: range.isRead }, rows };
  }

  handOut({ range, lastId, isLastOfRange }: ReadPage): void {
    range.handedAfter = lastId ?? range.handedAfter;
    range.isHandedOut = isLastOfRange;
    if (isLastOfRange) this.#ranges.splice(this.#ranges.indexOf(range), 1);
  }

  #reading(): number {
    return this.#ranges.filter(({ isReading }) => isReading).length;
  }

  #expect(range: OpenRange, rows: number): void {
    if (this.#expectedRows !== null) this.#expectedRows = Math.max(0, this.#expectedRows - rows);
    else if (range.upTo === null && range.firstId !== null) {
      this.#expectedRows = this.#splits.rowsAfter(range.after, { firstId: range.firstId, rows: range.rows });
    }
  }

  /** Splits the range with most left in it when readers would have nothing to do. */
  #splitLargest(readers: number): void {
    const waiting = this.#ranges.filter(({ isReading, isRead }) => !isReading && !isRead).length;
    const idle = readers - this.#reading() - waiting;
    if (!this.#maySplit || idle < 1) return;
    const [largest] = this.#ranges
      .filter(({ isRead, rows }) => !isRead && rows > 0)
      .map((range) => ({ range, rowsLeft: this.#rowsAhead(range) }))
      .toSorted((a, b) => b.rowsLeft - a.rowsLeft);
    const isWorthFrom = this.#splitsMade === 0 ? MIN_ROWS_TO_BEGIN : MIN_ROWS_TO_SPLIT;
    if (largest === undefined || largest.rowsLeft < isWorthFrom) return;
    const roomFor = Math.floor(largest.rowsLeft / MIN_ROWS_OF_A_PART);
    const parts = Math.min(idle + 1, this.#splitsLeft() + 1, roomFor);
    if (parts > 1) this.#split(largest.range, largest.rowsLeft, parts);
  }

  #splitsLeft(): number {
    // What the known splits promise is no ground to spend calls on: the rows they stand for can be gone.
    const expected = this.#hasCounted ? (this.#expectedRows ?? 0) : 0;
    const pages = Math.ceil((this.#rowsRead + expected) / PAGE_SIZE);
    const spare = SPARE_CALLS + Math.floor(pages * SPARE_CALLS_PER_PAGE) - (this.#hasCounted ? 1 : 0);
    return Math.max(0, spare - this.#splitsMade);
  }

  /** Rows of a range beyond the page that is under way. */
  #rowsAhead(range: OpenRange): number {
    return this.#rowsLeft(range) - (range.isReading ? PAGE_SIZE : 0);
  }

  #rowsLeft(range: OpenRange): number {
    if (range.upTo !== null) return this.#boundedRows(range);
    if (this.#expectedRows === null) return 0;
    const others = this.#ranges.filter((other) => other !== range);
    return this.#expectedRows - sum(others.map((other) => this.#boundedRows(other)));
  }

  #boundedRows(range: OpenRange): number {
    if (range.isRead || range.upTo === null) return 0;
    const rows = Number(range.upTo - range.after) / this.#gap(range);
    return this.#expectedRows === null ? rows : Math.min(rows, this.#expectedRows);
  }

  /** Ids per row, as far as the range was read; before its first page as in all that was read. */
  #gap({ firstId, after, rows }: OpenRange): number {
    if (firstId !== null && rows > 1) return Number(after - firstId) / (rows - 1);
    return this.#meanGap();
  }

  #meanGap(): number {
    const read = this.#ranges.filter(({ rows }) => rows > 1);
    const ids = sum(read.map(({ firstId, after }) => Number(after - (firstId ?? after))));
    const rows = sum(read.map((range) => range.rows - 1));
    return rows === 0 ? 1 : ids / rows;
  }

  #split(range: OpenRange, rowsLeft: number, parts: number): void {
    const end = range.upTo;
    const points = this.#splitPoints(range, rowsLeft, parts);
    const added = points.map((after, index) =>
      rangeOf({ list: range.list, after, upTo: points[index + 1] ?? end }),
    );
    const [first] = points;
    if (first === undefined) return;
    range.upTo = first;
    this.#ranges.splice(this.#ranges.indexOf(range) + 1, 0, ...added);
    this.#splitsMade += added.length;
  }

  #splitPoints(range: OpenRange, rowsLeft: number, parts: number): bigint[] {
    const known = this.#splits.within(range, parts);
    if (known.length === parts - 1) return known;
    const underWay = range.isReading ? PAGE_SIZE : 0;
    const gap = this.#gap(range);
    const points = Array.from({ length: parts - 1 }, (_, index) => {
      const rows = underWay + (rowsLeft * (index + 1)) / parts;
      return range.after + BigInt(Math.max(1, Math.round(rows * gap)));
    });
    return points.filter((point) => range.upTo === null || point < range.upTo);
  }
}

function rangeOf({ list, after, upTo }: OpenIds): OpenRange {
  return {
    list,
    after,
    upTo,
    handedAfter: after,
    isReading: false,
    isRead: false,
    isHandedOut: false,
    firstId: null,
    rows: 0,
    pages: 0,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
