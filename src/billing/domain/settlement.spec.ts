import { describe, expect, it } from 'vitest';
import { settlementVersion } from './settlement.js';

function versionWith(change: { state?: string; version?: number; attempts?: number }): string {
  return settlementVersion([
    { id: 'one', state: 'pending', version: 1, attempts: 0, ...change },
    { id: 'two', state: 'applied', version: 1, attempts: 1 },
  ]);
}

describe('the version of what amounts are settled by', () => {
  it('stays while what was sent goes on its way', () => {
    const sent = versionWith({ state: 'sending', attempts: 1 });
    expect(versionWith({ state: 'verifying', attempts: 1 })).toBe(sent);
    expect(versionWith({ state: 'pending', attempts: 1 })).toBe(sent);
    expect(versionWith({ state: 'sending', attempts: 2 })).toBe(sent);
    expect(versionWith({ state: 'applied', attempts: 2 })).toBe(sent);
  });

  it.each([
    { state: 'sending', attempts: 1 },
    { state: 'failed', attempts: 1 },
    { state: 'dismissed' },
    { version: 2 },
  ])('is another one once an operation that was not sent is %o', (change) => {
    expect(versionWith(change)).not.toBe(versionWith({}));
  });

  it('tells what failed, and what was given up, from what was sent', () => {
    const versions = ['applied', 'failed', 'dismissed'].map((state) => versionWith({ state, attempts: 1 }));
    expect(new Set(versions).size).toBe(3);
  });
});
