import type { LedgerChange, LedgerState } from '../../ports/psa/request-ledger.port.js';

/**
 * What the vendor adds to each request from a share of the allowance on (Autotask REST reference, §5). A request of a pull occupies its slot at least
 * so long, counted from its sending: where the vendor took that time already, nothing is added to it.
 */
const PACES: readonly { from: number; ms: number }[] = [
  { from: 0.75, ms: 1_000 },
  { from: 0.5, ms: 500 },
];

/** A slot that the vendor freed late was so by "slightly" (Autotask REST reference, §5); the first guess covers most of it. */
const FIRST_REST_MS = 100;
const MAX_REST_MS = 2_000;
/** A rest that was learned is halved in this time, so that one odd refusal does not slow an instance for ever. */
const REST_HALF_LIFE_MS = 15 * 60_000;
/** Below this it is over. */
const LEAST_REST_MS = 5;

/** The vendor's timers are no more exact than ours; a refusal costs far more than this. */
const REST_SLACK_MS = 20;

/** Without a `Retry-After` the vendor does not say for how long: looked at again soon, then less and less often. */
const FIRST_CLOSING_MS = 1_000;
const MAX_CLOSING_MS = 300_000;

const LEAST_SAMPLE_INTERVAL = 25;
const MOST_SAMPLE_INTERVAL = 200;

/** Least time between sending a pull's request and the next use of its slot, at a used share of the allowance. */
export function paceMs(usedShare: number): number {
  return PACES.find(({ from }) => usedShare >= from)?.ms ?? 0;
}

/** The rest learned from thread-limit refusals, as much as is left of it. */
export function restMsAt({ restMs, restRaisedAt }: LedgerState, at: Date): number {
  if (restRaisedAt === null || restMs === 0) return 0;
  const age = Math.max(0, at.getTime() - restRaisedAt.getTime());
  const left = Math.round(restMs * 0.5 ** (age / REST_HALF_LIFE_MS));
  return left < LEAST_REST_MS ? 0 : left;
}

/** How long a slot really rests where it has to rest so long. */
export function slotRestMs(restMs: number): number {
  return restMs > 0 ? restMs + REST_SLACK_MS : 0;
}

/** The rest after one more thread-limit refusal. */
export function raisedRestMs(restMs: number): number {
  return Math.min(MAX_REST_MS, Math.max(FIRST_REST_MS, restMs * 2));
}

/**
 * How long an instance is left alone after it refused for its allowance; null when it asks for no wait.
 * @param retryAfterSeconds as the vendor gave it, or null
 */
export function closingAfter(
  { closings, closedUntil }: LedgerState,
  at: Date,
  retryAfterSeconds: number | null,
): NonNullable<LedgerChange['closed']> | null {
  // Refusals of requests that were sent before it was closed are part of the same closing.
  const isSame = closedUntil !== null && closedUntil > at;
  if (retryAfterSeconds === 0 || (isSame && retryAfterSeconds === null)) return null;
  const ms =
    retryAfterSeconds === null
      ? Math.min(MAX_CLOSING_MS, FIRST_CLOSING_MS * 2 ** closings)
      : retryAfterSeconds * 1000;
  const until = new Date(Math.max(at.getTime() + ms, isSame ? closedUntil.getTime() : 0));
  return { at, until, closings: Math.min(closings + 1, 20) };
}

/** After how many own calls the PSA's count is asked for again: the less is left, the sooner, but never for every call. */
export function sampleInterval(left: number): number {
  return Math.min(MOST_SAMPLE_INTERVAL, Math.max(LEAST_SAMPLE_INTERVAL, Math.floor(left / 2)));
}
