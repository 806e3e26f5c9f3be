import { describe, expect, it } from 'vitest';
import { splitDetails, valueText } from './audit-changes.js';

describe('splitDetails', () => {
  it('separates changed fields from the rest', () => {
    const change = { field: 'alias', before: 'A', after: 'B' };
    expect(splitDetails({ changes: [change], code: 'x' })).toEqual({
      changes: [change],
      rest: { code: 'x' },
    });
  });

  it('keeps details it does not understand', () => {
    expect(splitDetails({ changes: 'three' })).toEqual({ changes: [], rest: { changes: 'three' } });
    expect(splitDetails(null)).toEqual({ changes: [], rest: {} });
  });
});

describe('valueText', () => {
  it('shows text as it is, other values as JSON, and nothing as null', () => {
    expect(valueText('EUR')).toBe('EUR');
    expect(valueText(false)).toBe('false');
    expect(valueText({ a: 1 })).toBe('{\n  "a": 1\n}');
    expect([null, undefined, ''].map(valueText)).toEqual([null, null, null]);
  });
});
