import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { ChargeScenario, eur } from '../support/billing/charge-scenario.js';
import { importLines, supersede } from '../support/billing/imported-lines.js';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { importFile } from '../support/import-client.js';

describe('amounts beside the seats, read back from Autotask', () => {
  let scenario: BillingScenario;
  let amounts: ChargeScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    amounts = new ChargeScenario(scenario);
  });

  beforeEach(async () => {
    await scenario.setPolicies({ charges: 'itemised', azure: 'charge', applyMode: 'automatic' });
    await scenario.api.patch(`/connections/${scenario.connectionId}`, {
      policies: { chargeDescription: null, chargeBillingCodeId: null },
    });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  it('become a charge as soon as they are recorded, without a pull, under the name of who recorded them', async () => {
    const line = await amounts.azurePlan();
    const { id } = await amounts.record(line, '12.34');
    const [charge] = await amounts.billed(line, '12.34');
    const [operation] = await scenario.operations(line);
    expect(charge).toMatchObject({ on: '2026-10-31', reference: `psa-connector:${operation?.id}` });
    expect(operation).toMatchObject({ kind: 'createCharge', rule: 'charge.billingMonth', attempts: 1 });
    const entries = await scenario.connector.audit('&operation=Update%20Subscription%20on%20Connection');
    expect(entries.filter(({ subject }) => subject.id === line.subscriptionId)).toMatchObject([
      { outcome: 'succeeded', actor: { id: 'admin' }, details: { charge: { chargeId: id } } },
    ]);
    await scenario.pullAll();
    expect(await amounts.billed(line, '12.34')).toHaveLength(1);
  });

  it.each(['oneTime', 'fee'])(
    'are charged once in the month of their day, also of the kind %s',
    async (kind) => {
      const line = await amounts.azurePlan();
      await amounts.record(line, '21.60', { kind, servicePeriod: { from: '2026-10-12', to: '2026-10-12' } });
      expect(await amounts.billed(line, '21.60')).toMatchObject([{ amount: '21.6', on: '2026-10-12' }]);
      expect(scenario.rowOn(line, '2026-10-12')).toMatchObject({ units: 1, price: '0' });
    },
  );

  it('wait for a person where the connection asks for approval, and are billed once by the plan', async () => {
    const line = await amounts.azurePlan();
    await scenario.setPolicies({ applyMode: 'approval' });
    await amounts.record(line, '7.00');
    const plan = await scenario.plan();
    const steps = plan.steps.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId);
    expect(steps).toMatchObject([
      { kind: 'createCharge', impact: eur('7.00'), amounts: [{ price: eur('7.00') }] },
    ]);
    expect(amounts.charges(line)).toEqual([]);
    const other = await scenario.plan();
    expect((await scenario.api.post(`/plans/${plan.id}/apply`, {})).status).toBe(202);
    await amounts.billed(line, '7.00');
    expect(await scenario.api.post(`/plans/${other.id}/apply`, {})).toMatchObject({
      status: 409,
      body: { code: 'billing.plan_stale' },
    });
    const again = await scenario.plan();
    expect(again.steps.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId)).toEqual([]);
  });

  it('are one charge of subscription and month where they are bundled, which grows until it is billed', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await amounts.azurePlan();
    await amounts.record(line, '10.10', { servicePeriod: { from: '2026-10-01', to: '2026-10-10' } });
    const [first] = await amounts.billed(line, '10.10');
    await amounts.record(line, '0.20', {
      kind: 'oneTime',
      servicePeriod: { from: '2026-10-12', to: '2026-10-12' },
    });
    const grown = await amounts.billed(line, '10.30');
    expect(grown).toMatchObject([{ reference: first?.reference, on: '2026-10-31', cost: '10.3' }]);
    expect((await scenario.operations(line)).map(({ kind }) => kind)).toEqual([
      'updateCharge',
      'createCharge',
    ]);
    await amounts.record(line, '5.00', { servicePeriod: { from: '2026-11-01', to: '2026-11-20' } });
    expect((await amounts.billed(line, '15.30')).map(({ on, amount }) => [on, amount])).toEqual([
      ['2026-10-31', '10.3'],
      ['2026-11-30', '5'],
    ]);
  });

  it('become a correction beside a charge that is billed, which stays as it is', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await amounts.azurePlan();
    await amounts.record(line, '100.00');
    await amounts.billed(line, '100.00');
    await scenario.control('POST', '/postings', {
      until: '2026-10-31',
      contractID: line.contractId,
      what: 'charges',
    });
    await amounts.record(line, '3.21');
    const [old, late] = await amounts.billed(line, '103.21');
    expect(old).toMatchObject({ amount: '100', billed: true });
    expect(late).toMatchObject({
      amount: '3.21',
      billed: false,
      on: '2026-10-31',
      name: expect.stringMatching(/^Correction: /),
    });
    const [operation] = await scenario.operations(line);
    expect(operation).toMatchObject({ kind: 'createCharge', rule: 'charge.lateUsage' });
    await amounts.record(line, '-1.00', { kind: 'correction' });
    expect((await amounts.billed(line, '102.21')).map(({ amount }) => amount)).toEqual(['100', '2.21']);
  });

  it('bear the billing code and the description of the policies', async () => {
    const codes = scenario.database.table('BillingCodes').all();
    const code = codes.filter((row) => row['useType'] === 4 && row['isActive'] === true).at(-1);
    const policies = {
      chargeBillingCodeId: String(code?.id),
      chargeDescription: 'Azure {month}: {description} ({kind})',
    };
    expect((await scenario.api.patch(`/connections/${scenario.connectionId}`, { policies })).status).toBe(
      200,
    );
    const line = await amounts.azurePlan();
    const { description } = await amounts.record(line, '1.00');
    expect(await amounts.billed(line, '1.00')).toMatchObject([
      { name: `Azure 2026-10: ${description} (usage)`, code: code?.id },
    ]);
  });

  it('keep quantity and unit price where the PSA keeps their decimals, and are a total where it does not', async () => {
    const line = await amounts.azurePlan();
    await amounts.record(line, '0.5', { quantity: '3' });
    await amounts.record(line, '0.0000125', { quantity: '100000' });
    const rows = await amounts.billed(line, '2.75');
    expect(rows.map(({ amount }) => amount)).toEqual(['1.5', '1.25']);
  });

  it('are charged once although the answer to the charge is lost', async () => {
    const line = await amounts.azurePlan();
    scenario.simulator.faults.add({ path: /Contracts.\d+.Charges$/, times: 1, fault: { kind: 'dropAfter' } });
    await amounts.record(line, '9.99');
    await amounts.billed(line, '9.99');
    expect(amounts.charges(line)).toHaveLength(1);
  });

  it('come from imported bills too, with reservations on the Azure plan, and are corrected by a corrected file', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await amounts.azurePlan();
    const common = { billingMonth: '2026-10-01', customerId: line.subscriptionId };
    const first = await importLines(scenario.connector, [
      { ...common, subscriptionId: line.subscriptionId, subtotal: '40.004' },
      { ...common, subscriptionId: line.subscriptionId, subtotal: '0.004' },
      {
        ...common,
        subscriptionId: 'reservation-order',
        chargeType: 'reservation',
        productId: 'RESERVED',
        subtotal: '20.00',
      },
      { ...common, subscriptionId: line.subscriptionId, chargeType: 'cycleCharge', subtotal: '999.00' },
    ]);
    await scenario.pullAll();
    expect(await amounts.billed(line, '60.01')).toHaveLength(1);
    await scenario.pullAll();
    expect(await amounts.billed(line, '60.01')).toHaveLength(1);
    const second = await importLines(scenario.connector, [
      { ...common, subscriptionId: line.subscriptionId, subtotal: '35.00' },
    ]);
    await supersede(scenario.connector, first, second);
    await scenario.pullAll();
    expect(await amounts.billed(line, '35.00')).toHaveLength(1);
  });

  it('are billed as soon as the import that tells them is finished, without a pull, and corrected by the next', async () => {
    const line = await amounts.azurePlan();
    const bill = (amount: string) =>
      reconCsv([
        reconLine({
          CustomerId: line.subscriptionId,
          SubscriptionId: line.subscriptionId,
          ChargeType: 'oneTime',
          OrderDate: '10/05/2026',
          ChargeStartDate: '10/05/2026',
          ChargeEndDate: '10/05/2026',
          UnitPrice: amount,
          EffectiveUnitPrice: amount,
          Quantity: '1',
          Subtotal: amount,
          Total: amount,
        }),
      ]);
    const first = await importFile(scenario.connector, bill('21.50'));
    expect(first).toMatchObject({ state: 'succeeded', lines: { accepted: 1 } });
    expect(await amounts.billed(line, '21.50')).toHaveLength(1);
    expect(await importFile(scenario.connector, bill('19.25'))).toMatchObject({ superseded: 1 });
    expect(await amounts.billed(line, '19.25')).toHaveLength(1);
  });

  it('are not billed twice when usage is recorded, reported daily and summed up in a bill', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await amounts.azurePlan();
    const common = {
      billingMonth: '2026-10-01',
      customerId: line.subscriptionId,
      subscriptionId: line.subscriptionId,
    };
    await importLines(scenario.connector, [{ ...common, source: 'dailyUsage', subtotal: '48.00' }]);
    await scenario.pullAll();
    await amounts.billed(line, '48.00');
    await importLines(scenario.connector, [{ ...common, subtotal: '50.00' }]);
    await scenario.pullAll();
    await amounts.billed(line, '50.00');
    await amounts.record(line, '60.00');
    expect(await amounts.billed(line, '60.00')).toHaveLength(1);
  });

  it('cost the customer what a margin rule makes of them', async () => {
    const line = await amounts.azurePlan();
    const path = `/connections/${scenario.connectionId}/margin-rules/azure`;
    const rule = { method: 'markupOnList', percent: '12.5', kind: 'usage', customerId: line.subscriptionId };
    expect((await scenario.api.send('PUT', path, rule)).status).toBe(201);
    await importLines(scenario.connector, [
      {
        billingMonth: '2026-10-01',
        customerId: line.subscriptionId,
        subscriptionId: line.subscriptionId,
        subtotal: '80.00',
      },
    ]);
    await scenario.pullAll();
    expect(await amounts.billed(line, '90.00')).toMatchObject([{ amount: '90', cost: '80' }]);
    expect((await scenario.api.send('PUT', path, { ...rule, percent: '50' })).status).toBe(200);
    await scenario.pullAll();
    expect(await amounts.billed(line, '90.00')).toHaveLength(1);
  });

  it('are converted to the internal currency by the rate of the instance, which is shown', async () => {
    const line = await amounts.azurePlan();
    await scenario.setPolicies({ applyMode: 'approval' });
    const foreign = scenario.database
      .table('Currencies')
      .all()
      .find((row) => row['isInternalCurrency'] !== true && row['isActive'] === true && row['name'] !== 'EUR');
    const currency = String(foreign?.['name']);
    await importLines(scenario.connector, [
      {
        billingMonth: '2026-10-01',
        customerId: line.subscriptionId,
        subscriptionId: line.subscriptionId,
        subtotal: '100.00',
        currency,
      },
    ]);
    const plan = await scenario.plan();
    const [step] = plan.steps.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId);
    const rate = String(foreign?.['exchangeRate']);
    expect(step?.charge?.conversion).toEqual({ from: { amount: '100.00', currency }, rate });
    expect(Number(step?.charge?.unitCost.amount)).toBeCloseTo(100 * Number(rate), 2);
  });
});
