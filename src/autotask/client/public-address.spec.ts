import type { LookupAddress, LookupOptions } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, publicLookup, type ResolveAll } from './public-address.js';

describe('a public address', () => {
  it.each(['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'is %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'ff02::1',
  ])('is not %s', (address) => expect(isPublicAddress(address)).toBe(false));
});

const resolving =
  (...addresses: LookupAddress[]): ResolveAll =>
  (_name, _options, done) =>
    done(null, addresses);

function lookUp(resolveAll: ResolveAll, options: LookupOptions = { all: true }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    publicLookup(resolveAll)('psa.example', options, (error, address) =>
      error === null ? resolve(address) : reject(error),
    );
  });
}

const PUBLIC = { address: '8.8.8.8', family: 4 };
const PRIVATE = { address: '10.0.0.5', family: 4 };

describe('the look-up for public hosts', () => {
  it('gives every address, or the first where one is asked for', async () => {
    const other = { address: '2606:4700::1111', family: 6 };
    expect(await lookUp(resolving(PUBLIC, other))).toEqual([PUBLIC, other]);
    expect(await lookUp(resolving(PUBLIC, other), {})).toBe('8.8.8.8');
  });

  it.each([[[PRIVATE]], [[PUBLIC, PRIVATE]], [[]]])(
    'refuses a name that resolves to %j',
    async (addresses) => {
      await expect(lookUp(resolving(...addresses))).rejects.toMatchObject({
        code: 'psa.host_not_allowed',
        context: { host: 'psa.example' },
      });
    },
  );

  it('hands on that a name is unknown', async () => {
    const unknown = Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
    await expect(lookUp((_name, _options, done) => done(unknown, []))).rejects.toBe(unknown);
  });
});
