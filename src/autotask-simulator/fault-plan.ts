/** What goes wrong with a matching request. */
export type Fault =
  /**
   * Answers with this status; an object body is sent as JSON, text as it is. Nothing is committed, unless `afterCommit` says
   * so: then the request is carried out first, as behind a gateway that gave up waiting.
   */
  | {
      kind: 'status';
      status: number;
      body?: unknown;
      headers?: Record<string, string>;
      afterCommit?: boolean;
    }
  /** Answers 200 with an HTML page, as a proxy or a maintenance page does. Nothing is committed. */
  | { kind: 'html' }
  /** Refuses the credentials without looking at them. */
  | { kind: 'empty401' }
  /** Answers normally, later. */
  | { kind: 'delay'; ms: number }
  /** Closes the connection before anything is committed. */
  | { kind: 'dropBefore' }
  /** Commits, then closes the connection without an answer. */
  | { kind: 'dropAfter' }
  /** Commits, announces the full length, sends half of the body and closes the connection. */
  | { kind: 'truncate' }
  /** Commits and answers 200 with a body that is no JSON, its length being right. */
  | { kind: 'malformedJson' };

export interface PlannedFault {
  /** Any method when absent. */
  method?: string;
  /** Tested against the path without the query string; any path when absent. */
  path?: RegExp;
  /** Requests it applies to before it is used up; without end when absent. */
  times?: number;
  /** Matching requests it lets pass first; default 0. */
  after?: number;
  fault: Fault;
}

/** Faults to inject, in the order they were added: the first that matches a request applies to it alone. */
export class FaultPlan {
  private planned: Required<Omit<PlannedFault, 'method' | 'path'>>[] = [];
  private matchers: ((method: string, path: string) => boolean)[] = [];

  add(planned: PlannedFault): void {
    this.planned.push({ fault: planned.fault, times: planned.times ?? Infinity, after: planned.after ?? 0 });
    this.matchers.push(
      (method, path) =>
        (planned.method === undefined || planned.method.toUpperCase() === method) &&
        (planned.path === undefined || planned.path.test(path)),
    );
  }

  clear(): void {
    this.planned = [];
    this.matchers = [];
  }

  /** The fault for this request, used up by one; undefined when it is to be answered normally. */
  take(method: string, path: string): Fault | undefined {
    for (const [position, planned] of this.planned.entries()) {
      if (planned.times <= 0 || this.matchers[position]?.(method, path) !== true) continue;
      if (planned.after > 0) {
        planned.after -= 1;
        continue;
      }
      planned.times -= 1;
      return planned.fault;
    }
    return undefined;
  }
}
