const MINUTE_MS = 60_000;
const FIRST_REST_MS = 15 * MINUTE_MS;
const LONGEST_REST_MS = 24 * 60 * MINUTE_MS;

/**
 * How long a connection rests, in milliseconds, after so many full runs in a row that failed for a reason waiting does not help: each
 * begins anew and reads everything, so one every quarter of an hour would use up the allowance of the instance for nothing.
 */
export function restAfterFullFailures(failures: number): number {
  return Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(Math.max(failures, 1) - 1, 20));
}
