import { describe, expect, it } from 'vitest';
import { possibleIsolations } from './postgres-isolation.js';

describe('ways of running PostgreSQL', () => {
  it('gives root a user namespace first, and the owner of the directory when it is not root', () => {
    const [first] = possibleIsolations({ platform: 'linux', uid: 0, dataOwner: 0 });
    expect(first?.prefix).toEqual(expect.arrayContaining(['unshare', '--user', 'setpriv', '--pdeathsig']));
    const [owned] = possibleIsolations({ platform: 'linux', uid: 0, dataOwner: 1000 });
    expect(owned).toMatchObject({ owner: 1000 });
    expect(owned?.prefix).toEqual(expect.arrayContaining(['--reuid', '1000', '--pdeathsig']));
  });

  it('falls back to nothing in front for an ordinary user, and uses nothing elsewhere', () => {
    expect(possibleIsolations({ platform: 'linux', uid: 1000, dataOwner: 1000 }).at(-1)?.prefix).toEqual([]);
    expect(possibleIsolations({ platform: 'darwin', uid: 501, dataOwner: 501 })).toEqual([
      { prefix: [], owner: null },
    ]);
  });
});
