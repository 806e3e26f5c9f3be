import { ConnectorError } from '../../kernel/connector-error.js';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaDateTakenError,
  PsaOutcomeUnknownError,
  PsaRateLimitedError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import type { OperationError } from './operation.js';

/**
 * What to do after a write that did not succeed: look what became of it; try again later, since it certainly was not carried
 * out; stop the whole connection; or leave it to a person.
 */
export type FailureDecision = 'look' | 'later' | 'stop' | 'fail' | 'date taken';

export function decideOnFailure(error: unknown): FailureDecision {
  if (error instanceof PsaOutcomeUnknownError) return 'look';
  if (error instanceof PsaDateTakenError) return 'date taken';
  if (error instanceof PsaUnreachableError || error instanceof PsaRateLimitedError) return 'later';
  if (error instanceof PsaCredentialsRejectedError || error instanceof PsaAccessDeniedError) return 'stop';
  if (error instanceof ConnectorError && error.category === 'rejected_by_psa') return 'fail';
  // What nobody foresaw may have happened after sending.
  return 'look';
}

export function toOperationError(error: unknown): OperationError {
  if (error instanceof ConnectorError) return { code: error.code, detail: error.detail };
  return {
    code: 'internal.unexpected',
    detail: 'Something went wrong on our side; the log holds the cause under the correlation id.',
  };
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Milliseconds to rest before an operation is taken up again. */
export function restMs(attempts: number, error: unknown): number {
  const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 10));
  return error instanceof PsaRateLimitedError ? Math.max(backoff, error.retryAfterSeconds * 1000) : backoff;
}
