import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';

describe('a changed subscription that has no place in Autotask', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });

  afterEach(async () => {
    await scenario.setPolicies({ decrease: 'sameDay', cancel: 'sameDay' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  it('leaves a failed audit entry and nothing else for what has no place in Autotask', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const before = scenario.units(line);
    await scenario.change(line, { friendlyName: 'Renamed', autoRenew: false });
    expect(await scenario.settled(line)).toEqual([]);
    expect(scenario.units(line)).toEqual(before);
    const entries = await scenario.connector.audit('&operation=Update%20Subscription%20on%20Connection');
    expect(entries.filter(({ subject }) => subject.id === line.subscriptionId)).toMatchObject([
      {
        outcome: 'failed',
        details: {
          code: 'billing.unsupported',
          reason: expect.stringMatching(/friendly name and auto-renew/),
          before: { quantity: 5, friendlyName: line.subscriptionId, autoRenew: true },
          after: { quantity: 5, friendlyName: 'Renamed', autoRenew: false },
        },
      },
    ]);
  });

  it('goes on being billed as before when its billing cycle changes, and says that this is unsupported', async () => {
    const line = await scenario.line({ term: 'P1Y', unitsBefore: 5 });
    const before = scenario.units(line);
    await scenario.change(line, { offer: { ...line.body.offer, billingCycle: 'annual' } });
    expect(await scenario.settled(line)).toEqual([]);
    expect(scenario.units(line)).toEqual(before);
    const entries = await scenario.connector.audit('&operation=Update%20Subscription%20on%20Connection');
    expect(entries.filter(({ subject }) => subject.id === line.subscriptionId)).toMatchObject([
      {
        outcome: 'failed',
        details: { code: 'billing.unsupported', reason: expect.stringMatching(/billing cycle/) },
      },
    ]);
  });

  it('keeps its price on the old contract when billing cycle and price change together, and is out of sync', async () => {
    const line = await scenario.line({ term: 'P1Y', unitsBefore: 5 });
    const before = scenario.units(line);
    const isSynced = async () => {
      const path = `/connections/${scenario.connectionId}/subscription-mappings?limit=200`;
      const { body } = await scenario.api.get<{ items: { subscriptionId: string; syncState: string }[] }>(
        path,
      );
      return body.items.find(({ subscriptionId }) => subscriptionId === line.subscriptionId)?.syncState;
    };
    await scenario.change(line, {
      offer: { ...line.body.offer, billingCycle: 'annual' },
      unitPrice: { amount: '110', currency: 'EUR' },
    });
    const [refused] = await scenario.settled(line);
    expect(refused).toMatchObject({ state: 'failed', lastError: { code: 'billing.period_mismatch' } });
    expect(scenario.units(line)).toEqual(before);
    expect(await isSynced()).toBe('outOfSync');
    // Bought by the month again, it is as it was; only the refusal is left to be put away.
    await scenario.change(line, {
      offer: { ...line.body.offer, billingCycle: 'monthly' },
      unitPrice: { amount: '10', currency: 'EUR' },
    });
    await scenario.settled(line);
    expect((await scenario.api.post(`/subscriptions/${line.subscriptionId}/sync`)).status).toBe(202);
    await scenario.settled(line);
    expect(scenario.units(line)).toEqual(before);
    expect(await isSynced()).toBe('synced');
  });

  it('is given up for good once it is dismissed, and seats go on at the price the contract has', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, {
      offer: { ...line.body.offer, billingCycle: 'annual' },
      unitPrice: { amount: '110', currency: 'EUR' },
    });
    const [refused] = await scenario.settled(line);
    expect(refused).toMatchObject({ state: 'failed', lastError: { code: 'billing.period_mismatch' } });
    expect((await scenario.api.post(`/operations/${refused?.id}/dismiss`)).status).toBe(200);
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const operations = await scenario.settled(line);
    expect(operations.map(({ state }) => state)).toEqual(['dismissed', 'applied']);
    expect(scenario.rowOn(line, '2026-12-10')).toMatchObject({ units: 8, price: '80' });
  });

  it('is not billed as what was mapped once it is of another offer, and is out of sync', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const before = scenario.units(line);
    await scenario.change(line, {
      offer: { ...line.body.offer, skuId: '0002' },
      unitPrice: { amount: '30', currency: 'EUR' },
    });
    expect(await scenario.settled(line)).toMatchObject([
      { state: 'failed', lastError: { code: 'billing.offer_changed' } },
    ]);
    expect(scenario.units(line)).toEqual(before);
    const entries = await scenario.connector.audit('&operation=Update%20Subscription%20on%20Connection');
    expect(entries.filter(({ subject }) => subject.id === line.subscriptionId)).toMatchObject([
      { outcome: 'failed', details: { code: 'billing.offer_changed' } },
    ]);
  });

  it('is refused with the reason when the contract ends before the change takes effect', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 9, effectiveOn: '2027-02-01' });
    expect(await scenario.settled(line)).toMatchObject([
      {
        state: 'failed',
        lastError: { code: 'billing.contract_ended', detail: expect.stringMatching(/ends on 2026-12-31/) },
      },
    ]);
    expect(scenario.adjustments(line)).toHaveLength(1);
  });
});
