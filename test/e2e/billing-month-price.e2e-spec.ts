import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { ChargeScenario, eur } from '../support/billing/charge-scenario.js';

describe('amounts of an Azure plan, billed by the price of the month', () => {
  let scenario: BillingScenario;
  let amounts: ChargeScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    amounts = new ChargeScenario(scenario);
  });

  beforeEach(() => scenario.setPolicies({ azure: 'priceReset', applyMode: 'automatic' }));

  afterAll(async () => {
    await scenario?.stop();
  });

  it('are set on day 1 and reset for the next month', async () => {
    const line = await amounts.azurePlan();
    await amounts.record(line, '123.45', { unitCost: eur('100.00') });
    await amounts.monthBilled(line, '2026-10', '123.45');
    expect(scenario.rowOn(line, '2026-10-01')).toMatchObject({ units: 1, price: '123.45', cost: '100' });
    const prices = ['2026-09-30', '2026-10-31', '2026-11-01'].map((day) => scenario.rowOn(line, day)?.price);
    expect(prices).toEqual(['0', '123.45', '0']);
    expect(
      (await scenario.settled(line)).map(({ rule, effectiveOn, state }) => [rule, effectiveOn, state]),
    ).toEqual([
      ['azure.monthPrice', '2026-10-01', 'applied'],
      ['azure.resetPrice', '2026-11-01', 'applied'],
    ]);
    expect(amounts.charges(line)).toEqual([]);
  });

  it('come to the cent in every month, also where day 1 holds the reset of the month before', async () => {
    const line = await amounts.azurePlan();
    await amounts.record(line, '123.45');
    await amounts.monthBilled(line, '2026-10', '123.45');
    const november = { servicePeriod: { from: '2026-11-01', to: '2026-11-24' } };
    await amounts.record(line, '77.77', november);
    await amounts.monthBilled(line, '2026-11', '77.77');
    expect(amounts.monthTotal(line, '2026-10')).toBe('123.45');
    expect(amounts.monthTotal(line, '2026-12')).toBe('0.00');
    await amounts.record(line, '0.33', november);
    await amounts.monthBilled(line, '2026-11', '78.10');
    expect([amounts.monthTotal(line, '2026-10'), amounts.monthTotal(line, '2026-12')]).toEqual([
      '123.45',
      '0.00',
    ]);
    await scenario.pullAll();
    expect(amounts.monthTotal(line, '2026-11')).toBe('78.10');
  });

  it('are a charge once the month is posted, and one-off amounts always are', async () => {
    const line = await amounts.azurePlan();
    await amounts.record(line, '50.00');
    await amounts.monthBilled(line, '2026-10', '50.00');
    await scenario.post(line, '2026-10-31');
    await amounts.record(line, '4.00');
    await amounts.record(line, '6.00', { kind: 'oneTime' });
    expect((await amounts.billed(line, '10.00')).map(({ amount }) => amount)).toEqual(['4', '6']);
    expect(amounts.monthTotal(line, '2026-10')).toBe('50.00');
  });

  it('are refused with the reason where the service has more than one unit', async () => {
    const line = await amounts.azurePlan(2);
    await scenario.setPolicies({ applyMode: 'approval' });
    await amounts.record(line, '5.00');
    const plan = await scenario.plan();
    expect(
      plan.refusals.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId),
    ).toMatchObject([{ code: 'billing.price_reset_units', detail: expect.stringMatching(/2 units/) }]);
  });
});
