import { describe, expect, it } from 'vitest';
import { PASSWORD_COST, PasswordHasher } from './password-hash.js';

/** Far cheaper than in use, so that the spec is quick. */
const CHEAP = { logN: 10, r: 8, p: 1 };

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher(CHEAP);

  it('recognises the password it hashed, and no other', async () => {
    const stored = await hasher.hash('correct horse battery');
    expect(stored).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await hasher.verify('correct horse battery', stored)).toBe(true);
    expect(await hasher.verify('correct horse batterz', stored)).toBe(false);
    expect(await hasher.verify('', stored)).toBe(false);
  });

  it('gives the same password another hash each time', async () => {
    expect(await hasher.hash('twice')).not.toBe(await hasher.hash('twice'));
  });

  it('takes letters for the same however they are composed', async () => {
    const stored = await hasher.hash('caf\u00E9 in the morning');
    expect(await hasher.verify('cafe\u0301 in the morning', stored)).toBe(true);
  });

  it.each([
    ['letters', 'a'.repeat(127)],
    ['letters of several bytes', 'é'.repeat(127)],
    ['pictures', '🐴'.repeat(127)],
  ])('looks at the whole of 128 %s', async (_, most) => {
    const stored = await hasher.hash(`${most}y`);
    expect(await hasher.verify(`${most}y`, stored)).toBe(true);
    for (const other of [`${most}x`, most, `${most}yy`]) {
      expect(await hasher.verify(other, stored)).toBe(false);
    }
  });

  it('says no where there is no account', async () => {
    expect(await hasher.verify('anything', null)).toBe(false);
  });

  it('verifies what was hashed at another cost, and says that it is outdated', async () => {
    const dearer = new PasswordHasher({ logN: 11, r: 8, p: 1 });
    const stored = await hasher.hash('kept from before');
    expect(await dearer.verify('kept from before', stored)).toBe(true);
    expect(dearer.isOutdated(stored)).toBe(true);
    expect(hasher.isOutdated(stored)).toBe(false);
  });

  it('answers many at once', async () => {
    const stored = await hasher.hash('the same');
    const answers = await Promise.all(Array.from({ length: 12 }, () => hasher.verify('the same', stored)));
    expect(new Set(answers)).toEqual(new Set([true]));
  });

  it('refuses to read a hash of unknown form', async () => {
    await expect(hasher.verify('x', 'plain')).rejects.toThrow('unknown form');
  });

  it('costs what OWASP asks for', () => {
    expect(PASSWORD_COST).toEqual({ logN: 17, r: 8, p: 1 });
  });
});
