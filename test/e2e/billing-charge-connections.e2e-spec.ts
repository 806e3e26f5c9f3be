import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { ChargeScenario } from '../support/billing/charge-scenario.js';
import { importLines, supersede } from '../support/billing/imported-lines.js';
import { demand } from '../support/billing/scenario-helpers.js';

const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('amounts of a customer on several connections of the tenant', () => {
  let scenario: BillingScenario;
  let amounts: ChargeScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    amounts = new ChargeScenario(scenario);
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  it('are billed by one: the one of their subscription, else the first with an Azure plan in their currency', async () => {
    const other = await scenario.beside('USD', 100);
    const line = await amounts.azurePlan();
    const { customerId } = line.body;
    const dollars = await other.line({ customerId, unitsBefore: 5 });
    const recorded = { customerId, subscriptionId: null, kind: 'oneTime' };
    await amounts.record(line, '11.00', recorded);
    await amounts.billed(line, '11.00');
    await amounts.record(line, '7.00', { ...recorded, unitPrice: usd('7.00') });
    await amounts.billed(dollars, '7.00');
    const common = { billingMonth: '2026-10-01', customerId };
    await importLines(scenario.connector, [
      { ...common, subscriptionId: dollars.subscriptionId, subtotal: '20.00', currency: 'USD' },
      { ...common, subscriptionId: 'order', chargeType: 'reservation', productId: 'R', subtotal: '30.00' },
    ]);
    await scenario.pullAll();
    await other.pullAll();
    await amounts.billed(line, '41.00');
    await amounts.billed(dollars, '27.00');
    const operations = [...(await scenario.operations(line)), ...(await scenario.operations(dollars))];
    const charges = operations.filter(({ kind }) => kind === 'createCharge');
    expect(charges.map(({ state }) => state)).toEqual(['applied', 'applied', 'applied', 'applied']);
  });

  it('stay billed where their connection is removed and made anew, which bills the rest', async () => {
    const line = await amounts.azurePlan();
    const common = {
      billingMonth: '2026-10-01',
      customerId: line.subscriptionId,
      subscriptionId: line.subscriptionId,
    };
    const first = await importLines(scenario.connector, [{ ...common, subtotal: '40.00' }]);
    await amounts.record(line, '100.00', { kind: 'fee' });
    await scenario.pullAll();
    await amounts.billed(line, '140.00');
    await scenario.stopPushes();
    await amounts.record(line, '9.00', { kind: 'fee' });
    await scenario.pullAll();
    demand(await scenario.api.delete(`/connections/${scenario.connectionId}`), 204);
    const anew = await scenario.beside('EUR', 200);
    await anew.mapCustomerAndOffer(line);
    await anew.map(line);
    await anew.pullAll();
    await amounts.billed(line, '149.00');
    const second = await importLines(scenario.connector, [{ ...common, subtotal: '43.00' }]);
    await supersede(scenario.connector, first, second);
    await anew.pullAll();
    const billed = await amounts.billed(line, '152.00');
    expect(billed.map(({ amount }) => amount).toSorted()).toEqual(['100', '3', '40', '9']);
    const entries = await scenario.connector.audit('&operation=Dismiss%20Billing%20Operation');
    expect(entries[0]).toMatchObject({ actor: { id: 'admin' }, details: { code: 'billing.line_left' } });
  });
});
