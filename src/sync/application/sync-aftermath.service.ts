import { Inject, Injectable, Logger } from '@nestjs/common';
import { BillingAfterPull } from '../../billing/application/after-pull.service.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectorError } from '../../kernel/connector-error.js';
import { systemContext } from '../../core/use-case-context.js';
import { SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';

/** What a run causes once everything it read is stored. */
@Injectable()
export class SyncAftermath {
  readonly #logger = new Logger(SyncAftermath.name);

  constructor(
    @Inject(SYNC_RUN_STORE) private readonly runs: SyncRunStore,
    private readonly connections: ConnectionDirectory,
    private readonly billing: BillingAfterPull,
  ) {}

  /**
   * Lets billing look at what a successful run brought. Safe to repeat. Rejects, so that the queue gives it out again, where it was
   * overtaken by what is sent meanwhile, or something of ours failed; what the PSA refuses is for the next run to look at again, since
   * refused sign-ins lock the API user.
   */
  async follow(runId: string): Promise<void> {
    try {
      const run = await this.runs.find(runId);
      if (run?.state !== 'succeeded') return;
      const connection = await this.connections.findForWork(run.connectionId);
      if (connection?.state !== 'active') return;
      const context = systemContext(run.tenantId, run.correlationId);
      await this.billing.run(context, connection, run.startedAt ?? run.createdAt);
    } catch (error) {
      this.#logger.warn('Billing could not look at what a pull brought', {
        syncRunId: runId,
        reason: String(error),
      });
      if (!(error instanceof ConnectorError) || error.category === 'conflict') throw error;
    }
  }
}
