import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { USAGE_SPAN_MS, type UsageSpan } from '../../ports/psa/request-ledger.port.js';
import { countAt, othersFromSample, roomFrom, spanOf, usageAt, withAdded } from './usage-window.js';

const HOUR = 3_600_000;
const START = Date.parse('2026-05-04T12:00:00.000Z');

/** Instants within the two hours around which the tests look. */
const instants = fc.array(fc.integer({ min: START - HOUR, max: START + HOUR }), { maxLength: 300 });

function bySpan(sent: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const instant of sent) counts.set(spanOf(instant), (counts.get(spanOf(instant)) ?? 0) + 1);
  return counts;
}

function known(own: readonly number[], others: readonly number[] = []) {
  const usage: UsageSpan[] = withAdded(withAdded([], bySpan(own), 'own'), bySpan(others), 'others');
  return { windowMinutes: 60, usage, sampledAt: null as Date | null };
}

/** What the vendor counts: requests of the last 60 minutes. */
const vendorCount = (at: readonly number[], now: number) =>
  at.filter((instant) => instant > now - HOUR && instant <= now).length;

describe('the rolling window', () => {
  it('never counts fewer requests than the vendor, nor more than those of one further span', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 2 * HOUR }), (sent, later) => {
        const now = START + HOUR + later;
        const { own } = usageAt(known(sent), now);
        expect(own).toBeGreaterThanOrEqual(vendorCount(sent, now));
        expect(own).toBeLessThanOrEqual(
          sent.filter((instant) => instant > now - HOUR - USAGE_SPAN_MS && instant <= now).length,
        );
      }),
    );
  });

  it('counts what is not handed over yet in the same way', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 2 * HOUR }), (sent, later) => {
        const state = known(sent);
        const counts = new Map(state.usage.map(({ startsAt, own }) => [startsAt, own]));
        expect(countAt(counts, state, START + later)).toBe(usageAt(state, START + later).own);
      }),
    );
  });

  it('agrees with the vendor about everybody after a sample, whatever it thought before', () => {
    fc.assert(
      fc.property(instants, instants, instants, fc.boolean(), (own, thought, real, wasSampled) => {
        const now = START + HOUR;
        const state = known(own, thought);
        if (wasSampled) state.sampledAt = new Date(START);
        const used = usageAt(state, now).own + vendorCount(real, now);
        const changes = othersFromSample(state, used, now);
        const usage = withAdded(state.usage, changes, 'others');
        expect(usageAt({ ...state, usage }, now).total).toBe(used);
        expect(usage.every(({ others }) => others >= 0)).toBe(true);
        // Nothing is put where it would already have been seen.
        const added = [...changes].filter(([, count]) => count > 0).map(([startsAt]) => startsAt);
        expect(Math.min(now, ...added)).toBeGreaterThan(now - HOUR - USAGE_SPAN_MS);
      }),
    );
  });

  it('takes a count of the vendor that is below our own as: others sent nothing', () => {
    const state = known([START, START + 1], [START]);
    const changes = othersFromSample(state, 1, START + 2);
    expect(usageAt({ ...state, usage: withAdded(state.usage, changes, 'others') }, START + 2)).toEqual({
      own: 2,
      others: 0,
      total: 2,
    });
  });

  it('tells the first moment at which there is room for a number of requests', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 50, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (sent, ceiling, wanted) => {
          const state = known(sent);
          const from = START + HOUR;
          const at = roomFrom(state, ceiling, wanted, from);
          if (at === null) throw new Error('There is room once everything has left');
          const room = (when: number) => ceiling - usageAt(state, when).total;
          expect(room(at)).toBeGreaterThanOrEqual(wanted);
          expect(at === from || room(at - 1) < wanted).toBe(true);
        },
      ),
    );
  });

  it('expects others to go on as they did', () => {
    // We used 5,000 at 12:00; others send 30 a minute, 1,800 an hour.
    const own = Array.from({ length: 5_000 }, () => START);
    const others = Array.from({ length: 1_800 }, (_, n) => START + n * 2_000);
    const state = known(own, others);
    const at = roomFrom(state, 6_800, 200, START + HOUR - 60_000) ?? 0;
    expect(at).toBe(START + USAGE_SPAN_MS + HOUR);
    const steady = known([], others);
    expect(roomFrom(steady, 1_800, 200, START + HOUR - 1)).toBeNull();
  });
});
