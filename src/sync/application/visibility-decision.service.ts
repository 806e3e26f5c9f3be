import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SCHEDULE_STORE, type ScheduleStore } from '../domain/schedule-store.js';
import { VisibilityNotQuestionedError } from '../domain/sync.errors.js';
import { SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';

/** `acceptDeletions`: the records are gone in the PSA, delete them here once; `keep`: they are not, delete nothing. */
export type VisibilityDecision = 'acceptDeletions' | 'keep';

const QUESTION = 'sync.visibility_shrunk';

/** Takes a person's answer to a run that stopped because far fewer records were shown than are known. */
@Injectable()
export class VisibilityDecisions {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly checks: ConnectionCheck,
    @Inject(SYNC_RUN_STORE) private readonly runs: SyncRunStore,
    @Inject(SCHEDULE_STORE) private readonly schedules: ScheduleStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Either way the connection works again, and its next run is full. After `acceptDeletions` that run deletes whatever is missing,
   * of every entity; after `keep` it stops again if the records are still not shown.
   * @throws ConnectionNotFoundError, TierNotAllowedError, VisibilityNotQuestionedError
   */
  async decide(context: UseCaseContext, connectionId: string, decision: VisibilityDecision): Promise<void> {
    const subject = { type: 'connection', id: isId(connectionId) ? connectionId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.decideVisibility, subject, connectionId: known });
    await this.audit.attempt(context, event, async () => {
      const { id, alias } = await this.connections.get(context, connectionId);
      known = id;
      demandManagingTier(context.actor);
      subject.label = alias;
      const { items } = await this.runs.list(id, { limit: 1 }, undefined);
      const [last] = items;
      if (last?.error?.code !== QUESTION) throw new VisibilityNotQuestionedError();
      const reason = { code: QUESTION, decision, syncRunId: last.id, question: last.error.detail };
      await this.transactions.run(async (tx) => {
        const acceptedAt = decision === 'acceptDeletions' ? this.clock.now() : null;
        await this.schedules.requireFull(tx, id);
        await this.schedules.setDeletionsAccepted(tx, id, acceptedAt);
        await this.audit.append(tx, context, { ...event(), details: reason });
        await this.checks.endAttention(tx, context, id, reason);
      });
    });
  }
}
