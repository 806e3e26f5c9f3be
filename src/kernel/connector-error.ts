/**
 * What kind of failure an error is. HTTP status, log level and the decision of a sync run are read from it
 * (see `src/docs/adr/0002-error-categories.md`).
 */
export type ErrorCategory =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'throttled'
  | 'configuration'
  | 'rate_limited'
  | 'upstream_unavailable'
  | 'rejected_by_psa'
  | 'internal';

export interface ConnectorErrorInit {
  /** Stable text `area.reason`; never reused or renamed. */
  code: string;
  category: ErrorCategory;
  /** One sentence that is safe to show to a user: what was wrong and what to do. Never a secret. */
  detail: string;
  /** Facts for the log; never a secret. */
  context?: Record<string, unknown>;
  /** Further members of the problem document, safe to show. */
  extensions?: Record<string, unknown>;
  cause?: unknown;
}

/** Base of every error this package raises. */
export class ConnectorError extends Error {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly detail: string;
  readonly context: Record<string, unknown>;
  readonly extensions: Record<string, unknown>;

  constructor(init: ConnectorErrorInit) {
    super(`${init.code}: ${init.detail}`, { cause: init.cause });
    this.name = new.target.name;
    this.code = init.code;
    this.category = init.category;
    this.detail = init.detail;
    this.context = init.context ?? {};
    this.extensions = init.extensions ?? {};
  }
}
