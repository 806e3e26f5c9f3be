import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../src/kernel/money.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { expectProblem } from '../support/connector.js';

describe.each([
  ['JPY', '1000', '1200', '6000', '200'],
  ['KWD', '3.125', '4.005', '20.025', '0.625'],
])('a subscription billed in %s', (currency, before, after, row, share) => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic' }, currency);
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  it('has its price in the customer currency and its cost in the internal one, by the rate of the instance', async () => {
    const line = await scenario.line({ unitsBefore: 5, unitPrice: before, unitCost: '0' });
    await scenario.change(line, {
      unitPrice: { amount: after, currency },
      unitCost: { amount: before, currency },
    });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', impact: { currency } }]);
    const rate = scenario.exchangeRate();
    const cost = rate.times(before).toDecimalPlaces(2).times(5);
    expect(scenario.rowOn(line, '2026-11-01')).toMatchObject({ price: row, cost: cost.toFixed() });
  });

  it('has a seat more in the middle of a month, with an impact in the decimals of the currency', async () => {
    const line = await scenario.line({ unitsBefore: 5, unitPrice: before, unitCost: '0' });
    await scenario.change(line, { quantity: 6, effectiveOn: '2026-11-25' });
    const [operation] = await scenario.settled(line);
    expect(operation).toMatchObject({ kind: 'adjustUnits', state: 'applied', effectiveOn: '2026-11-25' });
    // Six of November's thirty days, and December.
    const impact = new MoneyDecimal(share).plus(before).toFixed(currency === 'JPY' ? 0 : 3);
    expect(operation?.impact).toEqual({ amount: impact, currency });
    expect(scenario.unitsOn(line, '2026-11-24')).toBe(5);
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({
      units: 6,
      price: new MoneyDecimal(before).times(6).toFixed(),
    });
  });

  it('is planned anew once the exchange rate of its cost is another one', async () => {
    const line = await scenario.line({ unitsBefore: 5, unitPrice: before, unitCost: '0' });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { unitCost: { amount: before, currency } });
    const plan = await scenario.plan();
    const apply = (id: string) => scenario.api.post(`/plans/${id}/apply`, {});
    const currencies = scenario.database.table('Currencies');
    const row = currencies.all().find(({ name }) => name === currency);
    const rate = scenario.exchangeRate();
    currencies.update(row?.id ?? 0, { exchangeRate: rate.times('1.25') });
    try {
      expectProblem(await apply(plan.id), 409, 'billing.plan_stale');
      expect((await apply((await scenario.plan()).id)).status).toBe(202);
      await scenario.settled(line);
      const cost = rate.times('1.25').times(before).toDecimalPlaces(2).times(5);
      expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ cost: cost.toFixed() });
    } finally {
      currencies.update(row?.id ?? 0, { exchangeRate: rate });
      await scenario.setPolicies({ applyMode: 'automatic' });
    }
  });
});
