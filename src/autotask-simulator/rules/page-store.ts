import { createHash } from 'node:crypto';
import type { QueryRequest } from './query-request.js';

/** A page a client may still ask for: the query it belongs to and the ids before which its pages start. */
export interface PageCursor {
  readonly entityName: string;
  readonly userName: string;
  readonly verb: string;
  /** Path of the query (`/Companies/query`), to which the next page has to be asked. */
  readonly path: string;
  /** The body or search text of the first request; the vendor wants it again with every following page. */
  readonly query: string;
  readonly request: QueryRequest;
  /** Id after which each page starts, from the first page up to this one. */
  readonly startsAfter: readonly number[];
}

/** The vendor keeps about the 50 most recent pages (Autotask REST reference, §2.3). */
const KEPT_PAGES = 50;

/** Paging tokens of one database: opaque, and forgotten when newer pages push them out. */
export class PageStore {
  private readonly cursors = new Map<string, PageCursor>();
  private issued = 0;

  keep(cursor: PageCursor): string {
    this.issued += 1;
    const token = createHash('sha256').update(`${this.issued} ${cursor.path}`).digest('base64url');
    this.cursors.set(token, cursor);
    for (const oldest of this.cursors.keys()) {
      if (this.cursors.size <= KEPT_PAGES) break;
      this.cursors.delete(oldest);
    }
    return token;
  }

  find(token: string): PageCursor | undefined {
    return this.cursors.get(token);
  }
}
