import { Inject, Injectable } from '@nestjs/common';
import type {
  MappingChangeListener,
  SubscriptionMappingChange,
} from '../../contracts/domain/mapping-listeners.js';
import type { MappedSubscription } from '../../contracts/domain/mapped-subscription.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { laterOf } from '../../kernel/period.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type {
  RecordedCharge,
  SubscriptionChange,
  SubscriptionChangeListener,
} from '../../ports/host/subscription-changes.port.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import { type BillingLine, LINE_STORE, type LineKey, type LineStore } from '../domain/billing-line.js';
import { CHANGE_STORE, type ChangeStore, type PendingChange } from '../domain/pending-change.js';
import { CHARGE_DUE_STORE, type ChargeDueStore } from '../domain/charge-due.js';
import { monthOf } from '../domain/charge-item.js';
import { CUSTOMER_LINE_STORE, type CustomerLineStore } from '../domain/customer-line.js';
import type { Originator } from '../domain/operation.js';
import { LeftLines } from './left-lines.service.js';
import { originatorOf } from './originator-context.js';
import { PushTrigger } from './push-trigger.service.js';

/** A mapped subscription with what the host says of it; null where the host does not know it. */
export interface ToldSubscription {
  mapped: MappedSubscription;
  subscription: Subscription | null;
}

/** Notes what has to be billed differently, in the transaction that changed it; the worker plans and pushes it. */
@Injectable()
export class ChangeRecorder implements SubscriptionChangeListener, MappingChangeListener {
  constructor(
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CUSTOMER_LINE_STORE) private readonly customers: CustomerLineStore,
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    @Inject(CHARGE_DUE_STORE) private readonly dues: ChargeDueStore,
    private readonly left: LeftLines,
    private readonly trigger: PushTrigger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A subscription that is not mapped has no line; what it is then is planned when it is mapped. */
  async subscriptionChanged(
    tx: Transaction,
    { after, actor, correlationId }: SubscriptionChange,
  ): Promise<void> {
    const line = await this.lines.mappedLine(tx, after.tenantId, after.id);
    if (line === null) return;
    const originator = { actorId: actor.id, actorName: actor.name, correlationId };
    await this.changes.add(tx, [this.changeOf(line, after, originator)]);
    await this.trigger.wake(tx, line.connectionId);
  }

  /** A charge is looked at wherever its customer has a contract; which of them it goes on is planned. */
  async chargeRecorded(tx: Transaction, { charge, actor, correlationId }: RecordedCharge): Promise<void> {
    const { tenantId, customerId, subscriptionId } = charge;
    const line = subscriptionId === null ? null : await this.lines.mappedLine(tx, tenantId, subscriptionId);
    const ofCustomer =
      subscriptionId === null ? await this.customers.connectionsOfCustomers(tx, tenantId, [customerId]) : [];
    for (const connectionId of line === null
      ? ofCustomer.map((found) => found.connectionId)
      : [line.connectionId]) {
      await this.dues.add(tx, {
        id: newId(),
        connectionId,
        tenantId,
        chargeId: charge.id,
        customerId,
        month: monthOf(charge.servicePeriod.to),
        recordedAt: this.clock.now(),
        actorId: actor.id,
        actorName: actor.name,
        correlationId,
      });
      await this.trigger.wake(tx, connectionId);
    }
  }

  async subscriptionMappingsChanged(
    tx: Transaction,
    context: UseCaseContext,
    changes: readonly SubscriptionMappingChange[],
  ): Promise<void> {
    const departures = changes.flatMap(({ before, after }) =>
      before === null || after?.connectionId === before.connectionId ? [] : { ...before, to: null },
    );
    await this.left.leave(tx, context, departures);
    const mapped = changes.flatMap(({ after, subscription }) =>
      after === null ? [] : { mapped: after, subscription },
    );
    await this.recordMapped(tx, context, mapped);
  }

  /**
   * Makes the lines of mapped subscriptions and notes what each is now, to be compared with its contract; what they fed before is left.
   * @param told with what the host says of them, which is asked before the transaction begins
   * @param from what differs counts from this day on at the earliest; the subscription's own day when absent
   */
  async recordMapped(
    tx: Transaction,
    context: UseCaseContext,
    told: readonly ToldSubscription[],
    from?: LocalDate,
  ): Promise<void> {
    const keys = told.map(({ mapped }) => keyOf(mapped));
    await this.left.leave(
      tx,
      context,
      keys.map((key) => ({ ...key, to: key })),
    );
    const lines = await this.lines.ensureLines(tx, keys, this.clock.now());
    const byId = new Map(told.map(({ mapped, subscription }) => [idOf(mapped), subscription]));
    const changes = lines.flatMap((line) => {
      const subscription = byId.get(idOf(line)) ?? null;
      if (subscription === null) return [];
      const effectiveOn = laterOf(subscription.effectiveOn, from ?? subscription.effectiveOn);
      return [this.changeOf(line, { ...subscription, effectiveOn }, originatorOf(context))];
    });
    await this.changes.add(tx, changes);
    for (const connectionId of new Set(lines.map((line) => line.connectionId))) {
      await this.trigger.wake(tx, connectionId);
    }
  }

  private changeOf(line: BillingLine, subscription: Subscription, originator: Originator): PendingChange {
    return {
      id: newId(),
      connectionId: line.connectionId,
      tenantId: line.tenantId,
      subscriptionId: line.subscriptionId,
      subscription,
      holdReason: null,
      recordedAt: this.clock.now(),
      ...originator,
    };
  }
}

/** Of one connection at most, so its tenant and its own id tell it from all others. */
function idOf({ tenantId, subscriptionId }: Pick<LineKey, 'tenantId' | 'subscriptionId'>): string {
  return JSON.stringify([tenantId, subscriptionId]);
}

function keyOf(mapped: MappedSubscription): LineKey {
  const { connectionId, tenantId, subscriptionId, contractExternalId, serviceExternalId } = mapped;
  return { connectionId, tenantId, subscriptionId, contractExternalId, serviceExternalId };
}
