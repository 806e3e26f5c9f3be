import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { ConnectionRemovals } from '../../connections/application/connection-removals.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  type BillingLine,
  LINE_LEFT,
  LINE_STORE,
  type LineDeparture,
  type LineStore,
} from '../domain/billing-line.js';
import type { Operation } from '../domain/operation.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import { CHANGE_STORE, type ChangeStore } from '../domain/pending-change.js';
import { auditedOperation } from './audited-operation.js';

/**
 * Takes subscriptions off the contract services they fed. What they have there stays as it is: whether it is billed on is a person's decision,
 * which the finding of the next pull asks for. Nothing more is sent to it of what was decided while it was mapped.
 */
@Injectable()
export class LeftLines implements OnModuleInit {
  constructor(
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    private readonly removals: ConnectionRemovals,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A connection that is removed bills nothing more: its subscriptions are mapped elsewhere, with what was not sent. */
  onModuleInit(): void {
    this.removals.register(async (tx, context, connectionId) => {
      const left = await this.lines.leaveAll(tx, connectionId);
      const ids = left.map(({ subscriptionId }) => subscriptionId);
      await this.changes.dismissOf(tx, connectionId, ids);
      await this.dismissOpen(tx, context, left);
      return {};
    });
  }

  async leave(tx: Transaction, context: UseCaseContext, departures: readonly LineDeparture[]): Promise<void> {
    const left = await this.lines.leave(tx, departures);
    const gone = departures.filter(({ to }) => to === null);
    for (const [connectionId, own] of Map.groupBy(gone, (departure) => departure.connectionId)) {
      const ids = own.map(({ subscriptionId }) => subscriptionId);
      await this.changes.dismissOf(tx, connectionId, ids);
    }
    await this.dismissOpen(tx, context, left);
  }

  private async dismissOpen(
    tx: Transaction,
    context: UseCaseContext,
    left: readonly BillingLine[],
  ): Promise<void> {
    const open = await this.operations.openOf(
      left.map(({ id }) => id),
      tx,
    );
    for (const { id } of open) await this.dismiss(tx, context, id);
  }

  private async dismiss(tx: Transaction, context: UseCaseContext, id: string): Promise<void> {
    // Locked one by one: a worker may be just sending it, and then it is brought to its end.
    const operation = await this.operations.lock(tx, id);
    if (operation === null || !isGivenUp(operation)) return;
    const detail = 'The subscription is not mapped to this contract service any more.';
    await this.operations.setState(tx, id, 'dismissed', { code: LINE_LEFT, detail }, this.clock.now());
    await this.audit.append(tx, context, {
      operation: AUDIT_OPERATIONS.dismissOperation,
      subject: { type: 'operation', id, label: operation.step.identity },
      connectionId: operation.connectionId,
      details: { ...auditedOperation(operation), code: LINE_LEFT },
    });
  }
}

/** The PSA certainly has not carried it out. */
const REFUSED = 'psa.request_rejected';

/**
 * What the PSA may have taken is not given up: nobody could say what came of it. Amounts beside the seats would be billed once more
 * elsewhere, so one that failed after it was sent is given up only where the PSA refused it; otherwise a person looks.
 */
function isGivenUp({ state, attempts, isRebased, step, error }: Operation): boolean {
  const isUnsent = attempts === 0 && !isRebased;
  if (state === 'failed') return step.settles === undefined || isUnsent || error?.code === REFUSED;
  return state === 'pending' && attempts === 0;
}
