import type { WriteReceipt } from '../../ports/psa/psa-writes.js';
import type { Operation, OperationError } from './operation.js';
import type { OperationOutcome } from './operation-store.js';
import { decideOnFailure, restMs, toOperationError } from './send-failure.js';
import type { WriteOutcome } from './write-outcome.js';

/** After so many attempts a person should know that it does not get through. */
const LAST_ATTEMPT = 12;

/** On a price whose period was posted while it waited. */
export const PERIOD_POSTED = 'billing.period_posted';

const CONFLICT: OperationError = {
  code: 'billing.conflict',
  detail:
    'The contract service holds a number of units or an amount that is neither what was expected nor what was intended: somebody ' +
    'changed it meanwhile. Look at it in the PSA, then retry from what is there, or dismiss.',
};
const AMBIGUOUS: OperationError = {
  code: 'billing.line_ambiguous',
  detail:
    'The service is on the contract more than once and none of the lines is bound to this subscription.',
};
const NOT_CONFIRMED: OperationError = {
  code: 'billing.not_confirmed',
  detail:
    'The PSA accepted the change, but does not show it. Look at the contract in the PSA, then retry or dismiss.',
};

const POSTED: OperationError = {
  code: PERIOD_POSTED,
  detail:
    'The period of this price was approved and posted before it was sent, and is not changed any more. Retry to have it from the next ' +
    'open period on, or dismiss.',
};

interface Found {
  outcome: WriteOutcome | 'ambiguous';
  externalId: string | null;
  isPosted?: boolean;
}

/** What follows from what the PSA shows: it is there, it may be sent, or a person has to look. */
export function afterReading(
  operation: Operation,
  found: Found | undefined,
  now: Date,
): OperationOutcome | 'send' {
  const outcome = found?.outcome ?? 'absent';
  if (outcome === 'applied') return applied(operation, found?.externalId ?? null, now);
  if (outcome === 'ambiguous') return failed(operation, AMBIGUOUS, now);
  if (outcome === 'foreign') return failed(operation, CONFLICT, now);
  const isAccepted = operation.state === 'verifying';
  // Where nothing can be seen of it, the PSA's word for it has to do.
  if (outcome === 'untold' && isAccepted) return applied(operation, found?.externalId ?? null, now);
  if (found?.isPosted === true && !isAccepted) return failed(operation, POSTED, now);
  if (operation.attempts >= LAST_ATTEMPT) return failed(operation, operation.error ?? NOT_CONFIRMED, now);
  if (isAccepted && operation.step.kind === 'createCharge' && operation.externalId !== null) {
    return applied(operation, operation.externalId, now);
  }
  return isAccepted ? failed(operation, NOT_CONFIRMED, now) : 'send';
}

/** What follows from the PSA's answer, or from its absence. */
export function afterSending(
  operation: Operation,
  receipt: WriteReceipt | null,
  error: unknown,
  now: Date,
): OperationOutcome | 'verify' {
  if (receipt !== null) return 'verify';
  const decision = decideOnFailure(error);
  if (decision === 'look') return 'verify';
  if (decision === 'date taken') {
    // Ours alone is dated there when it was sent before without an answer; the reading tells.
    return operation.attempts > 1 ? 'verify' : failed(operation, toOperationError(error), now);
  }
  if (decision === 'later' || decision === 'stop') return resting(operation, error, now);
  return failed(operation, toOperationError(error), now);
}

export function applied(operation: Operation, externalId: string | null, now: Date): OperationOutcome {
  const { id, version, attempts } = operation;
  return {
    id,
    version,
    state: 'applied',
    attempts,
    notBefore: now,
    externalId: externalId ?? operation.externalId,
    error: null,
  };
}

export function failed(
  { id, version, attempts, externalId }: Operation,
  error: OperationError,
  now: Date,
): OperationOutcome {
  return { id, version, state: 'failed', attempts, notBefore: now, externalId, error };
}

/** It certainly was not carried out and is sent again after a while; in the end a person should know. */
export function resting(operation: Operation, error: unknown, now: Date): OperationOutcome {
  const { id, version, attempts, externalId } = operation;
  if (error !== null && attempts >= LAST_ATTEMPT) return failed(operation, toOperationError(error), now);
  const notBefore = new Date(now.getTime() + (attempts === 0 ? 0 : restMs(attempts - 1, error)));
  return {
    id,
    version,
    state: 'pending',
    attempts,
    notBefore,
    externalId,
    error: error === null ? null : toOperationError(error),
  };
}

/** As it stands. */
export function unchanged({
  id,
  version,
  state,
  attempts,
  notBefore,
  externalId,
  error,
}: Operation): OperationOutcome {
  return { id, version, state, attempts, notBefore, externalId, error };
}

/** The PSA aborts a request after about five minutes (Autotask REST reference, §5); until then it may still carry it out. */
const LONGEST_REQUEST_MS = 5 * 60_000;

/** What is marked as being sent leaves within this time, or stays for the next pass: what waits for it counts from the mark. */
export const SENDING_WINDOW_MS = 60_000;

/**
 * From when on an operation that is marked now may be taken up again, should nobody tell what became of it: whoever marked it may be
 * gone by then. An adjustment at once, because the PSA takes one per line and day; a charge, or a service that is asked for once more
 * on a contract that has it, only when the first request is certainly over, because the PSA takes a second one.
 * @param isRepeated the contract has the service on another line
 */
export function mayRepeatFrom({ step }: Operation, isRepeated: boolean, now: Date): Date {
  const isTakenTwice = step.kind === 'createCharge' || isRepeated;
  return new Date(now.getTime() + (isTakenTwice ? SENDING_WINDOW_MS + LONGEST_REQUEST_MS : 0));
}

/** Sent, and not to be seen: it may be sent again after a while, but not before it may be repeated. */
export function unclear(operation: Operation, now: Date): OperationOutcome {
  return { ...unchanged(operation), notBefore: restedFrom(operation, operation.attempts - 1, null, now) };
}

function restedFrom({ notBefore }: Operation, attempts: number, error: unknown, now: Date): Date {
  return new Date(Math.max(notBefore.getTime(), now.getTime() + restMs(attempts, error)));
}

/** It could not be looked up; it is taken up again after a while. */
export function unread(operation: Operation, error: unknown, now: Date): OperationOutcome {
  const notBefore = restedFrom(operation, operation.attempts, error, now);
  return { ...unchanged(operation), notBefore, error: toOperationError(error) };
}
