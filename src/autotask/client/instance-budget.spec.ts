import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeClock } from '../../../test/support/fakes/fake-clock.js';
import { PsaRateLimitedError } from '../../ports/psa/psa.errors.js';
import type { SessionPurpose } from '../../ports/psa/psa-adapter.port.js';
import type { ApiUsage } from '../../ports/psa/psa-session.port.js';
import type { AutotaskLimitOptions } from '../autotask-options.js';
import { InstanceBudget } from './instance-budget.js';
import { LocalRequestLedger } from './local-request-ledger.js';

const HOUR = 3_600_000;
const OPTIONS: AutotaskLimitOptions = { slotReleaseMs: 0, pullShare: 0.8, pacesPulls: true };

/** The vendor's count of the last 60 minutes: ours and that of others. */
class VendorMeter {
  readonly #instants: number[] = [];
  #first = 0;

  constructor(
    private readonly clock: FakeClock,
    readonly limit = 10_000,
  ) {}

  record(count = 1, at = this.clock.now().getTime()): void {
    for (let n = 0; n < count; n += 1) this.#instants.push(at);
  }

  count(): number {
    const from = this.clock.now().getTime() - HOUR;
    while ((this.#instants[this.#first] ?? Number.POSITIVE_INFINITY) <= from) this.#first += 1;
    return this.#instants.length - this.#first;
  }
}

class Situation {
  readonly clock = new FakeClock();
  readonly ledger = new LocalRequestLedger();
  readonly meter: VendorMeter;
  samples = 0;

  constructor(limit = 10_000) {
    this.meter = new VendorMeter(this.clock, limit);
  }

  budget(options: Partial<AutotaskLimitOptions> = {}): InstanceBudget {
    const budget = new InstanceBudget('autotask/1', this.ledger, this.clock, { ...OPTIONS, ...options });
    onTestFinished(() => budget.close());
    return budget;
  }

  /** One call of a session, as the client makes it. */
  async call(budget: InstanceBudget, callsMade: number, purpose: SessionPurpose = 'pull'): Promise<void> {
    const takeSample = () => this.sample(budget);
    await budget.admit({ purpose, callsMade, takeSample });
    budget.onSending();
    this.meter.record();
    budget.onAnswer();
  }

  async sample(budget: InstanceBudget): Promise<ApiUsage> {
    this.samples += 1;
    budget.onSending();
    this.meter.record();
    const usage = { used: this.meter.count(), limit: this.meter.limit, windowMinutes: 60 };
    await budget.onSample(usage);
    return usage;
  }
}

async function refusalOf(work: Promise<unknown>): Promise<PsaRateLimitedError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof PsaRateLimitedError) return error;
    throw error;
  }
}

const vendorRefusal = (context: Record<string, unknown>, seconds = 30) =>
  new PsaRateLimitedError('no', seconds, { context: { status: 429, retryAfterGiven: false, ...context } });

