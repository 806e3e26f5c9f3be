/** One request the simulator answered, without any header: secrets never get here. */
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
  path?: RegExp;
}

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

  clear(): void {
    this.recorded = [];
  }

  record(entry: JournalEntry): void {
    this.recorded.push(entry);
    if (this.recorded.length > MAX_ENTRIES * 1.1) this.recorded = this.recorded.slice(-MAX_ENTRIES);
  }
}

function matches(entry: JournalEntry, filter: JournalFilter): boolean {
  return (
    (filter.method === undefined || entry.method === filter.method.toUpperCase()) &&
    (filter.entity === undefined || entry.entity.toLowerCase() === filter.entity.toLowerCase()) &&
    (filter.status === undefined || entry.status === filter.status) &&
    (filter.userName === undefined || entry.userName === filter.userName) &&
    (filter.path === undefined || filter.path.test(entry.path))
  );
}
