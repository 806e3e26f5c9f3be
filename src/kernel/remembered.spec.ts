import { describe, expect, it } from 'vitest';
import { Remembered } from './remembered.js';

describe('remembered values', () => {
  it('are those that were kept, null among them', () => {
    const values = new Remembered<string, number | null>(2);
    expect(values.get('a')).toBeUndefined();
    expect(values.keep('a', 1)).toBe(1);
    expect(values.keep('b', null)).toBeNull();
    expect([values.get('a'), values.get('b')]).toEqual([1, null]);
  });

  it('are never more than allowed', () => {
    const values = new Remembered<number, number>(2);
    for (const key of [1, 2, 3]) values.keep(key, key);
    expect([1, 2, 3].filter((key) => values.get(key) !== undefined)).toEqual([3]);
  });
});
