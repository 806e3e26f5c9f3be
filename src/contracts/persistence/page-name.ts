import { DEFAULT_LIMIT } from '../../kernel/page.js';

/** Rows of a page whose size nobody names, and one more. */
const USUAL_ROWS = DEFAULT_LIMIT + 1;

/**
 * The name under which a page without filters is prepared, because planning it takes longer than reading it. Pages of other sizes have none: each
 * would be kept by every connection of the pool.
 * @param after key of the last row seen; undefined for the first page
 */
export function pageName(
  list: string,
  after: readonly string[] | undefined,
  limit: number,
): string | undefined {
  return limit === USUAL_ROWS ? `psa_connector_${list}_${after === undefined ? 'first' : 'next'}` : undefined;
}
