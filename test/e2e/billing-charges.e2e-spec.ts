import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { importLines, supersede } from '../support/billing/imported-lines.js';
import type { Line } from '../support/billing/scenario-types.js';
import { until } from '../support/until.js';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

describe('amounts beside the seats, read back from Autotask', () => {
  let scenario: BillingScenario;
  let count = 0;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
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

  const azurePlan = () => scenario.line({ unitsBefore: 1, kind: 'azurePlan', unitPrice: '0', unitCost: '0' });
  const record = async (line: Line, amount: string, changes: object = {}) => {
    count += 1;
    const body = {
      id: `amount-${count}`,
      customerId: line.subscriptionId,
      subscriptionId: line.subscriptionId,
      kind: 'usage',
      description: `Usage ${count}`,
      servicePeriod: { from: '2026-10-01', to: '2026-10-31' },
      quantity: '1',
      unitPrice: eur(amount),
      unitCost: eur(amount),
      ...changes,
    };
    const answer = await scenario.api.post('/charges', body);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return body;
  };
  const charges = (line: Line) =>
    scenario.database
      .table('ContractCharges')
      .where('contractID', line.contractId)
      .map((row) => ({
        name: String(row['name']),
        description: String(row['description'] ?? ''),
        amount: String(row['billableAmount']),
        cost: String(row['extendedCost']),
        on: String(row['datePurchased']).slice(0, 10),
        code: Number(row['billingCodeID']),
        reference: String(row['internalPurchaseOrderNumber']),
        billed: row['isBilled'] === true,
      }));
  /** Waits until the charges of the line come to an amount, and everything about it is settled. */
  const billed = (line: Line, total: string) =>
    until(`charges of ${total}`, async () => {
      const [{ due } = { due: 0 }] = await scenario.connector.rows<{ due: number }>(
        'SELECT count(*)::int AS due FROM psa_connector.billing_charge_due',
      );
      const operations = await scenario.operations(line);
      const isOpen = operations.some(({ state }) => ['pending', 'sending', 'verifying'].includes(state));
      const sum = charges(line).reduce((amount, charge) => amount + Number(charge.amount), 0);
      return !isOpen && due === 0 && sum.toFixed(2) === total ? charges(line) : null;
    });

  it('become a charge as soon as they are recorded, without a pull, under the name of who recorded them', async () => {
    const line = await azurePlan();
    const { id } = await record(line, '12.34');
    const [charge] = await billed(line, '12.34');
    const [operation] = await scenario.operations(line);
    expect(charge).toMatchObject({ on: '2026-10-31', reference: `psa-connector:${operation?.id}` });
    expect(operation).toMatchObject({ kind: 'createCharge', rule: 'charge.billingMonth', attempts: 1 });
    const entries = await scenario.connector.audit('&operation=Update%20Subscription%20on%20Connection');
    expect(entries.filter(({ subject }) => subject.id === line.subscriptionId)).toMatchObject([
      { outcome: 'succeeded', actor: { id: 'admin' }, details: { charge: { chargeId: id } } },
    ]);
    await scenario.pullAll();
    expect(await billed(line, '12.34')).toHaveLength(1);
  });

  it('wait for a person where the connection asks for approval, and are billed once by the plan', async () => {
    const line = await azurePlan();
    await scenario.setPolicies({ applyMode: 'approval' });
    await record(line, '7.00');
    const plan = await scenario.plan();
    const steps = plan.steps.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId);
    expect(steps).toMatchObject([
      { kind: 'createCharge', impact: eur('7.00'), amounts: [{ price: eur('7.00') }] },
    ]);
    expect(charges(line)).toEqual([]);
    const other = await scenario.plan();
    expect((await scenario.api.post(`/plans/${plan.id}/apply`, {})).status).toBe(202);
    await billed(line, '7.00');
    expect(await scenario.api.post(`/plans/${other.id}/apply`, {})).toMatchObject({
      status: 409,
      body: { code: 'billing.plan_stale' },
    });
    const again = await scenario.plan();
    expect(again.steps.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId)).toEqual([]);
  });

  it('are one charge of subscription and month where they are bundled, which grows until it is billed', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await azurePlan();
    await record(line, '10.10', { servicePeriod: { from: '2026-10-01', to: '2026-10-10' } });
    const [first] = await billed(line, '10.10');
    await record(line, '0.20', { kind: 'oneTime', servicePeriod: { from: '2026-10-12', to: '2026-10-12' } });
    const grown = await billed(line, '10.30');
    expect(grown).toMatchObject([{ reference: first?.reference, on: '2026-10-31', cost: '10.3' }]);
    expect((await scenario.operations(line)).map(({ kind }) => kind)).toEqual([
      'updateCharge',
      'createCharge',
    ]);
    await record(line, '5.00', { servicePeriod: { from: '2026-11-01', to: '2026-11-20' } });
    expect((await billed(line, '15.30')).map(({ on, amount }) => [on, amount])).toEqual([
      ['2026-10-31', '10.3'],
      ['2026-11-30', '5'],
    ]);
  });

  it('become a correction beside a charge that is billed, which stays as it is', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await azurePlan();
    await record(line, '100.00');
    await billed(line, '100.00');
    await scenario.control('POST', '/postings', {
      until: '2026-10-31',
      contractID: line.contractId,
      what: 'charges',
    });
    await record(line, '3.21');
    const [old, late] = await billed(line, '103.21');
    expect(old).toMatchObject({ amount: '100', billed: true });
    expect(late).toMatchObject({
      amount: '3.21',
      billed: false,
      on: '2026-10-31',
      name: expect.stringMatching(/^Correction: /),
    });
    const [operation] = await scenario.operations(line);
    expect(operation).toMatchObject({ kind: 'createCharge', rule: 'charge.lateUsage' });
    await record(line, '-1.00', { kind: 'correction' });
    expect((await billed(line, '102.21')).map(({ amount }) => amount)).toEqual(['100', '2.21']);
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
    const line = await azurePlan();
    const { description } = await record(line, '1.00');
    expect(await billed(line, '1.00')).toMatchObject([
      { name: `Azure 2026-10: ${description} (usage)`, code: code?.id },
    ]);
  });

  it('keep quantity and unit price where the PSA keeps their decimals, and are a total where it does not', async () => {
    const line = await azurePlan();
    await record(line, '0.5', { quantity: '3' });
    await record(line, '0.0000125', { quantity: '100000' });
    const rows = await billed(line, '2.75');
    expect(rows.map(({ amount }) => amount)).toEqual(['1.5', '1.25']);
  });

  it('are charged once although the answer to the charge is lost', async () => {
    const line = await azurePlan();
    scenario.simulator.faults.add({ path: /Contracts.\d+.Charges$/, times: 1, fault: { kind: 'dropAfter' } });
    await record(line, '9.99');
    await billed(line, '9.99');
    expect(charges(line)).toHaveLength(1);
  });

  it('come from imported bills too, with reservations on the Azure plan, and are corrected by a corrected file', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await azurePlan();
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
    expect(await billed(line, '60.01')).toHaveLength(1);
    await scenario.pullAll();
    expect(await billed(line, '60.01')).toHaveLength(1);
    const second = await importLines(scenario.connector, [
      { ...common, subscriptionId: line.subscriptionId, subtotal: '35.00' },
    ]);
    await supersede(scenario.connector, first, second);
    await scenario.pullAll();
    expect(await billed(line, '35.00')).toHaveLength(1);
  });

  it('are not billed twice when usage is recorded, reported daily and summed up in a bill', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await azurePlan();
    const common = {
      billingMonth: '2026-10-01',
      customerId: line.subscriptionId,
      subscriptionId: line.subscriptionId,
    };
    await importLines(scenario.connector, [{ ...common, source: 'dailyUsage', subtotal: '48.00' }]);
    await scenario.pullAll();
    await billed(line, '48.00');
    await importLines(scenario.connector, [{ ...common, subtotal: '50.00' }]);
    await scenario.pullAll();
    await billed(line, '50.00');
    await record(line, '60.00');
    expect(await billed(line, '60.00')).toHaveLength(1);
  });

  it('cost the customer what a margin rule makes of them', async () => {
    const line = await azurePlan();
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
    expect(await billed(line, '90.00')).toMatchObject([{ amount: '90', cost: '80' }]);
    expect((await scenario.api.send('PUT', path, { ...rule, percent: '50' })).status).toBe(200);
    await scenario.pullAll();
    expect(await billed(line, '90.00')).toHaveLength(1);
  });

  it('are converted to the internal currency by the rate of the instance, which is shown', async () => {
    const line = await azurePlan();
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

  describe('by the price of the month', () => {
    beforeEach(() => scenario.setPolicies({ azure: 'priceReset' }));

    const prices = (line: Line, ...days: string[]) => days.map((day) => scenario.rowOn(line, day)?.price);
    const totalOf = (line: Line, month: string) =>
      scenario
        .units(line)
        .filter(({ startDate }) => startDate.startsWith(month))
        .reduce((sum, { price }) => sum + Number(price), 0)
        .toFixed(2);
    const settledTo = (line: Line, month: string, total: string) =>
      until(`${total} in ${month}`, async () => {
        const [{ due } = { due: 0 }] = await scenario.connector.rows<{ due: number }>(
          'SELECT count(*)::int AS due FROM psa_connector.billing_charge_due',
        );
        await scenario.settled(line);
        return due === 0 && totalOf(line, month) === total ? true : null;
      });

    it('are set on day 1 and reset for the next month', async () => {
      const line = await azurePlan();
      await record(line, '123.45', { unitCost: eur('100.00') });
      await settledTo(line, '2026-10', '123.45');
      expect(scenario.rowOn(line, '2026-10-01')).toMatchObject({ units: 1, price: '123.45', cost: '100' });
      expect(prices(line, '2026-09-30', '2026-10-31', '2026-11-01')).toEqual(['0', '123.45', '0']);
      expect(
        (await scenario.settled(line)).map(({ rule, effectiveOn, state }) => [rule, effectiveOn, state]),
      ).toEqual([
        ['azure.monthPrice', '2026-10-01', 'applied'],
        ['azure.resetPrice', '2026-11-01', 'applied'],
      ]);
      expect(charges(line)).toEqual([]);
    });

    it('come to the cent in every month, also where day 1 holds the reset of the month before', async () => {
      const line = await azurePlan();
      await record(line, '123.45');
      await settledTo(line, '2026-10', '123.45');
      const november = { servicePeriod: { from: '2026-11-01', to: '2026-11-24' } };
      await record(line, '77.77', november);
      await settledTo(line, '2026-11', '77.77');
      expect(totalOf(line, '2026-10')).toBe('123.45');
      expect(totalOf(line, '2026-12')).toBe('0.00');
      await record(line, '0.33', november);
      await settledTo(line, '2026-11', '78.10');
      expect([totalOf(line, '2026-10'), totalOf(line, '2026-12')]).toEqual(['123.45', '0.00']);
      await scenario.pullAll();
      expect(totalOf(line, '2026-11')).toBe('78.10');
    });

    it('are a charge once the month is posted, and one-off amounts always are', async () => {
      const line = await azurePlan();
      await record(line, '50.00');
      await settledTo(line, '2026-10', '50.00');
      await scenario.post(line, '2026-10-31');
      await record(line, '4.00');
      await record(line, '6.00', { kind: 'oneTime' });
      expect((await billed(line, '10.00')).map(({ amount }) => amount)).toEqual(['4', '6']);
      expect(totalOf(line, '2026-10')).toBe('50.00');
    });

    it('are refused with the reason where the service has more than one unit', async () => {
      const line = await scenario.line({ unitsBefore: 2, kind: 'azurePlan', unitPrice: '0', unitCost: '0' });
      await scenario.setPolicies({ applyMode: 'approval' });
      await record(line, '5.00');
      const plan = await scenario.plan();
      expect(
        plan.refusals.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId),
      ).toMatchObject([{ code: 'billing.price_reset_units', detail: expect.stringMatching(/2 units/) }]);
    });
  });
});
