import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { until } from '../support/until.js';

describe('a changed subscription, read back from Autotask', () => {
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

  it('plans nothing when it is mapped to equal values', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    expect(await scenario.operations(line)).toEqual([]);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(5);
  });

  it('brings the contract to what it is when it is mapped', async () => {
    const line = await scenario.line({ unitsBefore: 5, quantity: 7, effectiveOn: '2026-03-01' });
    expect(await scenario.operations(line)).toMatchObject([{ rule: 'mapping.difference', state: 'applied' }]);
    expect(scenario.unitsOn(line, '2026-10-31')).toBe(5);
    expect(scenario.unitsOn(line, '2026-11-01')).toBe(7);
  });

  it('is added to a contract that lacks the service, with its price from the first day', async () => {
    const line = await scenario.line({ quantity: 4, unitPrice: '12.5', effectiveOn: '2026-11-10' });
    expect(await scenario.operations(line)).toMatchObject([
      { kind: 'addService', state: 'applied', effectiveOn: '2026-11-10', externalId: expect.any(String) },
    ]);
    expect(scenario.unitsOn(line, '2026-11-09')).toBeUndefined();
    expect(scenario.rowOn(line, '2026-11-10')).toMatchObject({ units: 4, price: '35' });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 4, price: '50' });
  });

  it('changes its units on the day of the change, and says so in the audit log', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const [operation] = await scenario.settled(line);
    expect(operation).toMatchObject({ kind: 'adjustUnits', state: 'applied', attempts: 1 });
    expect(scenario.unitsOn(line, '2026-11-19')).toBe(5);
    expect(scenario.unitsOn(line, '2026-11-20')).toBe(8);
    const entries = await scenario.connector.audit('&operation=Update%20Subscription%20on%20Connection');
    expect(entries.filter(({ subject }) => subject.id === line.subscriptionId)).toMatchObject([
      {
        outcome: 'succeeded',
        actor: { id: 'admin' },
        connectionId: scenario.connectionId,
        details: { operationId: operation?.id, before: { units: 5 }, after: { units: 8 } },
      },
    ]);
  });

  it('ends with the last of two changes of one day', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8 });
    await scenario.change(line, { quantity: 6 });
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2026-11-26')).toBe(6);
    expect(scenario.unitsOn(line, '2026-11-24')).toBe(5);
  });

  it.each([
    ['sameDay', '2026-11-25'],
    ['nextPeriod', '2026-12-01'],
  ] as const)('loses units by the policy %s', async (decrease, day) => {
    await scenario.setPolicies({ decrease });
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 2 });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', effectiveOn: day }]);
    expect(scenario.unitsOn(line, day)).toBe(2);
    expect(scenario.unitsOn(line, '2026-11-24')).toBe(5);
    expect(scenario.unitsOn(line, '2026-11-30')).toBe(decrease === 'sameDay' ? 2 : 5);
  });

  it('changes its price from the start of an open period', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { unitPrice: { amount: '12', currency: 'EUR' } });
    expect(await scenario.settled(line)).toMatchObject([
      { kind: 'adjustPrice', state: 'applied', effectiveOn: '2026-11-01' },
    ]);
    expect(scenario.rowOn(line, '2026-10-31')).toMatchObject({ units: 5, price: '50' });
    expect(scenario.rowOn(line, '2026-11-01')).toMatchObject({ units: 5, price: '60' });
  });

  it('changes its cost like its price', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { unitCost: { amount: '8', currency: 'EUR' } });
    expect(await scenario.settled(line)).toMatchObject([{ kind: 'adjustPrice', state: 'applied' }]);
    expect(scenario.rowOn(line, '2026-11-01')).toMatchObject({ price: '50', cost: '40' });
  });

  it('changes its price like any other when a promotion begins, and when it ends', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { promotionId: 'promo-1', unitPrice: { amount: '8.5', currency: 'EUR' } });
    await scenario.settled(line);
    expect(scenario.rowOn(line, '2026-11-01')).toMatchObject({ units: 5, price: '42.5' });
    const { promotionId: _, ...regular } = line.body;
    line.body = regular;
    await scenario.change(line, {
      unitPrice: { amount: '10', currency: 'EUR' },
      effectiveOn: '2026-12-25',
    });
    expect((await scenario.settled(line)).at(-1)).toMatchObject({
      kind: 'adjustPrice',
      state: 'applied',
      effectiveOn: '2026-12-01',
    });
    expect(scenario.rowOn(line, '2026-11-30')).toMatchObject({ units: 5, price: '42.5' });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 5, price: '50' });
  });

  it('leaves the price of a posted period alone and changes it from the next one', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.post(line, '2026-11-01');
    const posted = scenario.units(line).filter((row) => row.posted);
    await scenario.change(line, { unitPrice: { amount: '12', currency: 'EUR' } });
    expect(await scenario.settled(line)).toMatchObject([
      { state: 'applied', effectiveOn: '2026-12-01', rule: 'price.nextOpenPeriod' },
    ]);
    expect(scenario.units(line).filter((row) => row.posted)).toEqual(posted);
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ price: '60' });
  });

  it('is billed for a seat more in a posted period without a change of what was posted', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.post(line, '2026-11-01');
    const posted = scenario.units(line).filter((row) => row.posted);
    await scenario.change(line, { quantity: 6 });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', effectiveOn: '2026-11-25' }]);
    expect(scenario.units(line).filter((row) => row.posted)).toEqual(posted);
    expect(scenario.rowOn(line, '2026-11-25')).toMatchObject({ units: 6, price: '2', posted: false });
  });

  it.each([
    ['sameDay', '2026-11-25'],
    ['periodEnd', '2026-12-01'],
  ] as const)('has no units once cancelled, by the policy %s', async (cancel, day) => {
    await scenario.setPolicies({ cancel });
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { status: 'cancelled' });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', effectiveOn: day }]);
    expect(scenario.unitsOn(line, '2026-11-30')).toBe(cancel === 'sameDay' ? 0 : 5);
    expect(scenario.unitsOn(line, '2026-12-01')).toBe(0);
  });

  it('can be cancelled after a decrease that is dated later: what is left falls away with that', async () => {
    await scenario.setPolicies({ decrease: 'nextPeriod' });
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 3, effectiveOn: '2026-11-10' });
    await scenario.settled(line);
    await scenario.change(line, { status: 'cancelled', effectiveOn: '2026-11-20' });
    expect((await scenario.settled(line)).map(({ state }) => state)).toEqual(['applied', 'applied']);
    expect(
      ['2026-11-19', '2026-11-20', '2026-11-30', '2026-12-01', '2026-12-31'].map((day) =>
        scenario.unitsOn(line, day),
      ),
    ).toEqual([5, 2, 2, 0, 0]);
  });

  it('keeps its units until the next period when an increase leaves fewer than are in force', async () => {
    await scenario.setPolicies({ decrease: 'nextPeriod' });
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 3, effectiveOn: '2026-11-10' });
    await scenario.settled(line);
    await scenario.change(line, { quantity: 4, effectiveOn: '2026-11-20' });
    expect((await scenario.settled(line)).map(({ state }) => state)).toEqual(['applied', 'applied']);
    expect(
      ['2026-11-20', '2026-11-30', '2026-12-01', '2026-12-02'].map((day) => scenario.unitsOn(line, day)),
    ).toEqual([5, 5, 3, 4]);
  });

  it('is billed again when it is ordered again', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { status: 'cancelled', effectiveOn: '2026-11-10' });
    await scenario.settled(line);
    await scenario.change(line, { status: 'active', quantity: 3, effectiveOn: '2026-11-20' });
    await scenario.settled(line);
    expect(['2026-11-09', '2026-11-10', '2026-11-20'].map((day) => scenario.unitsOn(line, day))).toEqual([
      5, 0, 3,
    ]);
  });

  it('costs nothing while it is a suspended Azure plan, and its price comes back', async () => {
    const line = await scenario.line({ unitsBefore: 1, kind: 'azurePlan', unitPrice: '100', unitCost: '80' });
    await scenario.change(line, { status: 'suspended', effectiveOn: '2026-10-10' });
    expect(await scenario.settled(line)).toMatchObject([
      { kind: 'adjustPrice', state: 'applied', effectiveOn: '2026-11-01', rule: 'azure.followingPeriod' },
    ]);
    expect(scenario.rowOn(line, '2026-11-01')).toMatchObject({ units: 1, price: '0' });
    await scenario.change(line, { status: 'active', effectiveOn: '2026-11-15' });
    await scenario.settled(line);
    expect(scenario.rowOn(line, '2026-11-30')).toMatchObject({ price: '0' });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 1, price: '100' });
  });

  it('extends its contract when it is renewed', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { startsOn: '2027-01-01', commitmentEndsOn: '2027-12-31' });
    expect(await scenario.settled(line)).toMatchObject([{ kind: 'extendContract', state: 'applied' }]);
    expect(scenario.unitsOn(line, '2027-12-31')).toBe(5);
  });

  it('has its usage on the contract once, as a charge of the billing month', async () => {
    const line = await scenario.line({ unitsBefore: 1, kind: 'azurePlan', unitPrice: '0', unitCost: '0' });
    const usage = {
      id: `usage-of-${line.subscriptionId}`,
      customerId: line.subscriptionId,
      subscriptionId: line.subscriptionId,
      kind: 'usage',
      description: 'Azure usage 2026-10',
      servicePeriod: { from: '2026-10-01', to: '2026-10-31' },
      quantity: '1',
      unitPrice: { amount: '123.45', currency: 'EUR' },
      unitCost: { amount: '100', currency: 'EUR' },
    };
    expect((await scenario.api.post('/charges', usage)).status).toBe(201);
    const path = /Contracts.\d+.Charges$/;
    scenario.simulator.faults.add({ path, times: 1, fault: { kind: 'dropAfter' } });
    for (let pull = 0; pull < 2; pull += 1) {
      await scenario.pullAll();
      await until('the charge', async () => {
        const operations = await scenario.operations(line);
        return operations.some(({ state }) => state === 'applied') ? true : null;
      });
    }
    const charges = scenario.database.table('ContractCharges').where('contractID', line.contractId);
    expect(charges).toHaveLength(1);
    expect(String(charges[0]?.['billableAmount'])).toBe('123.45');
    expect(String(charges[0]?.['datePurchased']).slice(0, 10)).toBe('2026-10-31');
  });

  it('takes its own line when the service is on the contract twice, and refuses to guess', async () => {
    const own = await scenario.line({ quantity: 4, effectiveOn: '2026-11-10' });
    await scenario.addLineByHand(own, '2026-11-01', 2);
    await scenario.change(own, { quantity: 6 });
    expect((await scenario.settled(own)).at(-1)).toMatchObject({ state: 'applied' });
    const unitsOfLines = scenario
      .units(own)
      .filter(({ startDate, endDate }) => startDate <= '2026-12-01' && '2026-12-01' <= endDate)
      .map(({ units }) => units);
    expect(new Set(unitsOfLines)).toEqual(new Set([2, 6]));
    const twice = await scenario.unmappedLine({ unitsBefore: 5 });
    await scenario.addLineByHand(twice, '2026-11-01', 2);
    await scenario.map(twice);
    expect(await scenario.settled(twice)).toMatchObject([
      {
        state: 'failed',
        lastError: { code: 'billing.line_ambiguous', detail: expect.stringMatching(/ and /) },
      },
    ]);
  });

  it('is billed by the year on a yearly contract', async () => {
    const line = await scenario.line({
      periodType: 5,
      billingCycle: 'annual',
      contractStart: '2026-01-01',
      contractEnd: '2027-12-31',
      unitsBefore: 1,
      unitPrice: '365',
    });
    await scenario.change(line, { quantity: 2, effectiveOn: '2026-12-30' });
    await scenario.settled(line);
    expect(scenario.rowOn(line, '2026-12-30')).toMatchObject({ units: 2, price: '4' });
    expect(scenario.rowOn(line, '2027-01-01')).toMatchObject({ units: 2, price: '730' });
  });

  it('keeps its price over a term of three years', async () => {
    const line = await scenario.line({
      term: 'P3Y',
      contractStart: '2026-01-01',
      contractEnd: '2028-12-31',
      commitmentEndsOn: '2028-12-31',
      unitsBefore: 5,
    });
    await scenario.change(line, { quantity: 6 });
    await scenario.settled(line);
    expect(scenario.rowOn(line, '2026-11-24')).toMatchObject({ units: 5 });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 6, price: '60' });
    expect(scenario.rowOn(line, '2028-12-31')).toMatchObject({ units: 6, price: '60' });
  });
});
