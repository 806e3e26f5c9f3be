import { describe, expect, it } from 'vitest';
import { hasVisibilityShrunk } from './visibility.js';

describe('hasVisibilityShrunk', () => {
  it.each([
    [0, 60, true],
    [29, 31, true],
    [30, 30, false],
    [59, 1, false],
    // A reseller with 15 contracts, an instance with 2 currencies.
    [0, 15, true],
    [7, 8, true],
    [0, 2, true],
    [0, 1, true],
    // A small tenant deletes a row or two of a few.
    [1, 2, false],
    [2, 2, false],
    [2, 3, true],
    [0, 0, false],
  ])('of %i seen and %i missing says %s', (seen, missing, expected) => {
    expect(hasVisibilityShrunk({ entity: 'contracts', seen, missing })).toBe(expected);
  });

  it.each([
    [1, false],
    [2, false],
    [3, true],
  ])('of the last %i charges missing says %s', (missing, expected) => {
    expect(hasVisibilityShrunk({ entity: 'contractCharges', seen: 0, missing })).toBe(expected);
  });
});
