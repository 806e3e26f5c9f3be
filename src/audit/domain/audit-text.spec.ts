import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from './audit-entry.js';
import { entryMatchesText, groupTermsUpTo, termsOfBlock, termsOfSearch } from './audit-text.js';

const ENTRY: AuditEntry = {
  id: '4f7c5f0e-8f3b-4f6e-9a55-0a3b3c1f2d10',
  sequence: '1',
  occurredAt: '2026-03-01T08:15:00.000Z',
  operation: 'Create Connector Connection',
  outcome: 'succeeded',
  actor: { id: 'u-1', name: 'Ada' },
  tenantId: 't-1',
  connectionId: null,
  subject: { type: 'connection', id: null, label: 'Müller & Söhne 50%' },
  details: {
    path: 'C:\\temp',
    said: 'a "quoted" word',
    list: [{ deep: 'Zürich-West' }],
    id: 29_683_664,
    名前: '東京',
  },
  correlationId: 'r-1',
  previousHash: '',
  hash: '',
};

const FOUND = [
  'CONNECTOR',
  'conn',
  'müller & s',
  'söhne',
  '50%',
  '%',
  'C:\\temp',
  'a "quoted" word',
  'zürich-w',
  'west',
  '29683',
  '29683664',
  '東京',
  'deep',
];
const NOT_FOUND = ['onnector', 'ürich', 'est', '9683', 'Create  Connector', 'quoted word', '50_'];

describe('a search for text', () => {
  it.each(FOUND)('finds %s', (text) => expect(entryMatchesText(ENTRY, text)).toBe(true));
  it.each(NOT_FOUND)('does not find %s', (text) => expect(entryMatchesText(ENTRY, text)).toBe(false));

  it.each(FOUND)('is never kept from %s by the index', (text) => {
    const terms = termsOfBlock('t-1', 0, [ENTRY]);
    for (const term of termsOfSearch('t-1', text)) expect(terms).toContain(term);
  });

  it('is kept from what is not there, and from other tenants', () => {
    const terms = termsOfBlock('t-1', 5000, [ENTRY]);
    expect(termsOfSearch('t-1', 'nowhere').some((term) => terms.includes(term))).toBe(false);
    expect(termsOfSearch('t-2', 'connector').some((term) => terms.includes(term))).toBe(false);
  });

  it('has a term for the 4,096 blocks that the release before searches together', () => {
    expect(groupOf('t-1', 5000)).toBe(groupOf('t-1', 4096));
    expect([groupOf('t-1', 4095), groupOf('t-1', 8192), groupOf('t-2', 5000)]).not.toContain(
      groupOf('t-1', 5000),
    );
  });

  it('has no terms where every word is too short', () => {
    expect(termsOfSearch('t-1', 'a %_ bc')).toEqual([]);
  });
});

const groupOf = (tenantId: string, block: number) => termsOfBlock(tenantId, block, []).at(-1);

/** The first and last block of a group. */
function reachOf(term: number): [number, number] {
  const group = term - 2 ** 32;
  const size = 1024 * 8 ** (group % 5);
  const number = Math.floor(group / 5);
  return [number * size, (number + 1) * size - 1];
}

describe('the groups a search goes through', () => {
  it('have every block up to one once, newest first', () => {
    fc.assert(
      fc.property(fc.nat(300_000_000), (block) => {
        let above = (Math.floor(block / 1024) + 1) * 1024;
        for (const [first, last] of groupTermsUpTo(block).map(reachOf)) {
          expect(last).toBe(above - 1);
          above = first;
        }
        expect(above).toBe(0);
      }),
    );
  });

  it('are few, however long the log is', () => {
    expect(groupTermsUpTo(0)).toEqual([2 ** 32]);
    expect(groupTermsUpTo(9000)).toEqual([2 ** 32 + 40, 2 ** 32 + 1]);
    // Ten million and a thousand million entries.
    expect(groupTermsUpTo(312_499)).toHaveLength(12);
    expect(groupTermsUpTo(31_249_999)).toHaveLength(26);
  });
});
