import type { ScryptOptions } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { PasswordHasher } from './password-hash.js';

type Scrypt = (
  password: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
  done: (error: Error | null, key: Buffer) => void,
) => void;

const COST = { logN: 12, r: 8, p: 1 };

/** N of each hash that was computed; time and memory go with it. */
const work: number[] = [];
let newHasher: (cost: typeof COST) => PasswordHasher;

beforeAll(async () => {
  vi.resetModules();
  vi.doMock('node:crypto', async (original) => {
    const crypto = await original<{ scrypt: Scrypt }>();
    const scrypt: Scrypt = (password, salt, length, options, done) => {
      work.push(options.N ?? 0);
      crypto.scrypt(password, salt, length, options, done);
    };
    return { ...crypto, scrypt };
  });
  const counted = await import('./password-hash.js');
  newHasher = (cost) => new counted.PasswordHasher(cost);
});

afterAll(() => {
  vi.doUnmock('node:crypto');
  vi.resetModules();
});

beforeEach(() => {
  work.length = 0;
});

async function workOf(hasher: PasswordHasher, stored: string | null): Promise<number> {
  work.length = 0;
  expect(await hasher.verify('wrong', stored)).toBe(false);
  return work.reduce((sum, part) => sum + part, 0);
}

it('is the same without an account as with one, from the first time on', async () => {
  expect(await workOf(newHasher(COST), null)).toBe(2 ** COST.logN);
  expect(await workOf(newHasher(COST), await newHasher(COST).hash('right'))).toBe(2 ** COST.logN);
});

it('is the same for a hash of a lower cost', async () => {
  const older = await newHasher({ ...COST, logN: 9 }).hash('right');
  expect(await workOf(newHasher(COST), older)).toBe(2 ** COST.logN);
});