describe('the budget of an instance', () => {
  it('lets pulls have their share and pushes the rest, and says when a pull can go on', async () => {
    const situation = new Situation(100);
    const budget = situation.budget();
    await situation.sample(budget);
    for (let n = 1; n < 80; n += 1) await situation.call(budget, 0);
    const refused = await refusalOf(situation.call(budget, 0));
    expect(refused).toMatchObject({ context: { budget: 'exhausted', isSent: false } });
    expect(refused?.retryAfterSeconds).toBe(3_610);
    expect(situation.meter.count()).toBe(80);
    for (const purpose of ['push', 'interactive'] as const) await situation.call(budget, 0, purpose);
    situation.clock.advance(3_610_000);
    await situation.call(budget, 0);
  });

  it('never asks for the count in a session of few calls, nor for pushes', async () => {
    const situation = new Situation();
    const budget = situation.budget();
    for (let cycle = 0; cycle < 40; cycle += 1) {
      for (let n = 0; n < 8; n += 1) await situation.call(budget, n);
      situation.clock.advance(60_000);
    }
    for (let n = 0; n < 500; n += 1) await situation.call(budget, n, 'push');
    expect(situation.samples).toBe(0);
  });

  it('asks for the count less often than every hundredth call of a large pull while there is room', async () => {
    const situation = new Situation();
    const budget = situation.budget();
    for (let n = 0; n < 6_000; n += 1) {
      await situation.call(budget, n + situation.samples);
      situation.clock.advance(20);
    }
    expect(situation.samples).toBeGreaterThan(5);
    expect(situation.samples).toBeLessThanOrEqual(60);
  });

  it('stops before the share that others have used up, and looks again in a while', async () => {
    const situation = new Situation();
    const budget = situation.budget();
    situation.meter.record(9_000);
    for (let n = 0; n < 200; n += 1) if ((await refusalOf(situation.call(budget, n))) !== null) break;
    expect(situation.meter.count()).toBeLessThan(9_000 + 210);
    const refused = await refusalOf(situation.call(budget, 0));
    expect(refused?.context['budget']).toBe('exhausted');
    const asked = situation.samples;
    // Parked work that comes too early costs nothing; later it costs one question.
    for (let n = 0; n < 20; n += 1) await refusalOf(situation.call(budget, 0));
    expect(situation.samples).toBe(asked);
    situation.clock.advance(120_000);
    await refusalOf(situation.call(budget, 0));
    expect(situation.samples).toBe(asked + 1);
  });

  it.each([
    ['with a Retry-After', { limit: 'requests', retryAfterGiven: true }, 90, 90],
    ['without one', { limit: 'requests' }, 30, 1],
  ])('closes for everybody when the vendor refuses %s', async (_what, context, given, closedSeconds) => {
    const situation = new Situation();
    const [budget, replica] = [situation.budget(), situation.budget()];
    await situation.call(budget, 0);
    await budget.onRateLimited(vendorRefusal(context, given), situation.clock.now());
    for (const [purpose, word] of [
      ['pull', 'exhausted'],
      ['push', 'closed'],
    ] as const) {
      const refused = await refusalOf(situation.call(replica, 0, purpose));
      expect(refused).toMatchObject({ retryAfterSeconds: closedSeconds, context: { budget: word } });
    }
    expect((await replica.read()).closedUntil).not.toBeNull();
    situation.clock.advance(closedSeconds * 1000);
    await situation.call(replica, 0, 'push');
    expect((await replica.read()).closedUntil).toBeNull();
  });

  it('asks a vendor that refuses without a Retry-After less and less often', async () => {
    const situation = new Situation();
    const budget = situation.budget();
    const waits: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      await budget.onRateLimited(vendorRefusal({ limit: 'requests' }), situation.clock.now());
      const seconds = (await refusalOf(situation.call(budget, 0, 'push')))?.retryAfterSeconds ?? 0;
      waits.push(seconds);
      situation.clock.advance(seconds * 1000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it('does not close for a Retry-After of nothing', async () => {
    const situation = new Situation();
    const budget = situation.budget();
    const refused = vendorRefusal({ limit: 'requests', retryAfterGiven: true }, 0);
    await budget.onRateLimited(refused, situation.clock.now());
    expect(await refusalOf(situation.call(budget, 0, 'push'))).toBeNull();
  });

  it('learns a rest from thread-limit refusals, once for those sent together, for all replicas, and forgets it', async () => {
    const situation = new Situation();
    const [budget, replica] = [situation.budget(), situation.budget()];
    const sentAt = situation.clock.now();
    situation.clock.advance(50);
    for (let n = 0; n < 3; n += 1) await budget.onRateLimited(vendorRefusal({ limit: 'threads' }), sentAt);
    expect(budget.restMs()).toBe(120);
    await replica.read();
    expect(replica.restMs()).toBe(120);
    situation.clock.advance(50);
    await replica.onRateLimited(vendorRefusal({ limit: 'threads' }), situation.clock.now());
    expect(replica.restMs()).toBe(220);
    situation.clock.advance(15 * 60_000);
    expect(replica.restMs()).toBe(120);
    situation.clock.advance(2 * HOUR);
    expect(replica.restMs()).toBe(0);
    expect(situation.budget({ slotReleaseMs: 80 }).restMs()).toBe(100);
  });

  it('sets the pace of pulls from half and three quarters on, of nobody else', async () => {
    const situation = new Situation(100);
    const budget = situation.budget();
    const paces: number[] = [];
    await situation.sample(budget);
    for (let n = 1; n < 80; n += 1) {
      paces.push(budget.paceMs('pull'));
      expect(budget.paceMs('push')).toBe(0);
      await situation.call(budget, 0);
    }
    expect([paces[48], paces[49], paces[73], paces[74]]).toEqual([0, 500, 500, 1_000]);
    expect(situation.budget({ pacesPulls: false }).paceMs('pull')).toBe(0);
  });

  it('goes on by what it knows when the ledger fails, and hands over later what it counted', async () => {
    const situation = new Situation();
    const budget = situation.budget();
    const exchange = vi.spyOn(situation.ledger, 'exchange').mockRejectedValue(new Error('no database'));
    for (let n = 0; n < 5; n += 1) await situation.call(budget, 0);
    expect(budget.view().own).toBe(5);
    exchange.mockRestore();
    expect((await budget.read()).own).toBe(5);
    expect((await situation.budget().read()).own).toBe(5);
  });

  it.each([
    ['alone', 0],
    ['while others send 1,000 an hour', 1_000],
    ['while others send 4,000 an hour', 4_000],
  ])(
    "finishes a pull of more than an hour's budget within 5 %% of the best possible time %s",
    async (_what, perHour) => {
      const CALL_MS = 17;
      const CALLS = 22_000;
      const othersEvery = perHour === 0 ? Number.POSITIVE_INFINITY : HOUR / perHour;

      /** Runs until all calls are made; what a call does when it must not be made is up to `mayCall`. */
      async function run(mayCall: (situation: Situation, budget: InstanceBudget) => Promise<number>) {
        const situation = new Situation();
        const budget = situation.budget();
        const startedAt = situation.clock.now().getTime();
        let nextOther = startedAt - HOUR;
        const catchUp = (): void => {
          for (; nextOther <= situation.clock.now().getTime(); nextOther += othersEvery) {
            situation.meter.record(1, nextOther);
          }
        };
        if (Number.isFinite(othersEvery)) catchUp();
        let most = 0;
        for (let made = 0; made < CALLS;) {
          const waitMs = await mayCall(situation, budget);
          if (waitMs === 0) made += 1;
          situation.clock.advance(waitMs === 0 ? CALL_MS : waitMs);
          if (Number.isFinite(othersEvery)) catchUp();
          most = Math.max(most, situation.meter.count());
        }
        return { ms: situation.clock.now().getTime() - startedAt, most, samples: situation.samples };
      }

      // Whoever sees the vendor's count at every moment.
      const best = await run((situation) => {
        if (situation.meter.count() >= 8_000) return Promise.resolve(100);
        situation.meter.record();
        return Promise.resolve(0);
      });
      let callsMade = 0;
      const ours = await run(async (situation, budget) => {
        const refused = await refusalOf(situation.call(budget, callsMade));
        // A parked run starts a session of its own, some seconds late.
        callsMade = refused === null ? callsMade + 1 : 0;
        return refused === null ? 0 : refused.retryAfterSeconds * 1000 + 3_000;
      });
      expect(ours.ms / best.ms).toBeLessThan(1.05);
      expect(ours.most).toBeLessThan(8_000 + 150);
      expect(ours.samples).toBeLessThan(CALLS * 0.02);
    },
  );
});
