/** Requests that were sent within one span of `USAGE_SPAN_MS`. */
export interface UsageSpan {
  /** Milliseconds since 1970, a multiple of `USAGE_SPAN_MS`. */
  startsAt: number;
  /** Ours, of all processes. */
  own: number;
  /** Those of other integrations, as far as the PSA's own count tells. */
  others: number;
}

/** Length of a span: what a rolling window is exact to. */
export const USAGE_SPAN_MS = 10_000;

/** What all processes know about one PSA instance's allowance of requests. */
export interface LedgerState {
  /** Requests allowed in the window, by every integration together. */
  limit: number;
  windowMinutes: number;
  /** When the PSA last told its own count. */
  sampledAt: Date | null;
  /** Until when the PSA, having refused for the allowance, is not to be asked. */
  closedUntil: Date | null;
  /** When it refused last, and how often in a row. */
  closedAt: Date | null;
  closings: number;
  /** How long a slot had to rest, learned from a refusal, as it was when raised; milliseconds. */
  restMs: number;
  restRaisedAt: Date | null;
  /** In ascending order. */
  usage: UsageSpan[];
}

/** What one process has to add. */
export interface LedgerChange {
  /** Requests sent since the last change, by span. */
  own?: ReadonlyMap<number, number>;
  /** The PSA's count. Dropped when another process' sample came in since `knownSampledAt`. */
  sample?: {
    at: Date;
    limit: number;
    windowMinutes: number;
    /** To add to the others' requests by span; can be negative. */
    others: ReadonlyMap<number, number>;
    knownSampledAt: Date | null;
  };
  /** `until` null: the PSA answers again. */
  closed?: { at: Date; until: Date | null; closings: number };
  /** Dropped when it was raised after `sentAt`, when the refused request had been sent. */
  rest?: { ms: number; at: Date; sentAt: Date };
}

/** Keeps the count of requests per PSA instance, for as many processes as send any. */
export interface RequestLedger {
  /** Adds what changed and gives the state after it. @param keepFrom spans before it can be forgotten */
  exchange(instance: string, change: LedgerChange, keepFrom: Date): Promise<LedgerState>;
}

/** The state of an instance nobody has asked yet; the vendor's documented allowance (Autotask REST reference, §5). */
export const UNKNOWN_LEDGER_STATE: Readonly<LedgerState> = {
  limit: 10_000,
  windowMinutes: 60,
  sampledAt: null,
  closedUntil: null,
  closedAt: null,
  closings: 0,
  restMs: 0,
  restRaisedAt: null,
  usage: [],
};

/** Token of the `RequestLedger` that all processes share. */
export const REQUEST_LEDGER = Symbol('REQUEST_LEDGER');
