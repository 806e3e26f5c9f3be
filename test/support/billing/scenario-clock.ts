import type { Clock } from '../../../src/index.js';

/** A day in the middle of a billing period, in no leap year and far from a month's end. */
export const NOW = new Date('2026-11-25T09:00:00Z');

let startedAt = Date.now();
const DAY_MS = 86_400_000;
let aheadMs = 0;

/** Before each test file: those of a worker share this module. */
export function startScenarioTime(): void {
  startedAt = Date.now();
  aheadMs = 0;
}

/** The time of the connector and of the vendor: it starts at `NOW` and runs as fast as any. */
export function scenarioTime(): Date {
  return new Date(NOW.getTime() + aheadMs + Date.now() - startedAt);
}

export class ScenarioClock implements Clock {
  now(): Date {
    return scenarioTime();
  }
}

/** For the connector and the vendor; there is no way back within a test file. */
export function letDaysPass(days: number): void {
  letTimePass(days * DAY_MS);
}

/** As `letDaysPass`. */
export function letTimePass(milliseconds: number): void {
  aheadMs += milliseconds;
}
