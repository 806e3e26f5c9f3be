import { DEFAULT_LIMIT } from '../../kernel/page.js';

/** Rows of a page whose size nobody names, and one more. */
const USUAL_ROWS = DEFAULT_LIMIT + 1;

/**
 * Whether a page without filters is worth preparing, because planning it takes longer than reading it. Pages of other sizes are not: each size
 * would be kept by every connection of the pool.
 */
export function isUsualPage(limit: number): boolean {
  return limit === USUAL_ROWS;
}
