/** Requests that a PSA counts together against a limit of how many may be under way at once. */
export interface SlotBucket {
  /** The same in every process; holds no secret. */
  key: string;
  /** How many requests may be under way. */
  slots: number;
}

/** The right to have one request under way. */
export interface RequestSlot {
  /** Aborts when the slot can no longer be kept: a request that is under way has to end, for somebody else may get the slot. */
  readonly lost: AbortSignal;
  /** Gives the slot back; call it once. @param restMs how long nobody may use it */
  release(restMs: number): void;
}

/** Gives out the slots of every bucket, to as many processes as share the PSA's limit. */
export interface RequestSlots {
  /**
   * Waits for a slot; within a process first come, first served.
   * @throws the signal's reason when aborted while waiting; an error of category `rate_limited` when slots cannot be given out now
   */
  take(bucket: SlotBucket, signal?: AbortSignal): Promise<RequestSlot>;
}

/** Token of the `RequestSlots` that all processes share. */
export const REQUEST_SLOTS = Symbol('REQUEST_SLOTS');
