import { Inject, Injectable, Optional } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { Actor } from '../../ports/host/actor-resolver.port.js';
import {
  SUBSCRIPTION_CHANGE_LISTENER,
  type SubscriptionChange,
  type SubscriptionChangeListener,
} from '../../ports/host/subscription-changes.port.js';
import type { SourceCharge, Subscription } from '../../ports/host/subscription-source.port.js';

/** A change as a host reports it. */
export interface ReportedChange {
  /** Null: the subscription is new. */
  before: Subscription | null;
  after: Subscription;
  /** Who caused it. */
  actor: Pick<Actor, 'id' | 'name' | 'tenantId'>;
  /** Ties log, audit and operations together; default a new id. */
  correlationId?: string;
}

/** A new charge as a host reports it. */
export interface ReportedCharge {
  charge: SourceCharge;
  actor: ReportedChange['actor'];
  correlationId?: string;
}

/**
 * Where changes of subscriptions enter the connector. Hosts with a `SubscriptionSource` of their own call `record` after each change;
 * what they miss is caught by the schedule.
 */
@Injectable()
export class SubscriptionChanges {
  constructor(
    private readonly transactions: TransactionRunner,
    @Optional()
    @Inject(SUBSCRIPTION_CHANGE_LISTENER)
    private readonly listener: SubscriptionChangeListener | null,
  ) {}

  /**
   * Saves the work a change causes; when this resolves, no crash can lose it. Reporting a change twice is harmless: the work is planned
   * against what the PSA shows.
   */
  record({ correlationId = newId(), ...change }: ReportedChange): Promise<void> {
    return this.transactions.run((tx) => this.tell(tx, { ...change, correlationId }));
  }

  /** As `record`, for a charge that is new; a charge is never rewritten. */
  recordCharge({ correlationId = newId(), charge, actor }: ReportedCharge): Promise<void> {
    return this.transactions.run(async (tx) => {
      await this.listener?.chargeRecorded(tx, { charge, actor, correlationId });
    });
  }

  /** For the connector's own store: in the transaction that saves the charge. */
  async passOnCharge(
    tx: Transaction,
    { actor, correlationId }: UseCaseContext,
    charge: SourceCharge,
  ): Promise<void> {
    const { id, name, tenantId } = actor;
    await this.listener?.chargeRecorded(tx, { charge, actor: { id, name, tenantId }, correlationId });
  }

  /** For the connector's own store: in the transaction that saves the change. */
  passOn(
    tx: Transaction,
    { actor, correlationId }: UseCaseContext,
    change: Pick<SubscriptionChange, 'before' | 'after'>,
  ): Promise<void> {
    const { id, name, tenantId } = actor;
    return this.tell(tx, { ...change, actor: { id, name, tenantId }, correlationId });
  }

  private async tell(tx: Transaction, change: SubscriptionChange): Promise<void> {
    await this.listener?.subscriptionChanged(tx, change);
  }
}
