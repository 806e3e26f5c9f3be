import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { BillingAccount } from '../../ports/host/subscription-source.port.js';
import { changesBetween } from '../domain/record-values.js';
import { SUBSCRIPTION_STORE, type SubscriptionStore } from '../domain/subscription-store.js';
import { auditedChanges, demandRecordingTier, type Recorded } from './recording.js';

/** Records customers in the connector's own store. */
@Injectable()
export class CustomerRegister {
  constructor(
    @Inject(SUBSCRIPTION_STORE) private readonly store: SubscriptionStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Creates or replaces the customer; equal values change nothing and leave no audit entry.
   * @throws StoreTierNotAllowedError
   */
  async put(
    context: UseCaseContext,
    values: Omit<BillingAccount, 'tenantId'>,
  ): Promise<Recorded<BillingAccount>> {
    const customer: BillingAccount = { ...values, tenantId: context.actor.tenantId };
    const subject = { type: 'customer', id: customer.id, label: customer.name };
    const event = () => ({ operation: AUDIT_OPERATIONS.putCustomer, subject });
    return this.audit.attempt(context, event, async () => {
      demandRecordingTier(context.actor);
      return this.transactions.run(async (tx) => {
        const before = await this.store.lockCustomer(tx, customer);
        const changes = changesBetween(before, customer);
        if (changes.length > 0) {
          await this.store.putCustomer(tx, customer, this.clock.now());
          await this.audit.append(tx, context, { ...event(), details: auditedChanges(changes) });
        }
        return { record: customer, isNew: before === null };
      });
    });
  }
}
