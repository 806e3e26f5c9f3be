import { describe, expect, it } from 'vitest';
import type { MappingRow } from '../../api/mapping-rows.js';
import type { MappingCalls } from '../../api/mappings.js';
import { acceptBest, mapRow, restoreRow, unmapped } from './mapping-changes.js';
import { rowAfterKey } from './mapping-grid.js';
import { filtersFrom, queryOf } from './use-mapping-filters.js';

const OFFER = {
  productId: 'P',
  skuId: '1',
  segment: 'commercial',
  term: 'P1M',
  billingCycle: 'monthly',
  name: 'Seats',
} as const;

function row(key: string, changes: Partial<MappingRow> = {}): MappingRow {
  return {
    key,
    name: key,
    note: '',
    state: 'unmapped',
    targetId: null,
    targetName: null,
    reason: null,
    syncState: null,
    removeBy: key,
    offer: null,
    ...changes,
  };
}

const unused = () => Promise.reject(new Error('not asked for here'));

/** Answers as the API does, and notes what was asked. */
function calls(refused: readonly string[] = []): MappingCalls & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    list: unused,
    suggest: unused,
    findTargets: unused,
    exportCsv: unused,
    importCsv: unused,
    put: async (from, targetId) => {
      asked.push(`put ${from.key} ${targetId} from ${from.state}`);
      return { ...from, state: 'mapped', targetId, removeBy: `mapping of ${from.key}` };
    },
    exclude: async (from, reason) => {
      asked.push(`exclude ${from.key} ${reason}`);
      return { ...from, state: 'excluded', reason };
    },
    remove: async (from) => {
      asked.push(`remove ${from.removeBy}`);
    },
    accept: async (wanted) => {
      asked.push(`accept ${wanted.length}`);
      return wanted.map(({ row: { key } }) => ({
        key,
        outcome: refused.includes(key) ? 'refused' : 'accepted',
        code: refused.includes(key) ? 'mapping.company_taken' : null,
        detail: null,
      }));
    },
  };
}

const candidate = { id: '7', name: 'Seven', score: 0.9, reasons: [] };

describe('mapRow', () => {
  it('moves what moves freely, and takes an offer off its service first', async () => {
    const mapped = row('one', { state: 'mapped', targetId: '3' });
    const free = calls();
    await mapRow(free, mapped, '4', true);
    expect(free.asked).toEqual(['put one 4 from mapped']);
    const offers = calls();
    await mapRow(offers, { ...mapped, offer: OFFER, removeBy: 'm-1' }, '4', false);
    expect(offers.asked).toEqual(['remove m-1', 'put one 4 from unmapped']);
  });
});

describe('restoreRow', () => {
  it('brings back each state', async () => {
    const now = row('one', { state: 'mapped', targetId: '9' });
    const api = calls();
    await restoreRow(api, row('one'), now, true);
    await restoreRow(api, row('one', { state: 'excluded', reason: 'own use' }), now, true);
    await restoreRow(api, row('one', { state: 'mapped', targetId: '3' }), now, true);
    expect(api.asked).toEqual(['remove one', 'exclude one own use', 'put one 3 from mapped']);
  });
});

describe('unmapped', () => {
  it('forgets the id of an offer’s mapping, but not what removes the others', () => {
    expect(unmapped(row('one', { state: 'mapped' })).removeBy).toBe('one');
    expect(unmapped(row('one', { offer: OFFER, removeBy: 'm-1' })).removeBy).toBeNull();
  });
});

describe('acceptBest', () => {
  it('asks in sets of 500 and keeps what was refused apart', async () => {
    const api = calls(['row 3']);
    const wanted = Array.from({ length: 501 }, (_, index) => ({ row: row(`row ${index}`), candidate }));
    const { outcomes, mapped } = await acceptBest(api, wanted);
    expect(api.asked).toEqual(['accept 500', 'accept 1']);
    expect(outcomes).toHaveLength(501);
    expect(mapped).toHaveLength(500);
    expect(mapped[0]?.now).toMatchObject({ state: 'mapped', targetId: '7', targetName: 'Seven' });
    expect(mapped.map(({ now }) => now.key)).not.toContain('row 3');
  });
});

describe('rowAfterKey', () => {
  it.each([
    ['ArrowDown', 0, 5, 1],
    ['ArrowDown', 4, 5, 4],
    ['ArrowUp', 0, 5, 0],
    ['PageDown', 0, 30, 10],
    ['PageUp', 5, 30, 0],
    ['End', 0, 30, 29],
    ['Home', 7, 30, 0],
    ['End', 0, 0, 0],
    ['a', 3, 5, null],
  ])('%s from %i of %i', (key, index, count, target) => {
    expect(rowAfterKey(key, index, count)).toBe(target);
  });
});

describe('the filters in the address', () => {
  it.each([
    ['', { state: 'unmapped', search: '' }],
    ['state=mapped&search=dental', { state: 'mapped', search: 'dental' }],
    ['state=all', { state: null, search: '' }],
  ] as const)('%s', (query, filters) => {
    expect(filtersFrom(new URLSearchParams(query))).toEqual(filters);
    expect(queryOf(filters).toString()).toBe(query);
  });
});
