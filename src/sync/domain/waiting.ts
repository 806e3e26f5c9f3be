import { ConnectorError } from '../../kernel/connector-error.js';
import { PsaRateLimitedError } from '../../ports/psa/psa.errors.js';
import type { SyncRun } from './sync-run.js';

/** First wait for a PSA that does not answer; doubled each time nothing was stored in between. */
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 15 * 60;

/**
 * When a run that met this error goes on; null when waiting does not help, or when it has waited for so long without storing
 * anything that the next run had better begin anew.
 * @param chance between 0 and 1; spreads runs that met the same outage
 */
export function resumeAfter(
  error: unknown,
  run: Pick<SyncRun, 'waits' | 'waitingSince'>,
  { now, toleranceMs, chance }: { now: Date; toleranceMs: number; chance: number },
): Date | null {
  const seconds = secondsToWait(error, run.waits, chance);
  if (seconds === null) return null;
  const since = run.waitingSince ?? now;
  if (now.getTime() - since.getTime() >= toleranceMs) return null;
  return new Date(now.getTime() + seconds * 1000);
}

function secondsToWait(error: unknown, waits: number, chance: number): number | null {
  if (error instanceof PsaRateLimitedError) {
    // The PSA, or our own share of its allowance, says when; a spread would only lose time.
    return Math.max(1, error.retryAfterSeconds);
  }
  if (!(error instanceof ConnectorError) || error.category !== 'upstream_unavailable') return null;
  const seconds = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(waits, 20));
  return seconds * (0.8 + 0.4 * chance);
}
