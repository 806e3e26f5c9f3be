import { Inject, Injectable } from '@nestjs/common';
import type { FinishedImport, ImportListener } from '../../imports/domain/import-listener.js';
import { newId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { CHARGE_DUE_STORE, type ChargeDueStore } from '../domain/charge-due.js';
import { isBilledKind } from '../domain/charge-item.js';
import { CUSTOMER_LINE_STORE, type CustomerLineStore } from '../domain/customer-line.js';
import { PushTrigger } from './push-trigger.service.js';

/** Notes which customers' months a file of a bill changed, in the transaction that keeps its lines; the worker plans and pushes them. */
@Injectable()
export class ImportRecorder implements ImportListener {
  constructor(
    @Inject(CUSTOMER_LINE_STORE) private readonly lines: CustomerLineStore,
    @Inject(CHARGE_DUE_STORE) private readonly dues: ChargeDueStore,
    private readonly trigger: PushTrigger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Seats of a bill cause nothing: they are pushed by their subscription. */
  async importFinished(
    tx: Transaction,
    { importId, tenantId, actor, correlationId, touched }: FinishedImport,
  ): Promise<void> {
    const billed = touched.filter(({ chargeType }) => isBilledKind(chargeType));
    if (billed.length === 0) return;
    const months = Map.groupBy(billed, ({ customerId }) => customerId);
    const places = await this.lines.connectionsOfCustomers(tx, tenantId, [...months.keys()]);
    for (const { connectionId, customerId } of places) {
      for (const month of new Set(months.get(customerId)?.map(({ billingMonth }) => billingMonth))) {
        await this.dues.add(tx, {
          id: newId(),
          connectionId,
          tenantId,
          chargeId: `import:${importId}:${customerId}:${month}`,
          customerId,
          month,
          recordedAt: this.clock.now(),
          actorId: actor.id,
          actorName: actor.name,
          correlationId,
        });
      }
    }
    for (const connectionId of new Set(places.map((place) => place.connectionId))) {
      await this.trigger.wake(tx, connectionId);
    }
  }
}
