import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { Connection } from '../../connections/domain/connection.js';
import { systemContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import type { Operation } from '../domain/operation.js';
import {
  OPERATION_STORE,
  type OperationOutcome,
  type OperationStore,
  PUSH_STORE,
  type PushLease,
  type PushStore,
} from '../domain/operation-store.js';
import { afterOutcomes } from '../domain/push-circuit.js';
import { auditedOperation } from './audited-operation.js';
import { contextOf } from './originator-context.js';

/** Saves what became of operations, with everything that follows from it. */
@Injectable()
export class OutcomeRecorder {
  constructor(
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(PUSH_STORE) private readonly pushes: PushStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Commits what became of operations: states, bound lines, the circuit and one audit entry for each that ended. What was decided
   * about anew since it was read stays as it is now.
   */
  async record(
    connection: Connection,
    lease: PushLease,
    operations: readonly Operation[],
    given: readonly OperationOutcome[],
  ): Promise<void> {
    if (given.length === 0) return;
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    const push = await this.pushes.read(connection.id);
    await this.transactions.run(async (tx) => {
      const now = this.clock.now();
      const saved = await this.operations.saveOutcomes(tx, lease, given, now);
      const outcomes = given.filter(({ id }) => saved.has(id));
      const made = outcomes.flatMap(({ id, state, externalId }) => {
        const operation = byId.get(id);
        const isMade = state === 'applied' && operation?.step.kind === 'addService' && externalId !== null;
        return isMade ? [{ lineId: operation.lineId, lineExternalId: externalId }] : [];
      });
      await this.lines.bind(tx, made);
      const next = afterOutcomes(push, outcomes, now);
      if (next !== push) await this.pushes.save(tx, next);
      const ends = outcomes.flatMap((outcome) => {
        const operation = byId.get(outcome.id);
        return operation === undefined ? [] : auditedEnd(connection, operation, outcome);
      });
      await this.audit.appendAll(tx, ends);
      if (next.stoppedAt !== null && push.stoppedAt === null) {
        await this.audit.append(tx, systemContext(connection.tenantId, newId()), {
          operation: AUDIT_OPERATIONS.stopPushes,
          subject: { type: 'connection', id: connection.id, label: connection.alias },
          connectionId: connection.id,
          details: { reason: next.stopReason, failures: next.failures },
        });
      }
    });
  }
}

/** The entry of an operation that came to its end; none for one that goes on. */
function auditedEnd(
  connection: Connection,
  operation: Operation,
  { state, attempts, externalId, error }: OperationOutcome,
): Parameters<AuditTrail['appendAll']>[1] {
  if (state !== 'applied' && state !== 'failed') return [];
  const event = {
    operation: AUDIT_OPERATIONS.pushSubscription,
    subject: { type: 'subscription', id: operation.subscriptionId, label: operation.subscriptionId },
    connectionId: connection.id,
    details: {
      ...auditedOperation({ ...operation, attempts, externalId }),
      ...(error === null ? {} : { code: error.code, error: error.detail }),
    },
  };
  const outcome = state === 'applied' ? 'succeeded' : 'failed';
  return [{ context: contextOf(connection, operation), outcome, event }];
}
