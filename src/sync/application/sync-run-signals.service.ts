import { Injectable } from '@nestjs/common';
import { filter, map, type Observable, Subject } from 'rxjs';

/** What became of a run: it went on, or it ended. */
export type RunSignal = 'progress' | 'end';

/** Tells whoever follows a run in this process that it has changed. Other replicas find out by looking. */
@Injectable()
export class SyncRunSignals {
  readonly #changed = new Subject<{ runId: string; signal: RunSignal }>();

  /** To be called after the change is committed. */
  tell(runId: string, signal: RunSignal = 'progress'): void {
    this.#changed.next({ runId, signal });
  }

  of(runId: string): Observable<RunSignal> {
    return this.#changed.pipe(
      filter((change) => change.runId === runId),
      map(({ signal }) => signal),
    );
  }
}
