import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';

const price = (amount: string, currency: string) => ({ amount, currency });

describe('changes that are decided together, one of which is refused', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic', renewal: 'nextContract' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  /** A line that is billed, whose further changes wait to be decided. */
  const mapped = async () => {
    await scenario.setPolicies({ applyMode: 'automatic' });
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    return line;
  };
  const unitsOn = (line: Line, ...days: string[]) => days.map((day) => scenario.unitsOn(line, day));
  const retry = async (line: Line) => {
    const failed = (await scenario.operations(line)).find(({ state }) => state === 'failed');
    demand(await scenario.api.post(`/operations/${failed?.id}/retry`), 202);
    await scenario.applyAll();
    return scenario.settled(line);
  };

  it('are billed up to the renewal that waits for the next contract', async () => {
    const line = await mapped();
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-12-20' });
    await scenario.change(line, {
      startsOn: '2027-01-01',
      commitmentEndsOn: '2027-12-31',
      effectiveOn: '2027-01-01',
    });
    await scenario.applyAll();
    expect(await scenario.settled(line)).toMatchObject([
      { state: 'applied', effectiveOn: '2026-12-20', unitsAfter: 8 },
      { state: 'failed', lastError: { code: 'billing.renewal_next_contract' } },
    ]);
    expect(unitsOn(line, '2026-12-19', '2026-12-31')).toEqual([5, 8]);
  });

  it('are all planned again from their own days once the contract is active again', async () => {
    const line = await mapped();
    const contracts = scenario.database.table('Contracts');
    contracts.update(line.contractId, { status: 0 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-10' });
    await scenario.change(line, { quantity: 9, effectiveOn: '2026-11-20' });
    await scenario.applyAll();
    contracts.update(line.contractId, { status: 1 });
    await retry(line);
    expect(unitsOn(line, '2026-11-09', '2026-11-19', '2026-11-20')).toEqual([5, 8, 9]);
  });

  it('are not refused for a price that a later one replaces', async () => {
    const line = await mapped();
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-10' });
    await scenario.change(line, { unitPrice: price('11', 'USD'), effectiveOn: '2026-11-20' });
    await scenario.change(line, { unitPrice: price('12', 'EUR'), effectiveOn: '2026-11-20' });
    await scenario.applyAll();
    const operations = await scenario.settled(line);
    expect(operations.filter(({ state }) => state !== 'applied')).toEqual([]);
    expect(unitsOn(line, '2026-11-09', '2026-11-25')).toEqual([5, 8]);
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ price: '96' });
  });

  it('are planned again with the one before the price that was refused', async () => {
    const line = await mapped();
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-10' });
    await scenario.change(line, { unitPrice: price('11', 'USD'), effectiveOn: '2026-11-20' });
    await scenario.applyAll();
    expect(unitsOn(line, '2026-11-25')).toEqual([5]);
    await scenario.change(line, { unitPrice: price('10', 'EUR'), quantity: 9, effectiveOn: '2026-11-20' });
    await retry(line);
    expect(unitsOn(line, '2026-11-09', '2026-11-19', '2026-11-20')).toEqual([5, 8, 9]);
  });
});
