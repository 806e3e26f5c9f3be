/** How much of a PSA instance's allowance of requests is used, for people to look at. */
export interface RequestBudget {
  /** Requests allowed in the window, by every integration together. */
  limit: number;
  windowMinutes: number;
  /** `own` and `others` together. */
  used: number;
  /** Sent by us within the window, by all replicas. */
  own: number;
  /** Sent by other integrations, as last told by the PSA and carried forward. */
  others: number;
  /** When the PSA last told its own count; null when it has not yet. */
  sampledAt: Date | null;
  /** The share of the limit up to which pulls may use it. */
  pullShare: number;
  /** Until when nothing is sent, because the PSA refused for its allowance; null when requests are sent. */
  closedUntil: Date | null;
}

/** Read-only view of the allowance. */
export interface RequestBudgetReader {
  /** @param instanceId the PSA's id of the customer database, as on the connection */
  read(instanceId: string): Promise<RequestBudget>;
  /** Of every instance this process has talked to, by id, as last known here; asks nobody. */
  known(): ReadonlyMap<string, RequestBudget>;
}

/** Token of the `RequestBudgetReader`. */
export const REQUEST_BUDGETS = Symbol('REQUEST_BUDGETS');
