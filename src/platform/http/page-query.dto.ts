import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { decodeCursor, DEFAULT_LIMIT } from '../../kernel/page.js';
import { InvalidRequestError } from './http.errors.js';

export const MAX_LIMIT = 200;

/** Query of every list. */
export class PageQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number from 1 to 200' })
  @Min(1, { message: 'limit must be a whole number from 1 to 200' })
  @Max(MAX_LIMIT, { message: 'limit must be a whole number from 1 to 200' })
  limit: number = DEFAULT_LIMIT;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;
}

/**
 * The sort key a cursor holds, or undefined for the first page.
 * @param parts the form of each part, so that a forged cursor is refused before it reaches the database
 * @throws InvalidRequestError when the cursor is not one that a list of this kind gave.
 */
export function cursorKey(cursor: string | undefined, parts: readonly RegExp[]): string[] | undefined {
  if (cursor === undefined) return undefined;
  const key = decodeCursor(cursor, parts.length);
  if (key === undefined || !parts.every((form, index) => form.test(key[index] ?? ''))) {
    throw new InvalidRequestError([
      { pointer: '/cursor', detail: 'must be a nextCursor that this list gave' },
    ]);
  }
  return key;
}

/** Forms of cursor parts. */
export const UUID_PART = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const INSTANT_PART = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
