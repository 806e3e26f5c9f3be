import { Inject, Injectable } from '@nestjs/common';
import type { SyncRun } from '../domain/sync-run.js';
import { SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';
import { SyncRunSignals } from './sync-run-signals.service.js';
import { SyncStatistics } from './sync-statistics.service.js';

/** Counts runs that have ended, whoever ended them, and tells those who follow them. To be called after the end is committed. */
@Injectable()
export class SyncRunEnds {
  constructor(
    @Inject(SYNC_RUN_STORE) private readonly store: SyncRunStore,
    private readonly statistics: SyncStatistics,
    private readonly signals: SyncRunSignals,
  ) {}

  note(run: SyncRun): void {
    this.statistics.countEnd(run);
    this.signals.tell(run.id, 'end');
  }

  /** As `note`, for a run that was ended without being read. */
  async noteById(id: string): Promise<void> {
    const run = await this.store.find(id);
    if (run !== null) this.note(run);
  }
}
