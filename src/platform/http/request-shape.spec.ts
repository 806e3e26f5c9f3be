import { describe, expect, it } from 'vitest';
import { isTooDeep, MAX_DEPTH, unstorableTexts } from './request-shape.js';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('isTooDeep', () => {
  it('finds what no request needs, however deep it is', () => {
    expect(isTooDeep(nested(MAX_DEPTH))).toBe(false);
    expect(isTooDeep(nested(MAX_DEPTH + 2))).toBe(true);
    expect(isTooDeep(nested(100_000))).toBe(true);
    expect(isTooDeep({ a: { b: [null, 'x', 1] } })).toBe(false);
    expect(isTooDeep(undefined)).toBe(false);
  });
});

describe('unstorableTexts', () => {
  it('points to texts and names with NUL or half a character', () => {
    expect(unstorableTexts({ a: 'x\0', b: ['ok', '\uD800'], 'c/d': { e: '\0' } })).toEqual([
      '/a',
      '/b/1',
      '/c~1d/e',
    ]);
    expect(unstorableTexts({ 'a\0': 1 })).toEqual(['']);
    expect(unstorableTexts('\0')).toEqual(['']);
  });

  it('takes every other text', () => {
    expect(unstorableTexts({ a: '🐴\n\u0001', b: null, c: 1 })).toEqual([]);
    expect(unstorableTexts(Buffer.from('\0'))).toEqual([]);
  });
});
