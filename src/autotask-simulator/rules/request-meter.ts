const HOUR_MS = 3_600_000;

/** Counts the requests of one database in the last 60 minutes; instants are milliseconds, given in ascending order. */
export class RequestMeter {
  private instants: number[] = [];

  /** Requests in the hour up to `at`. */
  countAt(at: number): number {
    const firstInside = this.instants.findIndex((instant) => instant > at - HOUR_MS);
    if (firstInside > 0) this.instants = this.instants.slice(firstInside);
    if (firstInside < 0) this.instants = [];
    return this.instants.length;
  }

  /** Counts a request, or several at once as those of other integrations. */
  record(at: number, count = 1): void {
    for (let counted = 0; counted < count; counted += 1) this.instants.push(at);
  }
}

/** Milliseconds the vendor adds to a request: none below half of the allowance, 0.5 s below three quarters, then 1 s. */
export function addedLatencyMs(count: number, threshold: number): number {
  const usage = count / threshold;
  if (usage < 0.5) return 0;
  return usage < 0.75 ? 500 : 1000;
}

/** Requests in flight per key. */
export class ThreadGate {
  private readonly inFlight = new Map<string, number>();

  /** Number in flight including this one, which may be one too many; pair every call with `leave`. */
  enter(key: string): number {
    const count = (this.inFlight.get(key) ?? 0) + 1;
    this.inFlight.set(key, count);
    return count;
  }

  leave(key: string): void {
    const count = (this.inFlight.get(key) ?? 1) - 1;
    if (count > 0) this.inFlight.set(key, count);
    else this.inFlight.delete(key);
  }
}
