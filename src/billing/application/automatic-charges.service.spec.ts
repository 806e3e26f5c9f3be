import { describe, expect, it } from 'vitest';
import type { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { systemContext } from '../../core/use-case-context.js';
import type { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { LineStore } from '../domain/billing-line.js';
import type { ChargeDueStore } from '../domain/charge-due.js';
import type { Operation } from '../domain/operation.js';
import type { OperationStore } from '../domain/operation-store.js';
import { settlementVersion } from '../domain/settlement.js';
import { AutomaticCharges } from './automatic-charges.service.js';
import type { ChargePlanning, PlannedCharges } from './charge-planning.service.js';
import type { DecisionWriter } from './decision-writer.service.js';
import type { PushTrigger } from './push-trigger.service.js';

const CONNECTION = {
  id: 'connection',
  currency: 'EUR',
  policies: { applyMode: 'automatic', secondApproverAbove: null },
} as unknown as Connection;
const REFUSAL = { lineId: 'line', code: 'billing.contract_inactive' };

/** An operation of the same month that is rewritten during each of the first plans. */
function chargesWith({ overtaken }: { overtaken: number }) {
  const did: string[] = [];
  let progress = 0;
  const known = () => [{ id: 'other', state: 'pending', version: progress, attempts: 0 }];
  const planning: Partial<ChargePlanning> = {
    wholeScope: () => ({ months: [], customerIds: null }),
    plan: (_connection, _session, scope) => {
      did.push('plan');
      const version = settlementVersion(known());
      if (progress < overtaken) progress += 1;
      const lines = [{ id: 'line', isMapped: true }];
      return Promise.resolve({
        lines,
        steps: [],
        refusals: [REFUSAL],
        scope,
        version,
      } as unknown as PlannedCharges);
    },
  };
  const operations: Partial<OperationStore> = {
    settlingOf: () => Promise.resolve(known() as unknown as Operation[]),
    openOf: () => Promise.resolve([]),
  };
  const charges = new AutomaticCharges(
    { open: () => Promise.resolve({ close: () => did.push('close') }) } as unknown as ConnectionSessions,
    planning as ChargePlanning,
    {
      save: () => Promise.resolve([]).then(() => void did.push('save')),
    } as unknown as DecisionWriter,
    { wake: () => Promise.resolve(void did.push('wake')) } as unknown as PushTrigger,
    { list: () => Promise.resolve([]) } as unknown as ChargeDueStore,
    { lockLines: () => Promise.resolve([{ id: 'line', isMapped: true }]) } as unknown as LineStore,
    operations as OperationStore,
    { run: (work: (tx: object) => unknown) => work({}) } as unknown as TransactionRunner,
  );
  return { did, decide: () => charges.decide(systemContext('tenant', 'request'), CONNECTION) };
}

describe('charges that a pull looks for', () => {
  it('are planned again when what is sent meanwhile has changed what was planned from', async () => {
    const { did, decide } = chargesWith({ overtaken: 2 });
    await decide();
    expect(did).toEqual(['plan', 'plan', 'plan', 'save', 'wake', 'close']);
  });

  it('are left to a later look, which somebody has to ask for, when that happens each time', async () => {
    const { did, decide } = chargesWith({ overtaken: 3 });
    await expect(decide()).rejects.toMatchObject({ code: 'billing.plan_stale' });
    expect(did).toEqual(['plan', 'plan', 'plan', 'close']);
  });
});
