import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS, type AuditOperation } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  OperationNotFoundError,
  OperationStateError,
  SubscriptionNotMappedError,
} from '../domain/billing.errors.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { CHANGE_STORE, type ChangeStore } from '../domain/pending-change.js';
import { withoutStep } from '../domain/dismissed-step.js';
import { isRefusal, type Operation, type OperationState } from '../domain/operation.js';
import { OPERATION_STORE, type OperationFilter, type OperationStore } from '../domain/operation-store.js';
import { isRefusedCharge } from '../domain/refused-charge.js';
import { auditedOperation } from './audited-operation.js';
import { type MovedOperation, OperationDays } from './operation-days.service.js';
import { OvertakenCharges } from './overtaken-charges.service.js';
import { RefusedCharges } from './refused-charges.service.js';
import { PushTrigger } from './push-trigger.service.js';

/** What stands in the way of a failed operation that is taken up again. */
interface FoundAgain {
  moved: MovedOperation | null;
  isOvertaken: boolean;
}

const AS_IT_STANDS: FoundAgain = { moved: null, isOvertaken: false };

/** Shows the outbox, and carries out what people decide about operations that got stuck. */
@Injectable()
export class Operations {
  constructor(
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    private readonly days: OperationDays,
    private readonly refused: RefusedCharges,
    private readonly overtaken: OvertakenCharges,
    private readonly trigger: PushTrigger,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest first. */
  list(
    { actor }: UseCaseContext,
    filter: Omit<OperationFilter, 'tenantId'>,
    page: PageRequest,
    before: string | undefined,
  ): Promise<Page<Operation>> {
    return this.operations.list({ ...filter, tenantId: actor.tenantId }, page, before);
  }

  /** @throws OperationNotFoundError also for an operation of another tenant */
  async get({ actor }: UseCaseContext, id: string): Promise<Operation> {
    const operation = isId(id) ? await this.operations.find(id) : null;
    if (operation === null || operation.tenantId !== actor.tenantId) throw new OperationNotFoundError();
    return operation;
  }

  /**
   * Takes a failed operation up again, from what the PSA holds now, on the next free day where its own has another adjustment; a refused
   * change is planned again, and so is the change of a charge that is billed or gone by now.
   * @throws OperationNotFoundError, TierNotAllowedError, OperationStateError, DayTakenError and what reading the PSA raises
   */
  retry(context: UseCaseContext, id: string): Promise<Operation> {
    let found: FoundAgain = AS_IT_STANDS;
    const prepare = async (operation: Operation) => {
      found = await this.find(context, operation);
    };
    const takeUp = async (tx: Transaction, operation: Operation) => {
      if (found.moved !== null) await this.days.demandUnchanged(tx, found.moved);
      return this.takeUpAgain(tx, operation, found);
    };
    return this.decide(context, id, AUDIT_OPERATIONS.retryOperation, ['failed'], takeUp, prepare);
  }

  /**
   * Gives an operation up that is not under way; later ones of its subscription go on without it.
   * @throws OperationNotFoundError, TierNotAllowedError, OperationStateError
   */
  dismiss(context: UseCaseContext, id: string): Promise<Operation> {
    return this.decide(
      context,
      id,
      AUDIT_OPERATIONS.dismissOperation,
      ['failed', 'pending'],
      async (tx, operation) => {
        const now = this.clock.now();
        await this.operations.setState(tx, operation.id, 'dismissed', operation.error, now);
        if (isRefusal(operation) && !isRefusedCharge(operation)) {
          await this.lines.setKnownFromChange(tx, operation.lineId, operation.step.revision);
        }
        await this.rebaseFollowers(tx, operation, now);
        return {};
      },
    );
  }

  /**
   * Takes up every failed operation of a subscription again, oldest first; the first that fails again stops the rest.
   * @throws SubscriptionNotMappedError, TierNotAllowedError, DayTakenError and what reading the PSA raises
   */
  async syncSubscription(context: UseCaseContext, subscriptionId: string): Promise<Operation[]> {
    const { tenantId } = context.actor;
    const subject = { type: 'subscription', id: subscriptionId, label: subscriptionId };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.syncSubscription, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const line = await this.lines.findMapped(tenantId, subscriptionId);
      if (line === null) throw new SubscriptionNotMappedError();
      known = line.connectionId;
      demandManagingTier(context.actor);
      const failed = await this.operations.failedOf(tenantId, subscriptionId);
      const again = new Map<string, FoundAgain>();
      for (const operation of failed) again.set(operation.id, await this.find(context, operation));
      await this.transactions.run(async (tx) => {
        await this.lines.lockLines(tx, [line.id]);
        for (const { moved } of again.values())
          if (moved !== null) await this.days.demandUnchanged(tx, moved);
        const dates: AuditDetails[] = [];
        for (const operation of failed) {
          const found = again.get(operation.id) ?? AS_IT_STANDS;
          const { changes } = await this.takeUpAgain(tx, operation, found);
          if (changes !== undefined) dates.push({ operationId: operation.id, changes });
        }
        await this.trigger.wake(tx, line.connectionId);
        await this.audit.append(tx, context, {
          ...event(),
          details: {
            operationIds: failed.map(({ id }) => id),
            ...(dates.length === 0 ? {} : { moved: dates }),
          },
        });
      });
      return failed;
    });
  }

  /** What the PSA has to be asked for before the transaction begins. */
  private async find(context: UseCaseContext, operation: Operation): Promise<FoundAgain> {
    const moved = await this.days.moved(context, operation);
    return { moved, isOvertaken: await this.overtaken.isOvertaken(context, operation) };
  }

  /** @returns what its audit entry tells beside the operation */
  private async takeUpAgain(
    tx: Transaction,
    operation: Operation,
    { moved, isOvertaken }: FoundAgain,
  ): Promise<AuditDetails> {
    const now = this.clock.now();
    if (isRefusedCharge(operation) || isOvertaken) {
      await this.refused.planAgain(tx, operation);
      return {};
    }
    if (!isRefusal(operation)) {
      const step = moved?.step ?? operation.step;
      await this.operations.release(tx, operation.id, step, now);
      if (moved === null) return {};
      const { effectiveOn } = operation.step;
      return { changes: [{ field: 'effectiveOn', before: effectiveOn, after: step.effectiveOn }] };
    }
    await this.operations.setState(tx, operation.id, 'dismissed', operation.error, now);
    const [line] = await this.lines.findLines([operation.lineId], tx);
    const { revision, fromRevision = revision } = operation.step;
    if (line !== undefined) await this.changes.reopen(tx, line, fromRevision);
    return {};
  }

  /** The operations behind a dismissed one find what is there without it. */
  private async rebaseFollowers(tx: Transaction, dismissed: Operation, now: Date): Promise<void> {
    const open = await this.operations.openOf([dismissed.lineId], tx);
    const behind = open.filter(
      (operation) =>
        BigInt(operation.sequence) > BigInt(dismissed.sequence) &&
        operation.attempts === 0 &&
        !isRefusal(operation),
    );
    const steps = withoutStep(
      dismissed.step,
      behind.map(({ step }) => step),
    );
    for (const [index, operation] of behind.entries()) {
      const step = steps[index];
      if (step === undefined || step === operation.step) continue;
      await this.operations.rewrite(tx, operation, step, now);
    }
  }

  private async decide(
    context: UseCaseContext,
    id: string,
    operation: AuditOperation,
    allowed: readonly OperationState[],
    work: (tx: Transaction, operation: Operation) => Promise<AuditDetails>,
    prepare?: (operation: Operation) => Promise<void>,
  ): Promise<Operation> {
    const subject = { type: 'operation', id: isId(id) ? id : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const found = await this.get(context, id);
      known = found.connectionId;
      demandManagingTier(context.actor);
      subject.label = found.step.identity;
      await prepare?.(found);
      await this.transactions.run(async (tx) => {
        await this.lines.lockLines(tx, [found.lineId]);
        const locked = await this.operations.lock(tx, id);
        if (locked === null) throw new OperationNotFoundError();
        if (!allowed.includes(locked.state))
          throw new OperationStateError(locked.state, allowed.join(' or '));
        const told = await work(tx, locked);
        await this.trigger.wake(tx, locked.connectionId);
        await this.audit.append(tx, context, {
          ...event(),
          details: { ...auditedOperation(locked), ...told },
        });
      });
      return this.get(context, id);
    });
  }
}
