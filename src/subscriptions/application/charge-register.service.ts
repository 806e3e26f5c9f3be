import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { SourceCharge } from '../../ports/host/subscription-source.port.js';
import { changesBetween } from '../domain/record-values.js';
import { ChargeConflictError, ChargeSubscriptionUnknownError } from '../domain/subscription.errors.js';
import { SUBSCRIPTION_STORE, type SubscriptionStore } from '../domain/subscription-store.js';
import { SubscriptionChanges } from './subscription-changes.service.js';
import { auditedChanges, demandRecordingTier, type Recorded } from './recording.js';

/** Records charges in the connector's own store; a charge is never rewritten. */
@Injectable()
export class ChargeRegister {
  constructor(
    @Inject(SUBSCRIPTION_STORE) private readonly store: SubscriptionStore,
    private readonly changes: SubscriptionChanges,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Records the charge; the same id with the same content again answers the same and leaves no audit entry.
   * @throws StoreTierNotAllowedError, ChargeConflictError, CustomerUnknownError, ChargeSubscriptionUnknownError
   */
  async create(
    context: UseCaseContext,
    given: Omit<SourceCharge, 'tenantId'>,
  ): Promise<Recorded<SourceCharge>> {
    const charge: SourceCharge = { ...given, tenantId: context.actor.tenantId };
    const subject = { type: 'charge', id: charge.id, label: charge.description };
    const event = () => ({ operation: AUDIT_OPERATIONS.createCharge, subject });
    return this.audit.attempt(context, event, async () => {
      demandRecordingTier(context.actor);
      return this.transactions.run(async (tx) => {
        const stored = await this.store.lockCharge(tx, charge);
        const changes = changesBetween(stored, charge);
        if (stored !== null) {
          if (changes.length > 0) throw new ChargeConflictError();
          return { record: stored, isNew: false };
        }
        await this.demandOwnSubscription(tx, charge);
        await this.store.insertCharge(tx, charge, this.clock.now());
        await this.changes.passOnCharge(tx, context, charge);
        await this.audit.append(tx, context, { ...event(), details: auditedChanges(changes) });
        return { record: charge, isNew: true };
      });
    });
  }

  private async demandOwnSubscription(
    tx: Transaction,
    { tenantId, customerId, subscriptionId }: SourceCharge,
  ): Promise<void> {
    if (subscriptionId === null) return;
    const subscription = await this.store.lockSubscription(tx, { tenantId, id: subscriptionId });
    if (subscription?.customerId !== customerId) throw new ChargeSubscriptionUnknownError(subscriptionId);
  }
}
