import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fakes/fake-clock.js';
import { resolveSettings } from '../../core/psa-connector.settings.js';
import type { Actor } from '../../ports/host/actor-resolver.port.js';
import { ActorRateLimiter } from './actor-rate-limiter.js';
import { TooManyRequestsError } from './http.errors.js';

function limiterOf(requestsPerMinute: number): { limiter: ActorRateLimiter; clock: FakeClock } {
  const clock = new FakeClock();
  const settings = resolveSettings({ database: { url: 'postgres://x/y' }, http: { requestsPerMinute } });
  return { limiter: new ActorRateLimiter(settings, clock), clock };
}

const actor = (id: string, tenantId = 'a'): Actor => ({
  id,
  name: id,
  tenantId,
  rootTenantId: 'a',
  tier: 'csp',
  permissions: [],
});

describe('ActorRateLimiter', () => {
  it('lets a minute of requests through at once, then refuses and says how long to wait', () => {
    const { limiter, clock } = limiterOf(6);
    for (let count = 0; count < 6; count += 1) limiter.take(actor('one'));
    expect(() => limiter.take(actor('one'))).toThrow(
      expect.objectContaining({
        code: 'request.rate_limited',
        extensions: { retryAfterSeconds: 10 },
      }),
    );
    clock.advance(9_999);
    expect(() => limiter.take(actor('one'))).toThrow(TooManyRequestsError);
    clock.advance(1);
    expect(() => limiter.take(actor('one'))).not.toThrow();
  });

  it('counts every actor for itself, also two of one name in two tenants', () => {
    const { limiter } = limiterOf(1);
    limiter.take(actor('one'));
    expect(() => limiter.take(actor('two'))).not.toThrow();
    expect(() => limiter.take(actor('one', 'b'))).not.toThrow();
    expect(() => limiter.take(actor('one'))).toThrow(TooManyRequestsError);
  });

  it('asks to be told of one refusal of an actor a minute', () => {
    const { limiter, clock } = limiterOf(1);
    limiter.take(actor('one'));
    limiter.take(actor('two'));
    expect([limiter.isToBeTold(actor('one')), limiter.isToBeTold(actor('one'))]).toEqual([true, false]);
    expect(limiter.isToBeTold(actor('two'))).toBe(true);
    clock.advance(59_999);
    expect(limiter.isToBeTold(actor('one'))).toBe(false);
    clock.advance(1);
    limiter.take(actor('one'));
    expect([limiter.isToBeTold(actor('one')), limiter.isToBeTold(actor('one'))]).toEqual([true, false]);
  });

  it('asks for each kind of refusal by itself, also of an actor it never counted or when it is switched off', () => {
    for (const { limiter, clock } of [limiterOf(1), limiterOf(0)]) {
      const ask = () => limiter.isToBeTold(actor('one'), 'beforeUseCase');
      expect([ask(), ask()]).toEqual([true, false]);
      limiter.take(actor('one'));
      expect(ask()).toBe(false);
      expect(limiter.isToBeTold(actor('one'))).toBe(true);
      clock.advance(60_000);
      expect([ask(), ask()]).toEqual([true, false]);
    }
  });

  it('never refuses when it is switched off', () => {
    const { limiter } = limiterOf(0);
    for (let count = 0; count < 1000; count += 1) limiter.take(actor('one'));
    expect(() => limiter.take(actor('one'))).not.toThrow();
  });

  it('keeps counting whoever is busy while it forgets those who are not', () => {
    const { limiter, clock } = limiterOf(2);
    for (let count = 0; count < 10_000; count += 1) limiter.take(actor(`idle-${count}`));
    clock.advance(60_000);
    limiter.take(actor('busy'));
    limiter.take(actor('busy'));
    limiter.take(actor('another'));
    expect(() => limiter.take(actor('busy'))).toThrow(TooManyRequestsError);
  });
});
