import { AsyncLocalStorage } from 'node:async_hooks';
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
/** A PSA that hangs takes the whole time of a request each time: whoever can park its work had better do so. */
const MAX_TIMEOUTS = 2;
/** A longer wait asked for by the PSA is the caller's to keep: it can park its cursor and free the process. */
const MAX_RETRY_AFTER_SECONDS = 60;

/** How often the work under way was tried before; told this way because attempts know nothing of each other. */
const earlierAttempts = new AsyncLocalStorage<number>();

/** How often the request under way was sent before by `retryRead` or `retryWrite`. */
export function resendCount(): number {
  return earlierAttempts.getStore() ?? 0;
}

/** Waits, or ends early with the signal's reason. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

/**
 * Runs a read, which may be repeated without harm, until it succeeds, fails for good or the attempts are used up. Only
 * failures that pass are repeated: unreachable, broken answer, slow-down. Rejected credentials never are, because
 * repeated failures lock the API user (Autotask REST reference, §1.4).
 * @throws what the last attempt raised; the signal's reason when aborted, also during a wait
 */
export function retryRead<T>(
  read: () => Promise<T>,
  options: AutotaskRetryOptions,
  signal?: AbortSignal,
  wait: Wait = waitFor,
): Promise<T> {
  return repeat(read, isPassing, options, signal, wait);
}

/**
 * Runs a write until it succeeds, fails or the attempts are used up. Only what certainly was not carried out and passes is
 * repeated: no connection came about, slow-down. There is no idempotency key (Autotask REST reference, §3): anything less
 * certain could be done twice.
 * @throws what the last attempt raised; the signal's reason when aborted before sending, also during a wait
 */
export function retryWrite<T>(
  write: () => Promise<T>,
  options: AutotaskRetryOptions,
  signal?: AbortSignal,
  wait: Wait = waitFor,
): Promise<T> {
  return repeat(write, hasNotBeenSent, options, signal, wait);
}

async function repeat<T>(
  work: () => Promise<T>,
  isRepeatable: (error: unknown) => boolean,
  options: AutotaskRetryOptions,
  signal: AbortSignal | undefined,
  wait: Wait,
): Promise<T> {
  let backoff = new ExponentialBackoff({
    initialDelay: options.baseDelayMs,
    maxDelay: MAX_BACKOFF_MS,
  }).next();
  let timeOuts = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await earlierAttempts.run(attempt - 1, work);
    } catch (error) {
      if (isTimeOut(error)) timeOuts += 1;
      const isLast = attempt >= options.attempts || timeOuts >= MAX_TIMEOUTS;
      const waitMs = isLast ? null : waitBeforeRetry(error, isRepeatable, backoff.duration);
      if (waitMs === null) throw error;
      await wait(waitMs, signal);
      backoff = backoff.next(undefined);
    }
  }
}

/** Milliseconds until the next attempt; null when there must be none. */
function waitBeforeRetry(
  error: unknown,
  isRepeatable: (error: unknown) => boolean,
  backoffMs: number,
): number | null {
  if (error instanceof PsaRateLimitedError) {
    // The allowance is used up for now; the caller can park its work, which no short wait here would help.
    if (error.context['budget'] === 'exhausted') return null;
    // Without a Retry-After it is the thread limit as a rule, which is over as soon as another request has finished.
    if (error.context['retryAfterGiven'] !== true) return backoffMs;
    if (error.retryAfterSeconds > MAX_RETRY_AFTER_SECONDS) return null;
    return Math.max(backoffMs, error.retryAfterSeconds * 1000);
  }
  return isRepeatable(error) && !isCircuitOpen(error) ? backoffMs : null;
}

/** Whether a request, body included, took longer than it may. */
export function isTimeOut(error: unknown): boolean {
  return error instanceof PsaUnreachableError && error.context['errorCode'] === 'TimeoutError';
}

function isPassing(error: unknown): boolean {
  return error instanceof PsaUnreachableError || error instanceof PsaUnexpectedAnswerError;
}

function hasNotBeenSent(error: unknown): boolean {
  return error instanceof PsaUnreachableError && error.context['isSent'] === false;
}

/** The instance is being left alone; repeating at once would only wait for the same answer. */
function isCircuitOpen(error: unknown): boolean {
  return error instanceof PsaUnreachableError && error.context['circuit'] === 'open';
}

async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
