import { decodeCursor, encodeCursor, type Page, type PageRequest } from '../../kernel/page.js';

/** Rows read at once while looking for those that are wanted. */
const SCAN_SIZE = 200;

/** Pages looked through for one answer; an answer may be shorter than asked for, and its cursor goes on from there. */
const MAX_PAGES = 50;

export interface Scan<Row> {
  /** The next page of everything; its cursor is the source's own. */
  read(page: PageRequest): Promise<Page<Row>>;
  isWanted(row: Row): boolean;
  keyOf(row: Row): string;
  /** Whether `isWanted` keeps every row, so that no more need be read than was asked for. */
  keepsAll: boolean;
}

/**
 * One page of the rows that are wanted, where the source cannot tell which those are. The cursor holds the source's cursor of the page
 * it stopped in, and the key of the last row given of it.
 */
export async function scanPages<Row>({ limit, cursor }: PageRequest, scan: Scan<Row>): Promise<Page<Row>> {
  const size = scan.keepsAll ? limit : SCAN_SIZE;
  const [start = '', lastKey = ''] = (cursor === undefined ? undefined : decodeCursor(cursor, 2)) ?? [];
  let from: string | undefined = start === '' ? undefined : start;
  let after = lastKey;
  const items: Row[] = [];
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: Page<Row> = await scan.read({ limit: size, cursor: from });
    // A key that is gone starts its page again: a row may be seen twice, but none is missed.
    const rest = page.items.slice(page.items.findIndex((row) => scan.keyOf(row) === after) + 1);
    for (const [index, row] of rest.entries()) {
      if (!scan.isWanted(row)) continue;
      items.push(row);
      const isPageDone = index === rest.length - 1;
      if (items.length < limit) continue;
      if (!isPageDone) return { items, nextCursor: encodeCursor([from ?? '', scan.keyOf(row)]) };
      return { items, nextCursor: page.nextCursor === null ? null : encodeCursor([page.nextCursor, '']) };
    }
    if (page.nextCursor === null) return { items, nextCursor: null };
    from = page.nextCursor;
    after = '';
  }
  return { items, nextCursor: encodeCursor([from ?? '', '']) };
}
