import { describe, expect, it } from 'vitest';
import { MasterKeyRotation } from './master-key-rotation.service.js';

const append = () => Promise.resolve();
const run = (work: (tx: unknown) => Promise<unknown>) => work(null);

/** Credentials by owner; `true` stands for the current key. */
function rotationOf(rows: Map<string, boolean>, connections: ReadonlySet<string>, onMove?: () => void) {
  const vault = {
    currentKeyId: () => Promise.resolve('new'),
    ownersToRewrap: (after = '') =>
      Promise.resolve([...rows].flatMap(([id, isCurrent]) => (isCurrent || id <= after ? [] : [id]))),
    rewrap: () => Promise.resolve({ before: { masterKeyId: 'old' }, after: { masterKeyId: 'new' } }),
    putRewrapped: (_tx: unknown, id: string) => {
      rows.set(id, true);
      onMove?.();
      return Promise.resolve(true);
    },
  };
  const find = (id: string) => Promise.resolve(connections.has(id) ? { id, alias: id, tenantId: 't' } : null);
  return new MasterKeyRotation(vault as never, { find } as never, { append } as never, { run } as never);
}

describe('MasterKeyRotation', () => {
  it('goes back for what is stored under the earlier key behind it', async () => {
    const rows = new Map([['b', false]]);
    const rotation = rotationOf(rows, new Set(['a', 'b']), () => {
      if (!rows.has('a')) rows.set('a', false);
    });
    expect(await rotation.run()).toEqual({ masterKeyId: 'new', moved: 2, unreadable: [], left: 0 });
    expect([...rows.values()]).toEqual([true, true]);
  });

  it('counts what it could not move, and ends', async () => {
    const rotation = rotationOf(
      new Map([
        ['a', false],
        ['b', false],
      ]),
      new Set(['a']),
    );
    expect(await rotation.run()).toMatchObject({ moved: 1, left: 1 });
  });
});
