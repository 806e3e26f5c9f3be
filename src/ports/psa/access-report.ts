import type { Capability, CapabilitySet } from './capabilities.js';

export type AccessCheckOutcome = 'passed' | 'failed' | 'unknown' | 'skipped';
export type AccessVerb = 'query' | 'create' | 'update' | 'delete';

/** One named check of an access check. */
export interface AccessCheck {
  /** Stable, such as `zone`, `sign_in`, `headroom`, `right.billing.Contracts.query`, `read.Companies`, `currency`. */
  id: string;
  title: string;
  outcome: AccessCheckOutcome;
  /** One sentence: what was found. */
  detail: string;
  /** What to do about a failed or unknown check, and where in the PSA. */
  remedy?: string;
  capability?: Capability;
  entity?: string;
  verb?: AccessVerb;
  /** What the PSA reported, such as `None`. */
  found?: string;
}

/** A right that is granted although nothing here needs it. */
export interface ExcessRight {
  entity: string;
  verb: AccessVerb;
}

/** What an access check found; shown as a checklist, returned by the API, stored on the connection. */
export interface AccessReport {
  outcome: 'passed' | 'failed';
  /** ISO 8601 UTC. */
  checkedAt: string;
  capabilities: CapabilitySet;
  checks: AccessCheck[];
  excess: ExcessRight[];
}

/** Why an access check refuses the connection. */
export type AccessRefusal =
  | 'user_unknown'
  | 'credentials_rejected'
  | 'integration_code_rejected'
  | 'access_insufficient'
  | 'currency_unavailable';
