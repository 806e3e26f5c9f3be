import { cursorKey } from '../../platform/http/page-query.dto.js';

const TEXT_PART = /^[^\0]*$/;

/** Cursors of lists of mappings have two parts. @throws InvalidRequestError for another cursor */
export function demandListCursor(cursor: string | undefined): void {
  cursorKey(cursor, [TEXT_PART, TEXT_PART]);
}
