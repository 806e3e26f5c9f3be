import { Injectable } from '@nestjs/common';
import { filter, map, type Observable, Subject } from 'rxjs';

/** Tells whoever follows a run in this process that it has changed. Other replicas find out by looking. */
@Injectable()
export class SyncRunSignals {
  readonly #changed = new Subject<string>();

  /** To be called after the change is committed. */
  tell(runId: string): void {
    this.#changed.next(runId);
  }

  of(runId: string): Observable<void> {
    return this.#changed.pipe(
      filter((id) => id === runId),
      map(() => undefined),
    );
  }
}
