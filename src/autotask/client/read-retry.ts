import { setTimeout as delay } from 'node:timers/promises';
import { ExponentialBackoff } from 'cockatiel';
import {
  PsaRateLimitedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import type { AutotaskRetryOptions } from '../autotask-options.js';

/** Back-off never grows beyond this. */
const MAX_BACKOFF_MS = 20_000;
/** A longer wait asked for by the PSA is the caller's to keep: it can park its cursor and free the process. */
const MAX_RETRY_AFTER_SECONDS = 60;

/** Waits, or ends early with the signal's reason. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

/**
 * Runs a read, which may be repeated without harm, until it succeeds, fails for good or the attempts are used up. Only
 * failures that pass are repeated: unreachable, broken answer, slow-down. Rejected credentials never are, because
 * repeated failures lock the API user (Autotask REST reference, §1.4).
 * @throws what the last attempt raised; the signal's reason when aborted, also during a wait
 */
export async function retryRead<T>(
  read: () => Promise<T>,
  options: AutotaskRetryOptions,
  signal?: AbortSignal,
  wait: Wait = waitFor,
): Promise<T> {
  let backoff = new ExponentialBackoff({
    initialDelay: options.baseDelayMs,
    maxDelay: MAX_BACKOFF_MS,
  }).next();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const waitMs = attempt < options.attempts ? waitBeforeRetry(error, backoff.duration) : null;
      if (waitMs === null) throw error;
      await wait(waitMs, signal);
      backoff = backoff.next(undefined);
    }
  }
}

/** Milliseconds until the next attempt; null when there must be none. */
function waitBeforeRetry(error: unknown, backoffMs: number): number | null {
  if (error instanceof PsaRateLimitedError) {
    // Without a Retry-After it is the thread limit as a rule, which is over as soon as another request has finished.
    if (error.context['retryAfterGiven'] !== true) return backoffMs;
    if (error.retryAfterSeconds > MAX_RETRY_AFTER_SECONDS) return null;
    return Math.max(backoffMs, error.retryAfterSeconds * 1000);
  }
  return error instanceof PsaUnreachableError || error instanceof PsaUnexpectedAnswerError ? backoffMs : null;
}

async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
