import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, toPage } from './page.js';

describe('pages', () => {
  it('gives back the key it packed', () => {
    expect(decodeCursor(encodeCursor(['Ünï', '7']), 2)).toEqual(['Ünï', '7']);
  });

  it.each(['', 'x', '%%%', encodeCursor(['only one']), Buffer.from('{"a":1}').toString('base64url')])(
    'knows that %j is no cursor of two parts',
    (text) => {
      expect(decodeCursor(text, 2)).toBeUndefined();
    },
  );

  it('has a next page only when a row more than the limit was read', () => {
    expect(toPage(['a', 'b', 'c'], 2, (row) => [row])).toEqual({
      items: ['a', 'b'],
      nextCursor: encodeCursor(['b']),
    });
    expect(toPage(['a', 'b'], 2, (row) => [row])).toEqual({ items: ['a', 'b'], nextCursor: null });
    expect(toPage([], 2, () => [])).toEqual({ items: [], nextCursor: null });
  });
});
