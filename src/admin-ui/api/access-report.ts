export type Capability = 'billing' | 'crm' | 'helpdesk';
export type CapabilitySet = Record<Capability, boolean>;
export type AccessCheckOutcome = 'passed' | 'failed' | 'unknown' | 'skipped';

/** One named check of an access check, as the API gives it. */
export interface AccessCheck {
  id: string;
  title: string;
  outcome: AccessCheckOutcome;
  detail: string;
  remedy?: string;
  capability?: Capability;
  entity?: string;
  verb?: string;
  found?: string;
}

/** What an access check found. */
export interface AccessReport {
  outcome: 'passed' | 'failed';
  /** ISO 8601 UTC. */
  checkedAt: string;
  capabilities: CapabilitySet;
  checks: AccessCheck[];
  excess: { entity: string; verb: string }[];
}
