/** Where the vendor answers which zone a user belongs to (Autotask REST reference, §1.1). */
export const DEFAULT_DISCOVERY_URL = 'https://webservices.autotask.net/atservicesrest';

export interface AutotaskRetryOptions {
  /** Attempts in all, the first included. Default 4; 1 switches retries off, a high number holds a run on a PSA that is down. */
  attempts: number;
  /** First back-off; doubled with jitter up to 20 seconds. Default 500; too low hammers a PSA that asks for rest. */
  baseDelayMs: number;
}

export interface AutotaskOptions {
  /** Base of zone discovery, with or without a trailing slash; its host is implicitly allowed. */
  discoveryUrl: string;
  /** Further hosts as `host:port` or `host`; plain HTTP is accepted for loopback hosts only. */
  allowedHosts: readonly string[];
  /** Tracking identifier of connections that bring none of their own. */
  integrationCode: string | undefined;
  /** For one whole request, body included. Default 30000; too low turns slow pages into failures. */
  requestTimeoutMs: number;
  retry: AutotaskRetryOptions;
}

export const DEFAULT_AUTOTASK_OPTIONS: AutotaskOptions = {
  discoveryUrl: DEFAULT_DISCOVERY_URL,
  allowedHosts: [],
  integrationCode: undefined,
  requestTimeoutMs: 30_000,
  retry: { attempts: 4, baseDelayMs: 500 },
};

/** Token of the `AutotaskOptions`. */
export const AUTOTASK_OPTIONS = Symbol('AUTOTASK_OPTIONS');
