/** Where the vendor answers which zone a user belongs to (Autotask REST reference, §1.1). */
export const DEFAULT_DISCOVERY_URL = 'https://webservices.autotask.net/atservicesrest';

export interface AutotaskRetryOptions {
  /** Attempts in all, the first included. Default 4; 1 switches retries off, a high number holds a run on a PSA that is down. */
  attempts: number;
  /** First back-off; doubled with jitter up to 20 seconds. Default 500; too low hammers a PSA that asks for rest. */
  baseDelayMs: number;
}

/** When an instance that does not answer is left alone for a while. */
export interface AutotaskCircuitOptions {
  /** Unreachable answers in a row until then. Default 10; too low gives up at a hiccup, too high keeps knocking. */
  failures: number;
  /** For how long; then one request probes it. Default 10000; too low keeps knocking, too high is late to notice recovery. */
  restMs: number;
}

/** How the limits of the vendor are kept (Autotask REST reference, §5). */
export interface AutotaskLimitOptions {
  /**
   * How long a request slot rests after each answer, because the vendor frees it a little later than the client sees the answer. Default 0: learned
   * from refusals. Too low: a few refusals until learned; too high: fewer calls per second.
   */
  slotReleaseMs: number;
  /** Share of the hourly allowance up to which pulls use it. Default 0.8; too low: long pulls take longer; too high: pushes find nothing left. */
  pullShare: number;
  /**
   * Whether pulls keep the pace the vendor itself sets from 50 % and 75 % of the allowance on (0.5 s and 1 s per request, its own delay included).
   * Default true.
   */
  pacesPulls: boolean;
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
  circuit: AutotaskCircuitOptions;
  limits: AutotaskLimitOptions;
}

export const DEFAULT_AUTOTASK_OPTIONS: AutotaskOptions = {
  discoveryUrl: DEFAULT_DISCOVERY_URL,
  allowedHosts: [],
  integrationCode: undefined,
  requestTimeoutMs: 30_000,
  retry: { attempts: 4, baseDelayMs: 500 },
  circuit: { failures: 10, restMs: 10_000 },
  limits: { slotReleaseMs: 0, pullShare: 0.8, pacesPulls: true },
};

/** Token of the `AutotaskOptions`. */
export const AUTOTASK_OPTIONS = Symbol('AUTOTASK_OPTIONS');
