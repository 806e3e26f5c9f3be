import { describe, expect, it } from 'vitest';
import { hasVisibilityShrunk } from './visibility.js';

describe('hasVisibilityShrunk', () => {
  it.each([
    [0, 60, true],
    [29, 31, true],
    [30, 30, false],
    [59, 1, false],
    [0, 19, false],
    [0, 0, false],
  ])('of %i seen and %i missing says %s', (seen, missing, expected) => {
    expect(hasVisibilityShrunk({ seen, missing })).toBe(expected);
  });
});
