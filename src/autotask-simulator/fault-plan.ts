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
  /** Answers normally, later; a signed-in request occupies its thread meanwhile. */
  | { kind: 'delay'; ms: number }
  /** Waits, however long that takes, and answers normally then; for tests in the same process, which say when. */
  | { kind: 'hold'; until: Promise<unknown> }
  /** Closes the connection before anything is committed. */
  | { kind: 'dropBefore' }
  /** Commits, then closes the connection without an answer. */
  | { kind: 'dropAfter' }
  /** Closes the connection without an answer at once, and commits this many milliseconds later: the vendor is still at it. */
  | { kind: 'commitLate'; ms: number }
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

/** A fault in the plan; `times` and `after` are what is left of them, `applied` counts the requests it was applied to. */
export interface ActiveFault extends PlannedFault {
  readonly id: number;
  times: number;
  after: number;
  applied: number;
}

/** Faults to inject, in the order they were added: the first that matches a request applies to it alone. */
export class FaultPlan {
  private planned: ActiveFault[] = [];
  private lastId = 0;

  /** Answers the id under which the fault can be removed again. */
  add(planned: PlannedFault): number {
    this.lastId += 1;
    this.planned.push({
      ...planned,
      id: this.lastId,
      times: planned.times ?? Infinity,
      after: planned.after ?? 0,
      applied: 0,
    });
    return this.lastId;
  }

  /** Every fault of the plan, used up or not. */
  list(): readonly Readonly<ActiveFault>[] {
    return this.planned;
  }

  /** Whether there was such a fault. */
  remove(id: number): boolean {
    const before = this.planned.length;
    this.planned = this.planned.filter((planned) => planned.id !== id);
    return this.planned.length < before;
  }

  clear(): void {
    this.planned = [];
  }

  /** The fault for this request, used up by one; undefined when it is to be answered normally. */
  take(method: string, path: string): Fault | undefined {
    for (const planned of this.planned) {
      if (planned.times <= 0 || !matches(planned, method, path)) continue;
      if (planned.after > 0) {
        planned.after -= 1;
        continue;
      }
      planned.times -= 1;
      planned.applied += 1;
      return planned.fault;
    }
    return undefined;
  }
}

function matches(planned: PlannedFault, method: string, path: string): boolean {
  return (
    (planned.method === undefined || planned.method.toUpperCase() === method) &&
    (planned.path === undefined || planned.path.test(path))
  );
}
