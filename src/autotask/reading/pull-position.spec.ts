import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PullScope } from '../../ports/psa/psa-session.port.js';
import { type OpenIds, positionText, readPosition } from './pull-position.js';

const ALL: PullScope = { kind: 'all' };
const OF_CONTRACTS: PullScope = { kind: 'ofContracts', contractExternalIds: ['7', '8'] };

describe('a position', () => {
  it('is null when nothing is left', () => {
    expect(positionText(ALL, [])).toBeNull();
  });

  it('names what is left', () => {
    const open = [
      { list: 0, after: -1n, upTo: 500n },
      { list: 0, after: 9007199254740993n, upTo: null },
    ];
    expect(positionText(ALL, open)).toBe('r1:all:0/-500,0/9007199254740993-');
    expect(readPosition('r1:all:0/-500,0/9007199254740993-', ALL, 1)).toEqual(open);
  });

  it('is read back as it was written, whatever is open', () => {
    const bounds = fc.uniqueArray(fc.bigInt(0n, 2n ** 70n), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(bounds, fc.boolean(), (ids, isEndless) => {
        const ends = ids.toSorted((a, b) => (a < b ? -1 : 1));
        const open: OpenIds[] = [];
        for (let place = 0; place + 1 < ends.length; place += 2) {
          const upTo = isEndless && place + 3 >= ends.length ? null : (ends[place + 1] ?? null);
          open.push({ list: 0, after: ends[place] ?? 0n, upTo });
        }
        expect(readPosition(positionText(ALL, open) ?? '', ALL, 1)).toEqual(open);
      }),
    );
  });

  it.each([
    '',
    '12',
    'r0:all:0/-',
    'r1:all',
    'r1:all:',
    'r1:all:0/-;0/5-',
    'r1:all:0/-:x',
    'r1:all:0/x-',
    'r1:all:0/5-5',
    'r1:all:0/9-5',
    'r1:all:1/-',
    'r1:all:0/-7,0/5-',
    'r1:all:0/-,0/5-',
    'r1:changes:0/-',
  ])('is refused when it is %j', (text) => {
    expect(() => readPosition(text, ALL, 1)).toThrow(
      expect.objectContaining({ code: 'psa.position_unreadable' }),
    );
  });

  it('holds for the same contracts only', () => {
    const text = positionText(OF_CONTRACTS, [{ list: 0, after: 5n, upTo: null }]) ?? '';
    expect(readPosition(text, OF_CONTRACTS, 1)).toHaveLength(1);
    const others: PullScope = { kind: 'ofContracts', contractExternalIds: ['7', '9'] };
    expect(() => readPosition(text, others, 1)).toThrow(/another scope/);
  });
});
