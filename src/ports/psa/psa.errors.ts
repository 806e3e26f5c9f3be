import { ConnectorError } from '../../kernel/connector-error.js';

interface PsaErrorFacts {
  /** The vendor's words, shortened and without secrets, for the log. */
  context?: Record<string, unknown>;
  cause?: unknown;
}

/** The PSA did not answer: connection refused or reset, name not resolved, time-out, 502, 503 or 504. */
export class PsaUnreachableError extends ConnectorError {
  constructor(detail: string, facts: PsaErrorFacts = {}) {
    super({ code: 'psa.unreachable', category: 'upstream_unavailable', detail, ...facts });
  }
}

/** The PSA answered something that is not its API: HTML, broken or truncated JSON, a body that is too large. */
export class PsaUnexpectedAnswerError extends ConnectorError {
  constructor(detail: string, facts: PsaErrorFacts = {}) {
    super({ code: 'psa.unexpected_answer', category: 'upstream_unavailable', detail, ...facts });
  }
}

/**
 * The PSA asks to slow down: 429, thread limit or hourly threshold; or the allowance is known to be used up, and nothing was sent. Then
 * `context.budget` is "exhausted" for a pull, whose work can be parked for `retryAfterSeconds`, else "closed".
 */
export class PsaRateLimitedError extends ConnectorError {
  readonly retryAfterSeconds: number;

  constructor(detail: string, retryAfterSeconds: number, facts: PsaErrorFacts = {}) {
    super({
      code: 'psa.rate_limited',
      category: 'rate_limited',
      detail,
      extensions: { retryAfterSeconds },
      ...facts,
    });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The PSA no longer accepts the stored credentials. Never retried: repeated failures lock the API user. */
export class PsaCredentialsRejectedError extends ConnectorError {
  constructor(detail: string, facts: PsaErrorFacts = {}) {
    super({ code: 'psa.credentials_rejected', category: 'configuration', detail, ...facts });
  }
}

/** The API user's security level forbids the request. */
export class PsaAccessDeniedError extends ConnectorError {
  constructor(detail: string, facts: PsaErrorFacts = {}) {
    super({ code: 'psa.access_denied', category: 'configuration', detail, ...facts });
  }
}

/** The PSA understood the request and refuses it. */
export class PsaRequestRejectedError extends ConnectorError {
  constructor(detail: string, facts: PsaErrorFacts = {}) {
    super({ code: 'psa.request_rejected', category: 'rejected_by_psa', detail, ...facts });
  }
}

/** The line has an adjustment on that day already; the PSA takes one per line and day. */
export class PsaDateTakenError extends ConnectorError {
  constructor(detail: string, facts: PsaErrorFacts = {}) {
    super({ code: 'psa.date_taken', category: 'rejected_by_psa', detail, ...facts });
  }
}

/**
 * A write may or may not have been carried out: no answer in time, a connection that broke after sending, a server failure
 * without a reason, an unreadable answer. Never repeated blindly: what the PSA holds has to be read first.
 */
export class PsaOutcomeUnknownError extends ConnectorError {
  constructor(detail: string, facts: PsaErrorFacts = {}) {
    super({ code: 'psa.outcome_unknown', category: 'upstream_unavailable', detail, ...facts });
  }
}

/** Several records of the PSA carry a reference of ours that stands for one; a person has to remove the others. */
export class PsaReferenceAmbiguousError extends ConnectorError {
  constructor(entity: string, reference: string, externalIds: readonly string[]) {
    super({
      code: 'psa.reference_ambiguous',
      category: 'rejected_by_psa',
      detail: `The reference ${reference} stands on several ${entity} of the PSA: ${externalIds.join(', ')}.`,
      context: { entity, reference, externalIds },
    });
  }
}

/** A record of the PSA lacks a member we need or holds one of the wrong kind; names entity, id and field. */
export class PsaRecordMalformedError extends ConnectorError {
  readonly externalId: string;
  readonly field: string;

  constructor(entity: string, id: string, field: string, problem: string) {
    super({
      code: 'psa.record_malformed',
      category: 'rejected_by_psa',
      detail: `${entity} ${id}: ${field} ${problem}.`,
      context: { entity, id, field },
    });
    this.externalId = id;
    this.field = field;
  }
}

/** A pull was to go on from a position that this version did not write, or that belongs to another scope. */
export class PsaPositionUnreadableError extends ConnectorError {
  constructor(problem: string) {
    super({
      code: 'psa.position_unreadable',
      category: 'internal',
      detail: `The position of an earlier pull ${problem}; the pull has to start again.`,
    });
  }
}

/** A request would have gone to a host that is not on the allow-list. */
export class PsaHostNotAllowedError extends ConnectorError {
  /** @param reason what speaks against a host whose name alone would be allowed */
  constructor(host: string, reason?: string) {
    const because = reason === undefined ? '' : `, and ${reason}`;
    super({
      code: 'psa.host_not_allowed',
      category: 'configuration',
      detail: `The host ${host} is not on the list of hosts the connector may talk to${because}.`,
      context: { host },
    });
  }
}
