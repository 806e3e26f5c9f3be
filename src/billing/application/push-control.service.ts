import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { PUSH_STORE, type PushState, type PushStore } from '../domain/operation-store.js';
import { PushTrigger } from './push-trigger.service.js';

/** The circuit of a connection: it opens by itself, a person closes it. */
@Injectable()
export class PushControl {
  constructor(
    private readonly connections: ConnectionDirectory,
    @Inject(PUSH_STORE) private readonly pushes: PushStore,
    private readonly trigger: PushTrigger,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
  ) {}

  /** @throws ConnectionNotFoundError */
  async read(context: UseCaseContext, connectionId: string): Promise<PushState> {
    const { id } = await this.connections.get(context, connectionId);
    return this.pushes.read(id);
  }

  /** Lets pushes of the connection go on; without a stop it changes nothing. @throws ConnectionNotFoundError, TierNotAllowedError */
  async resume(context: UseCaseContext, connectionId: string): Promise<PushState> {
    const subject = { type: 'connection', id: isId(connectionId) ? connectionId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.resumePushes, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      demandManagingTier(context.actor);
      subject.label = connection.alias;
      const before = await this.pushes.read(connection.id);
      const after: PushState = { ...before, failures: 0, stoppedAt: null, stopReason: null };
      await this.transactions.run(async (tx) => {
        await this.pushes.save(tx, after);
        await this.trigger.wake(tx, connection.id);
        await this.audit.append(tx, context, { ...event(), details: { stopReason: before.stopReason } });
      });
      return after;
    });
  }
}
