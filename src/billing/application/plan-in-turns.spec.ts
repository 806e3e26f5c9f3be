import { describe, expect, it } from 'vitest';
import { day, VendorContract } from '../../../test/support/billing/vendor-model.js';
import { state, TODAY } from '../../../test/support/billing/line-plan-case.js';
import { currencyCode } from '../../kernel/currency.js';
import { planContractSync } from '../domain/contract-sync-plan.js';
import type { DesiredLine } from '../domain/desired-line.js';
import { planInTurns } from './plan-in-turns.js';

const POLICY = {
  decrease: 'sameDay',
  cancel: 'sameDay',
  currency: currencyCode('EUR'),
  costCurrency: currencyCode('EUR'),
} as const;

function contractOf(externalId: string, services: readonly string[]): VendorContract {
  const contract = new VendorContract(externalId, day('2026-01-01'), day('2026-12-31'), 'monthly');
  for (const service of services) contract.adjust(contract.addLine(service, 10, 7), day('2026-01-01'), 5);
  return contract;
}

function lineOf(subscriptionId: string, contractExternalId: string, serviceExternalId: string): DesiredLine {
  return {
    connectionId: 'connection',
    accountId: 'account',
    subscriptionId,
    kind: 'license',
    contractExternalId,
    serviceExternalId,
    lineExternalId: null,
    foreignLineExternalIds: [],
    known: state(1, '2026-01-01'),
    changes: [state(2, '2026-03-10', { quantity: 8 })],
  };
}

describe('planInTurns', () => {
  // Two services more, because the ids of lines count up within a contract here, and are no other contract's in Autotask.
  const contracts = [contractOf('7001', ['1', '2']), contractOf('7002', ['8', '9', '1', '2'])].map(
    (contract) => contract.state(TODAY),
  );
  const desired = [
    lineOf('d', '7001', '1'),
    lineOf('c', '7002', '1'),
    lineOf('b', '7001', '2'),
    lineOf('a', '7002', '2'),
    lineOf('lost', '7003', '1'),
    lineOf('gone', '7003', '1'),
  ];

  it('plans the same, in the same order, as all contracts at once', async () => {
    const plan = await planInTurns(desired, contracts, POLICY, TODAY);
    expect(plan).toEqual(planContractSync(desired, contracts, POLICY, TODAY));
    expect(plan.steps.map(({ subscriptionId }) => subscriptionId)).toEqual(['a', 'b', 'c', 'd']);
    expect(plan.refusals.map(({ subscriptionId }) => subscriptionId)).toEqual(['gone', 'lost']);
  });

  it('lets others have a turn before it is done', async () => {
    let turns = 0;
    setImmediate(() => (turns += 1));
    await planInTurns(desired, contracts, POLICY, TODAY);
    expect(turns).toBe(1);
  });
});
