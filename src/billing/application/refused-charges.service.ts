import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { CHARGE_DUE_STORE, type ChargeDueStore } from '../domain/charge-due.js';
import type { Operation } from '../domain/operation.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import { PLANNED_AGAIN } from '../domain/settlement.js';

/** Takes up amounts beside the seats that could not be billed, or not the way they were to be. */
@Injectable()
export class RefusedCharges {
  constructor(
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CHARGE_DUE_STORE) private readonly dues: ChargeDueStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The amounts are looked at again: at once, or with the next pull where nobody knows whose they are. */
  async planAgain(tx: Transaction, operation: Operation): Promise<void> {
    const now = this.clock.now();
    const error = { code: PLANNED_AGAIN, detail: `Planned again: ${operation.error?.detail ?? ''}` };
    await this.operations.setState(tx, operation.id, 'dismissed', error, now);
    const [line] = await this.lines.findLines([operation.lineId], tx);
    const customerId = line?.known?.customerId;
    const month = operation.step.settles?.month;
    if (customerId === undefined || month === undefined) return;
    const { connectionId, tenantId, actorId, actorName, correlationId } = operation;
    await this.dues.add(tx, {
      id: newId(),
      connectionId,
      tenantId,
      chargeId: `retry:${operation.id}`,
      customerId,
      month,
      recordedAt: now,
      actorId,
      actorName,
      correlationId,
    });
  }
}
