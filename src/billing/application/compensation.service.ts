import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandActive, demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId, newId } from '../../kernel/ids.js';
import { utcDay } from '../../kernel/local-date.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { NotCompensableError, OperationStateError } from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { isAdjustment } from '../domain/line-overlay.js';
import type { Operation } from '../domain/operation.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import { restoringStep } from '../domain/restoring-step.js';
import { auditedOperation } from './audited-operation.js';
import { originatorOf } from './originator-context.js';
import { Operations } from './operations.service.js';
import { Planning } from './planning.service.js';
import { PushTrigger } from './push-trigger.service.js';

/** Undoes a pushed change by a new one, since an adjustment can be neither altered nor deleted (reference §8.1). */
@Injectable()
export class Compensation {
  constructor(
    private readonly all: Operations,
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
    private readonly planning: Planning,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    private readonly trigger: PushTrigger,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Restores what was in force before an applied operation, from today or the next day that allows it.
   * @throws OperationNotFoundError, TierNotAllowedError, OperationStateError, NotCompensableError
   */
  async compensate(context: UseCaseContext, id: string): Promise<Operation> {
    const subject = { type: 'operation', id: isId(id) ? id : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.compensateOperation, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const operation = await this.all.get(context, id);
      known = operation.connectionId;
      demandManagingTier(context.actor);
      subject.label = operation.step.identity;
      if (operation.state !== 'applied') throw new OperationStateError(operation.state, 'applied');
      if (!isAdjustment(operation.step)) {
        throw new NotCompensableError(
          'Only changes of units, price and cost can be taken back; correct others in the PSA.',
        );
      }
      if (operation.step.rule === 'azure.monthPrice' || operation.step.rule === 'azure.resetPrice') {
        throw new NotCompensableError(
          'The price of a month cannot be taken back from today on; record a correction charge for the month.',
        );
      }
      const connection = await this.connections.get(context, operation.connectionId);
      demandActive(connection);
      const [line] = await this.lines.findLines([operation.lineId]);
      if (line === undefined) throw new NotCompensableError('The line of the operation is gone.');
      const step = await this.restore(connection, line, operation);
      const made = newId();
      await this.transactions.run(async (tx) => {
        await this.lines.lockLines(tx, [line.id]);
        await this.operations.insert(tx, [
          {
            id: made,
            connectionId: connection.id,
            tenantId: connection.tenantId,
            lineId: line.id,
            subscriptionId: line.subscriptionId,
            planId: null,
            stepId: null,
            compensatesId: operation.id,
            step,
            state: 'pending',
            error: null,
            ...originatorOf(context),
            createdAt: this.clock.now(),
          },
        ]);
        await this.trigger.wake(tx, connection.id);
        await this.audit.append(tx, context, {
          ...event(),
          details: { ...auditedOperation(operation), compensatedBy: made, from: step.effectiveOn },
        });
      });
      return this.all.get(context, made);
    });
  }

  private async restore(connection: Connection, line: BillingLine, operation: Operation) {
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const today = utcDay(this.clock.now());
      const { contract, own } = await this.planning.lineNow(
        connection,
        session,
        line,
        operation.step.effectiveOn,
      );
      return restoringStep(operation.step, contract, own, connection.currency, today);
    } finally {
      await session.close();
    }
  }
}
