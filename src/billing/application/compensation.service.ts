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
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  AlreadyCompensatedError,
  NotCompensableError,
  OperationNotFoundError,
  OperationStateError,
  SecondPersonRequiredError,
} from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { COMPENSATION_STORE, type CompensationStore } from '../domain/compensation-store.js';
import { isAdjustment } from '../domain/line-overlay.js';
import type { Operation } from '../domain/operation.js';
import { type NewOperation, OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import type { PlanStep } from '../domain/plan-step.js';
import { isAbove, totalOf } from '../domain/plan-total.js';
import { restoringStep } from '../domain/restoring-step.js';
import { auditedOperation } from './audited-operation.js';
import { internalCurrencyOf } from './contract-reader.service.js';
import { DecisionWriter } from './decision-writer.service.js';
import { originatorOf } from './originator-context.js';
import { Operations } from './operations.service.js';
import { withApproval } from './plan-facts.js';
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
    private readonly decisions: DecisionWriter,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(COMPENSATION_STORE) private readonly compensations: CompensationStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    private readonly trigger: PushTrigger,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Restores what was in force before an applied operation, from today or the next day that allows it. What moves more than the policy's
   * limit takes a second person, who asks for the same (ADR 0020).
   * @throws OperationNotFoundError, TierNotAllowedError, OperationStateError, NotCompensableError, SecondPersonRequiredError
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
      demandCompensable(operation);
      if ((await this.compensations.compensationOf(id)) !== null) throw new AlreadyCompensatedError();
      const connection = await this.connections.get(context, operation.connectionId);
      demandActive(connection);
      const [line] = await this.lines.findLines([operation.lineId]);
      if (line === undefined) throw new NotCompensableError('The line of the operation is gone.');
      const open = await this.operations.openOf([line.id]);
      const step = await this.restore(connection, line, operation, open);
      const made = this.compensationOf(context, line, operation, step);
      const refusal = await this.transactions.run(async (tx) => {
        await this.demandUnchanged(tx, line, operation, open);
        if (!(await this.isApproved(tx, context, connection, made))) {
          const isNotEnough = new SecondPersonRequiredError(limitOf(connection));
          await this.audit.appendRefusalIn(tx, context, event(), isNotEnough);
          return isNotEnough;
        }
        await this.operations.insert(tx, [made]);
        await this.trigger.wake(tx, connection.id);
        await this.audit.append(tx, context, {
          ...event(),
          details: { ...auditedOperation(operation), compensatedBy: made.id, from: step.effectiveOn },
        });
        return null;
      });
      if (refusal !== null) throw refusal;
      return this.all.get(context, made.id);
    });
  }

  /** The line is locked until the transaction ends: two people at once, or a worker that just sends, make one compensation at most. */
  private async demandUnchanged(
    tx: Transaction,
    line: BillingLine,
    { id }: Operation,
    open: readonly Operation[],
  ): Promise<void> {
    const isUpToDate = await this.decisions.isUpToDate(tx, [line], open);
    const locked = await this.operations.lock(tx, id);
    if (locked === null) throw new OperationNotFoundError();
    demandCompensable(locked);
    if ((await this.compensations.compensationOf(id, tx)) !== null) throw new AlreadyCompensatedError();
    if (!isUpToDate) {
      throw new NotCompensableError(
        'Another change of the same line was decided or sent meanwhile. Look at it, then ask again.',
      );
    }
  }

  /** Whether enough people asked for it; that this one did is kept where it is not enough. */
  private async isApproved(
    tx: Transaction,
    context: UseCaseContext,
    { currency, policies }: Connection,
    { compensatesId, step }: NewOperation,
  ): Promise<boolean> {
    if (compensatesId === null || !isAbove(totalOf([step], currency), policies.secondApproverAbove))
      return true;
    const approvals = withApproval(
      { approvals: await this.compensations.approvals(tx, compensatesId) },
      context,
    );
    await this.compensations.saveApprovals(tx, compensatesId, approvals);
    return approvals.length >= 2;
  }

  private compensationOf(
    context: UseCaseContext,
    line: BillingLine,
    operation: Operation,
    step: PlanStep,
  ): NewOperation {
    return {
      id: newId(),
      connectionId: line.connectionId,
      tenantId: line.tenantId,
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
    };
  }

  private async restore(
    connection: Connection,
    line: BillingLine,
    operation: Operation,
    open: readonly Operation[],
  ): Promise<PlanStep> {
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const today = utcDay(this.clock.now());
      const { contract, own } = await this.planning.lineNow(
        connection,
        session,
        line,
        operation.step.effectiveOn,
      );
      const waiting = open.filter(({ step }) => isAdjustment(step)).map(({ step }) => step.effectiveOn);
      const takenDays = [...own.takenDays, ...waiting];
      const currencies = { currency: connection.currency, costCurrency: internalCurrencyOf(connection) };
      return restoringStep(operation.step, contract, { ...own, takenDays }, currencies, today);
    } finally {
      await session.close();
    }
  }
}

/** @throws OperationStateError, NotCompensableError */
function demandCompensable({ state, step }: Operation): void {
  if (state !== 'applied') throw new OperationStateError(state, 'applied');
  if (!isAdjustment(step)) {
    throw new NotCompensableError(
      'Only changes of units, price and cost can be taken back; correct others in the PSA.',
    );
  }
  if (step.rule === 'azure.monthPrice' || step.rule === 'azure.resetPrice') {
    throw new NotCompensableError(
      'The price of a month cannot be taken back from today on; record a correction charge for the month.',
    );
  }
}

function limitOf({ policies: { secondApproverAbove: limit } }: Connection): string {
  return limit === null ? '' : `${limit.amount.toFixed()} ${limit.currency}`;
}
