import { describe, expect, it } from 'vitest';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { newId } from '../../kernel/ids.js';
import { ScheduleTimes } from './schedule-times.js';

const NIGHT = new Date('2026-03-01T00:00:00Z');
const TICK = new Date('2026-03-01T02:40:00Z');
const CONNECTIONS = Array.from({ length: 1_000 }, () => newId());

function times(sync: Partial<PsaConnectorSettings['sync']>, sweepCron = '40 2 * * *'): ScheduleTimes {
  const schedules = { syncCron: '*/15 * * * *', sweepCron } as PsaConnectorSettings['schedules'];
  const spreads = { spreadSeconds: 900, sweepSpreadSeconds: 14_400, ...sync } as PsaConnectorSettings['sync'];
  return new ScheduleTimes({ schedules, sync: spreads });
}

/** Most of the times within any quarter of an hour that begins with one of them. */
function mostInAQuarter(instants: readonly Date[]): number {
  const sorted = instants.map((at) => at.getTime()).toSorted((left, right) => left - right);
  return Math.max(...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 900_000).length));
}

describe('ScheduleTimes', () => {
  it('spreads the sweeps of a fleet over hours, each connection always at its place', () => {
    const fleet = times({});
    const planned = CONNECTIONS.map((id) => fleet.nextSweep(id, NIGHT));
    const latest = TICK.getTime() + 14_400_000;
    expect(planned.filter((at) => at < TICK || at.getTime() >= latest)).toEqual([]);
    // Evenly, a quarter of an hour holds 62 or 63 of them.
    expect(mostInAQuarter(planned)).toBeLessThan(120);
    const [id = ''] = CONNECTIONS;
    const first = fleet.nextSweep(id, NIGHT);
    expect(times({}).nextSweep(id, first).getTime() - first.getTime()).toBe(86_400_000);
  });

  it('keeps the runs of a tick within their own spread', () => {
    const fleet = times({});
    for (const id of CONNECTIONS) {
      const at = fleet.nextRun(id, null, NIGHT);
      expect(at.getTime() - NIGHT.getTime()).toBeGreaterThan(0);
      expect(at.getTime() - NIGHT.getTime()).toBeLessThanOrEqual(900_000);
    }
  });

  it('never spreads sweeps over more than the time between two of them', () => {
    const hourly = times({}, '0 * * * *');
    for (const id of CONNECTIONS.slice(0, 100)) {
      const first = hourly.nextSweep(id, NIGHT);
      expect(first.getTime() - NIGHT.getTime()).toBeLessThanOrEqual(3_600_000);
      expect(hourly.nextSweep(id, first).getTime() - first.getTime()).toBe(3_600_000);
    }
  });

  it('plans anew when either spread was changed', () => {
    const { plannedWith } = times({});
    expect(times({ sweepSpreadSeconds: 3_600 }).plannedWith).not.toBe(plannedWith);
    expect(times({ spreadSeconds: 60 }).plannedWith).not.toBe(plannedWith);
  });
});
