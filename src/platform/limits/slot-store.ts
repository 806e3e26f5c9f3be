/** One slot, given out to one process until it is given back or not renewed in time. */
export interface SlotLease {
  slot: number;
  /** How often the slot was given out: tells this lease from the next one of the same slot. */
  lease: string;
}

export interface ReturnedSlot extends SlotLease {
  /** How long nobody may have it. */
  restMs: number;
}

export interface BucketLease extends SlotLease {
  bucket: string;
}

export interface TakeRequest {
  bucket: string;
  /** How many slots the bucket has. */
  slots: number;
  /** How many more this process can use now. */
  wanted: number;
}

export interface TakeResult {
  granted: SlotLease[];
  /** Other processes that wait for this bucket. */
  othersWaiting: number;
  /** Milliseconds until a slot that rests will be free; null when none rests. */
  nextFreeMs: number | null;
}

/** Where all processes see who has which slot; one store speaks for one process. */
export interface SlotStore {
  /** Takes what is free and this process' turn; when that is not all, the process counts as waiting, for a few seconds. */
  take(request: TakeRequest): Promise<TakeResult>;
  /** Stops waiting. */
  leave(bucket: string): Promise<void>;
  /** @returns other processes that wait for the bucket */
  giveBack(bucket: string, slots: readonly ReturnedSlot[]): Promise<number>;
  /** Keeps leases for another lease time. @returns those that are still ours */
  renew(leases: readonly BucketLease[]): Promise<BucketLease[]>;
  /** Which of these buckets other processes wait for. */
  wantedByOthers(buckets: readonly string[]): Promise<string[]>;
}
