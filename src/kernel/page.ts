/** Rows of a page whose size nobody names. */
export const DEFAULT_LIMIT = 50;

/** One page of a list; `nextCursor` is null on the last page. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface PageRequest {
  /** 1 to 200. */
  limit: number;
  /** What an earlier page gave as `nextCursor`; opaque to callers. */
  cursor?: string | undefined;
}

/** Packs the sort key of the last row of a page into an opaque cursor. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
}

/** Unpacks a cursor; undefined when the text is not one of ours with `length` parts. */
export function decodeCursor(cursor: string, length: number): string[] | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const fits =
      Array.isArray(key) &&
      key.length === length &&
      key.every((part): part is string => typeof part === 'string');
    return fits ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a page from rows read with `limit + 1`, so that a further page is known without counting. */
export function toPage<T>(rows: T[], limit: number, keyOf: (row: T) => readonly string[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
