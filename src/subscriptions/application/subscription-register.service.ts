import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { utcDay } from '../../kernel/local-date.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import { changesBetween, nextRevision, type SubscriptionValues } from '../domain/record-values.js';
import { CustomerFixedError } from '../domain/subscription.errors.js';
import { SUBSCRIPTION_STORE, type SubscriptionStore } from '../domain/subscription-store.js';
import { auditedChanges, demandRecordingTier, type Recorded } from './recording.js';
import { SubscriptionChanges } from './subscription-changes.service.js';

/** Records subscriptions in the connector's own store, and passes every change on. */
@Injectable()
export class SubscriptionRegister {
  constructor(
    @Inject(SUBSCRIPTION_STORE) private readonly store: SubscriptionStore,
    private readonly subscriptionChanges: SubscriptionChanges,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Creates the subscription or records its next revision; the work the change causes is saved in the same transaction. Equal values
   * change nothing: no revision, no audit entry, no work.
   * @throws StoreTierNotAllowedError, CustomerUnknownError, CustomerFixedError
   */
  async put(
    context: UseCaseContext,
    given: Omit<SubscriptionValues, 'tenantId'>,
  ): Promise<Recorded<Subscription>> {
    const values: SubscriptionValues = { ...given, tenantId: context.actor.tenantId };
    const subject = { type: 'subscription', id: values.id, label: values.friendlyName ?? values.offer.name };
    const event = () => ({ operation: AUDIT_OPERATIONS.putSubscription, subject });
    return this.audit.attempt(context, event, async () => {
      demandRecordingTier(context.actor);
      return this.transactions.run(async (tx) => {
        const now = this.clock.now();
        const before = await this.store.lockSubscription(tx, values);
        if (before !== null && before.customerId !== values.customerId) {
          throw new CustomerFixedError(before.customerId);
        }
        const after = nextRevision(before, values, utcDay(now));
        if (before !== null && after.revision === before.revision) return { record: before, isNew: false };
        const { id, name } = context.actor;
        await this.store.putSubscription(tx, after, { at: now, by: { id, name } });
        await this.subscriptionChanges.passOn(tx, context, { before, after });
        await this.audit.append(tx, context, {
          ...event(),
          details: {
            ...auditedChanges(changesBetween(before, after)),
            effectiveOn: after.effectiveOn,
            revision: after.revision,
          },
        });
        return { record: after, isNew: before === null };
      });
    });
  }
}
