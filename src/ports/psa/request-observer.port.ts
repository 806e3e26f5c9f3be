/** One request that was sent to a PSA and is over. */
export interface ObservedRequest {
  instanceId: string;
  entity: string;
  /** `succeeded`, or the code of the error. */
  outcome: string;
  /** From sending to the end of the answer. */
  durationMs: number;
  /** How long it waited for its turn before. */
  waitMs: number;
  /** How often the same request had been sent before. */
  resends: number;
}

/** Is told of every request to a PSA, for metrics. Must not throw. */
export interface RequestObserver {
  onRequest(request: ObservedRequest): void;
  /** A request that was not sent, by the code of the error, because of our own limits or because the PSA is left alone. */
  onHeldBack(request: Pick<ObservedRequest, 'instanceId' | 'entity' | 'outcome'>): void;
}

/** Token of the `RequestObserver`; null where nobody watches. */
export const REQUEST_OBSERVER = Symbol('REQUEST_OBSERVER');
