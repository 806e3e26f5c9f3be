import { Injectable } from '@nestjs/common';
import type { SyncMode, SyncRun, SyncRunState } from '../domain/sync-run.js';

/** Runs that ended in this process, of one mode and outcome, and what they cost. */
export interface EndedRuns {
  mode: SyncMode;
  state: SyncRunState;
  runs: number;
  seconds: number;
  apiCalls: number;
  pages: number;
  rowsRead: number;
  rowsWritten: number;
}

/** What the runs of this process did since it started; counters only grow. For metrics. */
@Injectable()
export class SyncStatistics {
  readonly #ended = new Map<string, EndedRuns>();
  readonly #waits = new Map<string, number>();

  countEnd(run: SyncRun): void {
    const key = `${run.mode} ${run.state}`;
    const total = this.#ended.get(key) ?? {
      mode: run.mode,
      state: run.state,
      runs: 0,
      seconds: 0,
      apiCalls: 0,
      pages: 0,
      rowsRead: 0,
      rowsWritten: 0,
    };
    this.#ended.set(key, total);
    total.runs += 1;
    total.seconds += ((run.finishedAt?.getTime() ?? 0) - (run.startedAt ?? run.createdAt).getTime()) / 1000;
    total.apiCalls += run.apiCalls;
    for (const { pages, read, created, updated, deleted } of run.entities) {
      total.pages += pages;
      total.rowsRead += read;
      total.rowsWritten += created + updated + deleted;
    }
  }

  /** A run that was queued to go on later. @param code of the error that made it wait */
  countWait(code: string): void {
    this.#waits.set(code, (this.#waits.get(code) ?? 0) + 1);
  }

  ended(): EndedRuns[] {
    return [...this.#ended.values()].map((total) => ({ ...total }));
  }

  /** Waits by error code. */
  waits(): ReadonlyMap<string, number> {
    return new Map(this.#waits);
  }
}
