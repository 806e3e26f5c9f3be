import { Injectable } from '@nestjs/common';
import { MoneyDecimal } from '../../kernel/money.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import type { PsaBillingWriter, WriteReceipt } from '../../ports/psa/psa-writes.js';
import { isSame } from '../domain/line-overlay.js';
import { chargeReference, type Operation } from '../domain/operation.js';
import type { ReadBack } from './read-back.service.js';

/** Twice what the PSA takes of one entity at a time (Autotask REST reference, §5): the next ones leave as soon as an answer is there, unread. */
const AT_ONCE = 6;

export interface SendResult {
  operation: Operation;
  receipt: WriteReceipt | null;
  error: unknown;
}

/** Sends intended writes, as many at once as the PSA allows. */
@Injectable()
export class OperationSender {
  /** @param mayGoOn asked before each write; false leaves the rest unsent */
  async send(
    session: PsaSession,
    operations: readonly Operation[],
    found: ReadonlyMap<string, ReadBack>,
    mayGoOn: (results: readonly SendResult[]) => boolean,
    signal: AbortSignal,
  ): Promise<SendResult[]> {
    const { writer } = session;
    if (writer === undefined) throw new TypeError('The adapter of this connection cannot write');
    const waiting = [...operations];
    const results: SendResult[] = [];
    const work = async () => {
      for (;;) {
        const isOver = signal.aborted || !mayGoOn(results);
        const operation = isOver ? undefined : waiting.shift();
        if (operation === undefined) return;
        results.push(await this.sendOne(writer, operation, found.get(operation.id), signal));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return results;
  }

  private async sendOne(
    writer: PsaBillingWriter,
    operation: Operation,
    found: ReadBack | undefined,
    signal: AbortSignal,
  ): Promise<SendResult> {
    try {
      const receipt = await this.write(writer, operation, found, signal);
      return { operation, receipt, error: null };
    } catch (error) {
      return { operation, receipt: null, error };
    }
  }

  private write(
    writer: PsaBillingWriter,
    operation: Operation,
    found: ReadBack | undefined,
    signal: AbortSignal,
  ): Promise<WriteReceipt> {
    const { step } = operation;
    const { contractExternalId, effectiveOn, before, after } = step;
    if (step.kind === 'extendContract' && step.contractEndsOn !== null) {
      return writer.extendContract(contractExternalId, step.contractEndsOn, signal);
    }
    if (step.kind === 'updateCharge' && step.charge?.replaces !== undefined) {
      const { description, quantity, unitPrice, unitCost, replaces } = step.charge;
      const changes = {
        ...(description === undefined ? {} : { description }),
        quantity: new MoneyDecimal(quantity),
        unitPrice: new MoneyDecimal(unitPrice),
        unitCost: new MoneyDecimal(unitCost),
      };
      return writer.updateCharge({ externalId: replaces.externalId, contractExternalId }, changes, signal);
    }
    if (step.charge !== null) {
      const { name, description, quantity, unitPrice, unitCost, billingCodeExternalId } = step.charge;
      const charge = {
        contractExternalId,
        billingCodeExternalId,
        name,
        description,
        chargedOn: effectiveOn,
        quantity: new MoneyDecimal(quantity),
        unitPrice: new MoneyDecimal(unitPrice),
        unitCost: new MoneyDecimal(unitCost),
        isBillable: true,
        reference: chargeReference(operation),
      };
      return writer.createCharge(charge, signal);
    }
    const lineExternalId = found?.externalId ?? null;
    const target =
      lineExternalId === null
        ? {
            contractExternalId,
            serviceExternalId: step.serviceExternalId,
            allowRepeatService: found?.isRepeated === true ? true : undefined,
          }
        : { contractServiceExternalId: lineExternalId, contractExternalId };
    return writer.applyAdjustment(
      {
        target,
        unitChange: new MoneyDecimal(after.units - before.units),
        effectiveOn,
        unitPrice: isSame(before.unitPrice, after.unitPrice) ? undefined : (after.unitPrice ?? undefined),
        unitCost: isSame(before.unitCost, after.unitCost) ? undefined : (after.unitCost ?? undefined),
      },
      signal,
    );
  }
}
