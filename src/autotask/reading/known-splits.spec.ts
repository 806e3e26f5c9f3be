import { describe, expect, it } from 'vitest';
import { KnownSplits } from './known-splits.js';

const QUARTERS = new KnownSplits([3000n, 1000n, 2000n, 2000n]);

describe('known splits', () => {
  it('tell about how many rows follow what was read', () => {
    expect(QUARTERS.rowsAfter(500n, { firstId: 0n, rows: 500 })).toBeCloseTo(3500);
    expect(QUARTERS.rowsAfter(2500n, { firstId: 2000n, rows: 500 })).toBeCloseTo(1500);
    expect(QUARTERS.rowsAfter(9000n, { firstId: 2000n, rows: 1000 })).toBeCloseTo(1000);
  });

  it('tell nothing where none is known or all lie before what was read', () => {
    expect(new KnownSplits([]).rowsAfter(500n, { firstId: 0n, rows: 500 })).toBeNull();
    expect(QUARTERS.rowsAfter(5000n, { firstId: 4000n, rows: 500 })).toBeNull();
  });

  it('split a range where the rows are', () => {
    expect(QUARTERS.within({ after: 0n, upTo: null }, 2)).toEqual([2000n]);
    expect(QUARTERS.within({ after: 0n, upTo: null }, 4)).toEqual([1000n, 2000n, 3000n]);
    expect(QUARTERS.within({ after: 1000n, upTo: 3000n }, 3)).toEqual([2000n]);
    expect(QUARTERS.within({ after: 3000n, upTo: null }, 3)).toEqual([]);
  });
});
