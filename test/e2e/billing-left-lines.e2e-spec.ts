import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanResponse } from '../../src/billing/http/billing-response.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { ChargeScenario } from '../support/billing/charge-scenario.js';
import { importLines, supersede } from '../support/billing/imported-lines.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';
import { expectProblem } from '../support/connector.js';
import { until } from '../support/until.js';

const TODAY = '2026-11-25';

const NOVEMBER = Array.from({ length: 30 }, (_, index) => `2026-11-${String(index + 1).padStart(2, '0')}`);

interface Finding {
  id: string;
  subscriptionId: string;
}

describe('a contract service that its subscription leaves', () => {
  let scenario: BillingScenario;
  let amounts: ChargeScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    amounts = new ChargeScenario(scenario);
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const findings = (line: Line) => scenario.findings<Finding>(line);
  const findingAfterPull = async (line: Line): Promise<Finding | undefined> => {
    await scenario.pullAll();
    return until('the finding', async () => (await findings(line))[0] ?? null);
  };
  /** A copy of a record in Autotask with other members, pulled. */
  const copied = async (entity: string, id: number, changes: object): Promise<number> => {
    const table = scenario.database.table(entity);
    const { id: _, ...row } = table.get(id) ?? { id: 0 };
    const copy = table.insert({ ...row, ...changes });
    await scenario.pullAll();
    return copy.id;
  };
  const anotherContract = async (line: Line): Promise<Line> => ({
    ...line,
    contractId: await copied('Contracts', line.contractId, {
      contractName: `Second of ${line.subscriptionId}`,
      contractNumber: `${line.subscriptionId}-second`,
    }),
  });
  const unmap = async ({ subscriptionId }: Line) => {
    const path = `/connections/${scenario.connectionId}/subscription-mappings/${subscriptionId}`;
    demand(await scenario.api.send('DELETE', path), 200, 204);
  };
  const correct = async (finding: Finding | undefined): Promise<PlanResponse> =>
    demand(await scenario.api.post<PlanResponse>(`/drift/${finding?.id}/correct`), 201);
  const apply = async ({ id }: PlanResponse) =>
    demand(await scenario.api.post(`/plans/${id}/apply`, {}), 202);
  /** Units that both contracts have on each day of November. */
  const daily = (...lines: Line[]) =>
    NOVEMBER.map((on) => lines.reduce((sum, line) => sum + (scenario.unitsOn(line, on) ?? 0), 0));
  const operationsOf = async (line: Line) =>
    (await scenario.settled(line)).map(({ kind, rule, state }) => `${kind} ${rule} ${state}`);

  it('for another contract is found by the next pull, and has no units once a person corrects it', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const moved = await anotherContract(line);
    await scenario.map(moved);
    await scenario.settled(moved);
    expect([scenario.unitsOn(line, TODAY), scenario.unitsOn(moved, TODAY)]).toEqual([5, 5]);

    const finding = await findingAfterPull(line);
    expect(finding).toMatchObject({
      cause: 'left',
      contractId: String(line.contractId),
      expected: { units: 0 },
      actual: { units: 5 },
      impact: { amount: '50.00', currency: 'EUR' },
    });
    expect(scenario.unitsOn(line, TODAY), 'nothing is taken off by itself').toBe(5);

    const plan = await correct(finding);
    expect(plan.steps).toMatchObject([
      {
        rule: 'mapping.left',
        contractId: String(line.contractId),
        before: { units: 5 },
        after: { units: 0 },
      },
    ]);
    await apply(plan);
    expect(await operationsOf(line)).toContain('adjustUnits mapping.left applied');
    expect([scenario.unitsOn(line, TODAY), scenario.unitsOn(moved, TODAY)]).toEqual([0, 5]);
    expect(daily(line, moved), 'nothing is billed twice').toEqual(NOVEMBER.map(() => 5));
    expect(scenario.unitsOn(line, '2026-10-31')).toBe(5);
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);
  });

  it('is billed beside the other contract on no more than the day of its last change', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    await scenario.settled(line);
    const moved = await anotherContract(line);
    await scenario.map(moved);
    await scenario.settled(moved);
    await apply(await correct(await findingAfterPull(line)));
    await scenario.settled(line);
    // The PSA takes no second adjustment on the 20th.
    const expected = NOVEMBER.map((on) => (on < '2026-11-20' ? 5 : on === '2026-11-20' ? 16 : 8));
    expect(daily(line, moved)).toEqual(expected);
  });

  it('loses its units from today on where its subscription is billed nowhere', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await unmap(line);
    const plan = await correct(await findingAfterPull(line));
    expect(plan.steps).toMatchObject([{ rule: 'mapping.left', effectiveOn: TODAY, after: { units: 0 } }]);
  });

  it('because its offer changed is found on the same contract, which bills the new one beside it', async () => {
    const basic = await scenario.line({ unitsBefore: 5 });
    const serviceId = await copied('Services', basic.serviceId, { name: `Premium ${basic.subscriptionId}` });
    const premium: Line = {
      ...basic,
      serviceId,
      body: { ...basic.body, offer: { ...basic.body.offer, skuId: 'premium' } },
    };
    const { productId, skuId, segment, term, billingCycle } = premium.body.offer;
    const offer = { productId, skuId, segment, term, billingCycle };
    const body = { offer, serviceId: String(serviceId) };
    demand(
      await scenario.api.send('PUT', `/connections/${scenario.connectionId}/offer-mappings`, body),
      200,
      201,
    );
    await scenario.change(premium, {});
    await scenario.map(premium);
    await scenario.settled(premium);
    expect([scenario.unitsOn(basic, TODAY), scenario.unitsOn(premium, TODAY)]).toEqual([5, 5]);

    const finding = await findingAfterPull(basic);
    expect(finding).toMatchObject({ cause: 'left', expected: { units: 0 }, actual: { units: 5 } });
    await apply(await correct(finding));
    await scenario.settled(basic);
    expect([scenario.unitsOn(basic, TODAY), scenario.unitsOn(premium, TODAY)]).toEqual([0, 5]);
  });

  it('is its successor’s, for which equal values plan nothing', async () => {
    const line = await scenario.line({ unitsBefore: 10 });
    await unmap(line);
    const finding = await findingAfterPull(line);
    expect(finding).toMatchObject({ cause: 'left', actual: { units: 10 } });

    const successor: Line = { ...line, subscriptionId: `${line.subscriptionId}-next` };
    await scenario.change(successor, { effectiveOn: '2026-01-01' });
    await scenario.map(successor);
    expect(await scenario.settled(successor)).toEqual([]);
    expect(scenario.units(line).every(({ units }) => units === 10)).toBe(true);
    await scenario.pullAll();
    expect([await findings(line), await findings(successor)]).toEqual([[], []]);

    await scenario.change(successor, { quantity: 12 });
    await scenario.settled(successor);
    expect(scenario.unitsOn(successor, TODAY)).toBe(12);
    // Whoever comes back finds it taken, and gets a service of its own.
    await scenario.map(line);
    expect(await operationsOf(line)).toEqual(['addService mapping.difference applied']);
  });

  it('can be kept by a person, who bills it by hand from then on', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await unmap(line);
    const finding = await findingAfterPull(line);
    expect(await scenario.api.post(`/drift/${finding?.id}/keep`)).toMatchObject({
      status: 200,
      body: { state: 'kept' },
    });
    await scenario.adjustByHand(line, TODAY, 2);
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);
    expect(await scenario.operations(line)).toEqual([]);
    expect(scenario.unitsOn(line, TODAY)).toBe(7);
  });

  it('is left alone by a plan made before its subscription came back', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await unmap(line);
    const plan = await correct(await findingAfterPull(line));
    await scenario.map(line);
    await scenario.settled(line);
    expectProblem(await scenario.api.post(`/plans/${plan.id}/apply`, {}), 409, 'billing.plan_stale');
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);
  });

  it('keeps the charge it bears, and what is told later is billed where its subscription is, once', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await scenario.line({ unitsBefore: 5 });
    const common = {
      billingMonth: '2026-10-01',
      customerId: line.subscriptionId,
      subscriptionId: line.subscriptionId,
    };
    const first = await importLines(scenario.connector, [{ ...common, subtotal: '40.00' }]);
    await amounts.record(line, '10.00', { kind: 'oneTime' });
    await scenario.pullAll();
    const [charge] = await amounts.billed(line, '50.00');
    const moved = await anotherContract(line);
    await scenario.map(moved);
    await scenario.settled(moved);

    await amounts.record(line, '0.50', { kind: 'oneTime' });
    const [other] = await amounts.billed(moved, '0.50');
    expect(other?.name).toBe('Usage and other amounts 2026-10');
    await supersede(
      scenario.connector,
      first,
      await importLines(scenario.connector, [{ ...common, subtotal: '43.00' }]),
    );
    await scenario.pullAll();
    expect(await amounts.billed(moved, '3.50')).toMatchObject([{ reference: other?.reference }]);
    expect(amounts.charges(line)).toEqual([charge]);
    await scenario.setPolicies({ charges: 'itemised' });
  });

  it('keeps the price of the month it bears, and what is told later is a price where its Azure plan is now', async () => {
    await scenario.setPolicies({ azure: 'priceReset' });
    const line = await amounts.azurePlan();
    const november = { servicePeriod: { from: '2026-11-01', to: '2026-11-20' } };
    await amounts.record(line, '10.00', november);
    await amounts.monthBilled(line, '2026-11', '10.00');
    const moved = await anotherContract(line);
    await scenario.map(moved);
    expect(await operationsOf(line)).toContain('addService mapping.difference applied');
    await amounts.record(line, '0.50', november);
    await amounts.monthBilled(moved, '2026-11', '0.50');
    expect(['2026-11', '2026-12'].map((month) => amounts.monthTotal(line, month))).toEqual(['10.00', '0.00']);
    expect(amounts.monthTotal(moved, '2026-12')).toBe('0.00');
    await apply(await correct(await findingAfterPull(line)));
    await scenario.settled(line);
    expect(amounts.monthTotal(line, '2026-11'), 'the month keeps its amount').toBe('10.00');
    expect(scenario.unitsOn(line, '2026-12-10')).toBe(0);
    await scenario.setPolicies({ azure: 'charge' });
  });

  it('gets nothing more of what was not sent, which is dismissed with an entry for each', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const path = new RegExp(`Contracts/${line.contractId}/ServiceAdjustments$`);
    const refusal = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;
    scenario.simulator.faults.add({ path, fault: refusal });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    await until('the failure', async () =>
      (await scenario.operations(line)).some(({ state }) => state === 'failed') ? true : null,
    );
    await scenario.change(line, { quantity: 9, effectiveOn: '2026-11-22' });
    await amounts.record(line, '30.00', { kind: 'oneTime' });
    const waiting = await until('what waits behind it', async () => {
      const operations = await scenario.operations(line);
      return operations.length === 3 ? operations : null;
    });
    const moved = await anotherContract(line);
    await scenario.map(moved);
    scenario.simulator.faults.clear();
    await scenario.settled(moved);
    await scenario.pullAll();
    await amounts.billed(moved, '30.00');

    expect(amounts.charges(line)).toEqual([]);
    expect(scenario.adjustments(line)).toHaveLength(1);
    expect(scenario.unitsOn(moved, TODAY)).toBe(9);
    const given = (await scenario.operations(line)).filter(({ id }) => waiting.some((one) => one.id === id));
    expect(given.map(({ state, lastError }) => `${state} ${lastError?.code}`)).toEqual(
      Array.from({ length: 3 }, () => 'dismissed billing.line_left'),
    );
    const entries = await scenario.connector.audit('&operation=Dismiss%20Billing%20Operation');
    const dismissed = entries.filter(({ subject }) => waiting.some(({ id }) => id === subject.id));
    expect(dismissed).toHaveLength(3);
    expect(dismissed[0]).toMatchObject({
      outcome: 'succeeded',
      actor: { id: 'admin' },
      details: { code: 'billing.line_left' },
    });
  });
});
