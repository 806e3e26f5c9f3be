/** One request the simulator answered, without its headers: secrets never get here. */
export interface JournalEntry {
  readonly at: Date;
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  /** Query string including `?`, or empty. */
  readonly search: string;
  /** Entity segment as the client wrote it, empty for calls outside the entities. */
  readonly entity: string;
  readonly userName: string | null;
  /** Database and integration code of a request that signed in, else null. */
  readonly ci: number | null;
  readonly integrationCode: string | null;
  /** Null when the connection was closed without an answer. */
  readonly status: number | null;
  /** Requests in flight for the same integration code and entity, including this one; 0 before sign-in. */
  readonly concurrency: number;
  /** Body text of a request that may write; null for reads. */
  readonly body: string | null;
}

export interface JournalFilter {
  method?: string;
  entity?: string;
  status?: number | null;
  userName?: string;
  ci?: number;
  path?: RegExp;
}

/** What the journal holds of one thread bucket. */
export interface JournalSummary {
  readonly ci: number | null;
  readonly integrationCode: string | null;
  readonly entity: string;
  readonly requests: number;
  /** Requests by status; `none` are those left without an answer. */
  readonly byStatus: Record<string, number>;
  /** Most requests in flight at a time, refused ones and slots that were freed late included. */
  readonly highestConcurrency: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const MAX_ENTRIES = 100_000;

/** Every request in the order it was answered; the oldest of more than 100,000 are dropped. */
export class RequestJournal {
  private recorded: JournalEntry[] = [];

  entries(filter: JournalFilter = {}): JournalEntry[] {
    return this.recorded.filter((entry) => matches(entry, filter));
  }

  count(filter: JournalFilter = {}): number {
    return this.entries(filter).length;
  }

  /** Requests per thread bucket: database, integration code and entity (in lower case), most requests first. */
  summary(filter: JournalFilter = {}): JournalSummary[] {
    const buckets = new Map<string, Writable<JournalSummary>>();
    for (const entry of this.entries(filter)) {
      const { ci, integrationCode, concurrency } = entry;
      const entity = entry.entity.toLowerCase();
      const key = JSON.stringify([ci, integrationCode, entity]);
      const bucket = buckets.get(key) ?? newBucket(ci, integrationCode, entity);
      const status = String(entry.status ?? 'none');
      bucket.requests += 1;
      bucket.byStatus[status] = (bucket.byStatus[status] ?? 0) + 1;
      bucket.highestConcurrency = Math.max(bucket.highestConcurrency, concurrency);
      buckets.set(key, bucket);
    }
    return [...buckets.values()].toSorted((left, right) => right.requests - left.requests);
  }

  clear(): void {
    this.recorded = [];
  }

  record(entry: JournalEntry): void {
    this.recorded.push(entry);
    if (this.recorded.length > MAX_ENTRIES * 1.1) this.recorded = this.recorded.slice(-MAX_ENTRIES);
  }
}

function newBucket(
  ci: number | null,
  integrationCode: string | null,
  entity: string,
): Writable<JournalSummary> {
  return { ci, integrationCode, entity, requests: 0, byStatus: {}, highestConcurrency: 0 };
}

function matches(entry: JournalEntry, filter: JournalFilter): boolean {
  return (
    (filter.method === undefined || entry.method === filter.method.toUpperCase()) &&
    (filter.entity === undefined || entry.entity.toLowerCase() === filter.entity.toLowerCase()) &&
    (filter.status === undefined || entry.status === filter.status) &&
    (filter.userName === undefined || entry.userName === filter.userName) &&
    (filter.ci === undefined || entry.ci === filter.ci) &&
    (filter.path === undefined || filter.path.test(entry.path))
  );
}
