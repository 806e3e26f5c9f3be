import { describe, expect, it } from 'vitest';
import { PsaCredentialsRejectedError } from '../../ports/psa/psa.errors.js';
import { ZoneAddress } from './zone-address.js';

const OLD = 'https://webservices2.autotask.net/ATServicesRest/';
const NEW = 'https://webservices19.autotask.net/ATServicesRest/';
const rejection = (reason = 'unspecified') =>
  new PsaCredentialsRejectedError('no', { context: { status: 401, reason } });

function zoneThatFinds(answer: () => Promise<string | null>) {
  const state = { searches: 0 };
  const zone = new ZoneAddress(OLD, () => {
    state.searches += 1;
    return answer();
  });
  return { state, zone };
}

describe('the zone of a client', () => {
  it('is another one after a rejection when discovery says so', async () => {
    const { zone } = zoneThatFinds(() => Promise.resolve(NEW));
    expect(await zone.hasMovedAfter(rejection(), OLD)).toBe(true);
    expect(await zone.current()).toBe(NEW);
  });

  it.each<[string, () => Promise<string | null>]>([
    ['names the same zone', () => Promise.resolve(OLD)],
    ['knows no zone', () => Promise.resolve(null)],
    ['fails', () => Promise.reject(new Error('down'))],
  ])('refuses everything after a rejection when discovery %s', async (_what, answer) => {
    const { zone } = zoneThatFinds(answer);
    const error = rejection();
    expect(await zone.hasMovedAfter(error, OLD)).toBe(false);
    await expect(zone.current()).rejects.toBe(error);
  });

  it('is asked for once, however many requests were rejected', async () => {
    const { state, zone } = zoneThatFinds(() => Promise.resolve(NEW));
    const moved = await Promise.all([1, 2, 3].map(() => zone.hasMovedAfter(rejection(), OLD)));
    expect(moved).toEqual([true, true, true]);
    expect(state.searches).toBe(1);
  });

  it('is not asked for again when the new zone rejects too', async () => {
    const { state, zone } = zoneThatFinds(() => Promise.resolve(NEW));
    await zone.hasMovedAfter(rejection(), OLD);
    const error = rejection();
    expect(await zone.hasMovedAfter(error, NEW)).toBe(false);
    await expect(zone.current()).rejects.toBe(error);
    expect(state.searches).toBe(1);
  });

  it.each(['integration_code', 'user_locked'])(
    'is not asked for when the rejection is about the %s',
    async (reason) => {
      const { state, zone } = zoneThatFinds(() => Promise.resolve(NEW));
      expect(await zone.hasMovedAfter(rejection(reason), OLD)).toBe(false);
      expect(state.searches).toBe(0);
    },
  );

  it('makes requests wait while it is looked for', async () => {
    const found = Promise.withResolvers<string | null>();
    const { zone } = zoneThatFinds(() => found.promise);
    const asking = zone.hasMovedAfter(rejection(), OLD);
    const next = zone.current();
    found.resolve(NEW);
    expect(await next).toBe(NEW);
    expect(await asking).toBe(true);
  });

  it('stays where nothing can look for another', async () => {
    const zone = new ZoneAddress(OLD);
    expect(await zone.hasMovedAfter(rejection(), OLD)).toBe(false);
  });
});
