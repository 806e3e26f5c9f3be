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
      known.filter(({ step, state }) => step.charge !== null && state !== 'dismissed'),
      ({ step }) => step.charge?.group ?? '',
    );
    const placed = new Map<string, PlacedCharge>();
    for (const { key } of groups) {
      const own = ofGroup.get(key) ?? [];
      if (own.length > 0) placed.set(key, await this.placedOf(session, own));
    }
    return placed;
  }

  private async placedOf(session: PsaSession, own: readonly Operation[]): Promise<PlacedCharge> {
    const created = own.filter(({ step }) => step.kind === 'createCharge');
    const count = created.length;
    const charge = created.at(-1);
    const last = own.at(-1);
    if (charge === undefined || last === undefined) return { count, open: null };
    if (last.state === 'pending' && last.attempts === 0)
      return { count, open: { step: last.step, sent: null } };
    // While one is under way or failed nobody knows what the PSA holds: what comes now is billed beside it.
    if (charge.state !== 'applied' || last.state !== 'applied') return { count, open: null };
    const reference = chargeReference(charge);
    const found = await session.writer?.findChargeByReference(reference);
    if (found == null || found.isBilled) return { count, open: null };
    return { count, open: { step: last.step, sent: { externalId: found.externalId, reference } } };
  }
}
