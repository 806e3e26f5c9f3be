import { Injectable } from '@nestjs/common';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import type { ChargeGroup, PlacedCharge } from '../domain/charge-plan.js';
import { chargeReference, type Operation } from '../domain/operation.js';

/** What was placed for groups of amounts before, and whether the PSA has billed it. */
@Injectable()
export class PlacedCharges {
  /** Asks the PSA only about charges that could be changed. @param known operations of these months, in their order */
  async of(
    session: PsaSession,
    groups: readonly ChargeGroup[],
    known: readonly Operation[],
  ): Promise<Map<string, PlacedCharge>> {
    const ofGroup = Map.groupBy(
      known.filter(({ step }) => step.charge !== null),
      ({ step }) => step.charge?.group ?? '',
    );
    const placed = new Map<string, PlacedCharge>();
    for (const { key, line } of groups) {
      const all = ofGroup.get(key) ?? [];
      const numbered = all.filter(isCreation).length;
      if (numbered === 0) continue;
      const own = all.filter(({ state }) => state !== 'dismissed');
      const here = own.filter(({ step }) => step.contractExternalId === line.contractExternalId);
      placed.set(key, {
        count: own.filter(isCreation).length,
        numbered,
        isHere: here.some(isCreation),
        open: await this.openOf(session, here),
      });
    }
    return placed;
  }

  /** @param own operations of one group and contract */
  private async openOf(session: PsaSession, own: readonly Operation[]): Promise<PlacedCharge['open']> {
    const charge = own.findLast(isCreation);
    const last = own.at(-1);
    if (charge === undefined || last === undefined) return null;
    if (last.state === 'pending' && last.attempts === 0) return { step: last.step, sent: null };
    // While one is under way or failed nobody knows what the PSA holds: what comes now is billed beside it.
    if (charge.state !== 'applied' || last.state !== 'applied') return null;
    const reference = chargeReference(charge);
    const found = await session.writer?.findChargeByReference(reference);
    if (found == null || found.isBilled) return null;
    return { step: last.step, sent: { externalId: found.externalId, reference } };
  }
}

const isCreation = ({ step }: Operation): boolean => step.kind === 'createCharge';
