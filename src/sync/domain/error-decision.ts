import { ConnectorError, type ErrorCategory } from '../../kernel/connector-error.js';

/** What a run does about an error that ended its work; the client below has retried what may be retried. */
export interface ErrorDecision {
  code: string;
  detail: string;
  /** The connection needs a person: credentials, security level or set-up are no longer as they were. */
  needsAttention: boolean;
}

/** The only table from error category to the decision of a run. */
const NEEDS_ATTENTION: Readonly<Record<ErrorCategory, boolean>> = {
  configuration: true,
  rate_limited: false,
  upstream_unavailable: false,
  rejected_by_psa: false,
  invalid_input: false,
  unauthenticated: false,
  forbidden: false,
  not_found: false,
  conflict: false,
  throttled: false,
  internal: false,
};

export function decideOnError(error: unknown): ErrorDecision {
  if (error instanceof ConnectorError) {
    return { code: error.code, detail: error.detail, needsAttention: NEEDS_ATTENTION[error.category] };
  }
  return {
    code: 'internal.unexpected',
    detail: 'Something went wrong on our side; the log holds the cause under the id of the sync run.',
    needsAttention: false,
  };
}
