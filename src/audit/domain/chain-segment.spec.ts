import { describe, expect, it } from 'vitest';
import { makeChain } from '../../../test/support/builders/audit-chain.builder.js';
import type { AuditEntry } from './audit-entry.js';
import { linkOf, SegmentCheck, segmentsOf } from './chain-segment.js';

const chain = makeChain('tenant', 6);
const at = (number: number): AuditEntry => chain[number - 1] ?? raise();
const raise = (): never => {
  throw new Error('no such entry');
};

function check(entries: AuditEntry[], signed: { sequence: string; hash: string }[] = []) {
  const segment = new SegmentCheck({ after: '1', through: '4', signed });
  for (const entry of entries) segment.take(linkOf(entry));
  return segment.end();
}

describe('a segment of a chain', () => {
  it('is whole when its entries follow from each other, and says what it hangs on', () => {
    const signed = [{ sequence: '3', hash: at(3).hash }];
    expect(check([at(2), at(3), at(4)], signed)).toEqual({
      isWhole: true,
      previousHash: at(1).hash,
      hash: at(4).hash,
    });
  });

  it.each<[string, AuditEntry[]]>([
    ['its first entry is missing', [at(3), at(4)]],
    ['one in the middle is missing', [at(2), at(4)]],
    ['its last entry is missing', [at(2), at(3)]],
    ['it has no entry', []],
    ['an entry of its place is of another chain', [at(2), makeChain('tenant', 3)[2] ?? raise(), at(4)]],
    ['an entry was changed', [at(2), { ...at(3), outcome: 'failed' }, at(4)]],
    ['a hash was changed', [at(2), at(3), { ...at(4), hash: at(5).hash }]],
    ['a link was changed', [{ ...at(2), previousHash: at(5).hash }, at(3), at(4)]],
  ])('is not whole when %s', (_, entries) => {
    expect(check(entries).isWhole).toBe(false);
  });

  it('is not whole when another hash was signed', () => {
    expect(check([at(2), at(3), at(4)], [{ sequence: '3', hash: at(2).hash }]).isWhole).toBe(false);
  });
});

describe('cutting a chain into segments', () => {
  it('covers every place once, and gives each segment what was signed in it', () => {
    const signed = ['20001', '7', '20000'].map((sequence) => ({ sequence, hash: sequence }));
    const segments = [...segmentsOf('5', '40006', signed)];
    expect(segments.map(({ after, through }) => [after, through])).toEqual([
      ['5', '20005'],
      ['20005', '40005'],
      ['40005', '40006'],
    ]);
    expect(segments.map((segment) => segment.signed.map(({ sequence }) => sequence))).toEqual([
      ['7', '20000', '20001'],
      [],
      [],
    ]);
  });

  it('gives nothing for a chain without a further entry', () => {
    expect([...segmentsOf('5', '5', [])]).toEqual([]);
  });
});
