import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import type { Line } from '../support/billing/scenario-types.js';

const TODAY = '2026-11-25';
const eur = (amount: string) => ({ amount, currency: 'EUR' });

describe('a change that is dated before one of before', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });

  beforeEach(async () => {
    scenario.simulator.faults.clear();
    await scenario.setPolicies({ applyMode: 'automatic' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const findings = (line: Line) => scenario.findings(line);
  const changed = async (line: Line, changes: Parameters<BillingScenario['change']>[1]) => {
    await scenario.change(line, changes);
    return scenario.settled(line);
  };

  it('in price is no drift', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await changed(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const operations = await changed(line, { unitPrice: eur('12') });
    expect(operations.at(-1)).toMatchObject({ state: 'applied', effectiveOn: '2026-11-01' });
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);
  });

  it('in units is no drift, but what somebody adds by hand is', async () => {
    const line = await scenario.line({
      unitsBefore: 8,
      contractStart: '2026-01-24',
      startsOn: '2026-01-24',
      effectiveOn: '2026-01-24',
    });
    await scenario.post(line, '2026-11-01');
    const [price] = await changed(line, { unitPrice: eur('12'), effectiveOn: '2026-11-19' });
    expect(price).toMatchObject({ state: 'applied', effectiveOn: '2026-11-24', unitsAfter: 8 });
    await changed(line, { quantity: 9, effectiveOn: '2026-11-20' });
    expect(scenario.unitsOn(line, TODAY)).toBe(9);
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);

    await scenario.adjustByHand(line, TODAY, 2);
    await scenario.pullAll();
    expect(await findings(line)).toMatchObject([{ expected: { units: 9 }, actual: { units: 11 } }]);
  });

  /** 5 units, with changes that are decided and not sent. */
  const decided = async (...quantities: [quantity: number, effectiveOn: string][]) => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.stopPushes();
    for (const [quantity, effectiveOn] of quantities) {
      await scenario.change(line, { quantity, effectiveOn });
      await scenario.applyAll();
    }
    return line;
  };
  const sent = async (line: Line, ...days: string[]) => {
    await scenario.resumePushes();
    expect((await scenario.settled(line)).filter(({ state }) => state === 'failed')).toEqual([]);
    return days.map((on) => scenario.unitsOn(line, on));
  };

  it('takes along what is decided and not sent for a later day', async () => {
    const line = await decided([9, '2026-11-20'], [8, '2026-11-10']);
    expect(await sent(line, '2026-11-09', '2026-11-10', '2026-11-20')).toEqual([5, 8, 8]);
  });

  it('brings each day to its own total where several later ones wait', async () => {
    const line = await decided([9, '2026-11-20'], [10, '2026-11-22']);
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-10' });
    await scenario.change(line, { quantity: 10, effectiveOn: '2026-11-22' });
    await scenario.applyAll();
    expect(await sent(line, '2026-11-10', '2026-11-20', '2026-11-22')).toEqual([8, 8, 10]);
  });

  it('goes before one of a later day that takes off more than there is without it', async () => {
    const line = await decided([9, '2026-11-20']);
    await scenario.change(line, { quantity: 25, effectiveOn: '2026-11-10' });
    await scenario.change(line, { quantity: 3, effectiveOn: '2026-11-20' });
    await scenario.applyAll();
    expect(await sent(line, '2026-11-10', '2026-11-20')).toEqual([25, 3]);
  });

  it('than the first units of its service has the price of these', async () => {
    const line = await scenario.line({ quantity: 5, effectiveOn: '2026-11-10' });
    await changed(line, { quantity: 8, effectiveOn: '2026-11-05' });
    expect(scenario.rowOn(line, '2026-11-04')).toBeUndefined();
    // 8 seats at 10 for 5 of 30 days.
    expect(scenario.rowOn(line, '2026-11-05')).toMatchObject({ units: 8, price: '13.3333' });
    expect(scenario.rowOn(line, '2026-12-10')).toMatchObject({ units: 8, price: '80' });
  });
});
