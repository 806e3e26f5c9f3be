import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OperationResponse } from '../../src/billing/http/billing-response.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { ChargeScenario, eur } from '../support/billing/charge-scenario.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';
import { expectProblem } from '../support/connector.js';
import { until } from '../support/until.js';

const TODAY = '2026-11-25';
const usd = (amount: string) => ({ amount, currency: 'USD' });

let scenario: BillingScenario;
let amounts: ChargeScenario;

beforeAll(async () => {
  scenario = await BillingScenario.start();
  amounts = new ChargeScenario(scenario);
});

afterEach(async () => {
  await scenario.setPolicies({
    secondApproverAbove: null,
    azure: 'charge',
    applyMode: 'automatic',
  } as object);
});

afterAll(async () => {
  await scenario?.stop();
});

const syncState = async ({ subscriptionId }: Line) => {
  const path = `/connections/${scenario.connectionId}/subscription-mappings?search=${subscriptionId}&limit=200`;
  const { items } = demand(
    await scenario.api.get<{ items: { subscriptionId: string; syncState: string }[] }>(path),
    200,
  );
  return items.find((row) => row.subscriptionId === subscriptionId)?.syncState;
};
const refusalEntries = async ({ subscriptionId }: Line) =>
  (
    await scenario.connector.audit('&operation=Update%20Subscription%20on%20Connection&outcome=failed')
  ).filter(({ subject }) => subject.id === subscriptionId);
const failed = (line: Line, code: string): Promise<OperationResponse> =>
  until(`the refusal ${code}`, async () => {
    const operations = await scenario.operations(line);
    return operations.find(({ state, lastError }) => state === 'failed' && lastError?.code === code) ?? null;
  });
const decide = async ({ id }: OperationResponse, deed: 'retry' | 'dismiss') =>
  demand(await scenario.api.post(`/operations/${id}/${deed}`), 200, 202);
const contract = (line: Line, changes: Record<string, string | number>) =>
  scenario.database.table('Contracts').update(line.contractId, changes);

describe('an amount that cannot be billed by itself', () => {
  it('is a failed operation, once, that holds back nothing else, and stays given up when it is dismissed', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await amounts.record(line, '30.00', { unitPrice: usd('30.00') });
    const refused = await failed(line, 'billing.currency_mismatch');
    expect(refused).toMatchObject({
      kind: 'createCharge',
      lastError: { detail: expect.stringMatching(/in USD/) },
    });
    expect(await syncState(line)).toBe('outOfSync');
    await scenario.change(line, { quantity: 6 });
    await scenario.settled(line);
    expect(scenario.unitsOn(line, TODAY)).toBe(6);
    await scenario.pullAll();
    await scenario.pullAll();
    expect((await scenario.operations(line)).filter(({ state }) => state === 'failed')).toHaveLength(1);
    expect(await refusalEntries(line)).toMatchObject([
      { actor: { id: 'admin' }, details: { code: 'billing.currency_mismatch' } },
    ]);
    await decide(refused, 'dismiss');
    await scenario.pullAll();
    expect(await syncState(line)).toBe('synced');
    expect(amounts.charges(line)).toEqual([]);
    expect(await refusalEntries(line)).toHaveLength(1);
  });

  it('for want of a material code is billed on retry, once there is one', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const codes = scenario.database.table('BillingCodes');
    const active = codes.all().filter((row) => row['useType'] === 4 && row['isActive'] === true);
    for (const { id } of active) codes.update(id, { isActive: false });
    await amounts.record(line, '30.00');
    const refused = await failed(line, 'billing.charge_code_missing');
    for (const { id } of active) codes.update(id, { isActive: true });
    await decide(refused, 'retry');
    await amounts.billed(line, '30.00');
    expect((await scenario.operations(line)).map(({ state }) => state)).toEqual(['applied', 'dismissed']);
  });

  it('above the limit of one person waits for a plan, which two people stand for', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ secondApproverAbove: eur('100') });
    await amounts.record(line, '150.00');
    await failed(line, 'billing.second_approver_required');
    expect(await syncState(line)).toBe('outOfSync');
    expect(amounts.charges(line)).toEqual([]);
    const plan = await scenario.plan();
    expect(plan.steps).toMatchObject([{ kind: 'createCharge', subscriptionId: line.subscriptionId }]);
    expectProblem(
      await scenario.api.post(`/plans/${plan.id}/apply`, {}),
      409,
      'billing.second_approver_required',
    );
    demand(await scenario.connector.as('secondAdmin').post(`/plans/${plan.id}/apply`, {}), 202);
    await amounts.billed(line, '150.00');
    expect(await syncState(line)).toBe('synced');
  });

  it('is measured with the other amounts of its subscription', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ secondApproverAbove: eur('100'), applyMode: 'approval' });
    await amounts.record(line, '80.00');
    await amounts.record(line, '80.00');
    await scenario.setPolicies({ applyMode: 'automatic' });
    await scenario.pullAll();
    await failed(line, 'billing.second_approver_required');
    expect(amounts.charges(line)).toEqual([]);
  });

  it('because its contract is not active, or has no day in the month, is refused and not dated elsewhere', async () => {
    const inactive = await scenario.line({ unitsBefore: 5 });
    contract(inactive, { status: 0 });
    await amounts.record(inactive, '30.00');
    await failed(inactive, 'billing.contract_inactive');
    const ended = await scenario.line({ unitsBefore: 5 });
    contract(ended, { endDate: '2026-09-30T00:00:00Z' });
    await amounts.record(ended, '30.00');
    expect((await failed(ended, 'billing.contract_ended')).lastError?.detail).toMatch(/no day in 2026-10/);
    expect([...amounts.charges(inactive), ...amounts.charges(ended)]).toEqual([]);
  });

  it('cannot be the price of a month where the billing period does not start with the month', async () => {
    await scenario.setPolicies({ azure: 'priceReset' });
    const line = await amounts.azurePlan();
    contract(line, { startDate: '2026-01-15T00:00:00Z' });
    await amounts.record(line, '30.00');
    await failed(line, 'billing.price_reset_period');
    expect(amounts.charges(line)).toEqual([]);
  });
});

describe('a change of a subscription is refused', () => {
  it('where the contract is not active', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    contract(line, { status: 0 });
    await scenario.change(line, { quantity: 6 });
    await failed(line, 'billing.contract_inactive');
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });

  it('where the contract is gone', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    scenario.database.table('Contracts').remove(line.contractId);
    await scenario.change(line, { quantity: 6 });
    expect((await failed(line, 'billing.contract_missing')).lastError?.detail).toContain(
      String(line.contractId),
    );
  });

  it('where its price is in another currency than the connection bills in', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 6, unitPrice: usd('10') });
    await failed(line, 'billing.currency_mismatch');
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });

  it('where the instance has no rate for the currency of its cost', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 6, unitCost: { amount: '7', currency: 'CHF' } });
    await failed(line, 'billing.cost_currency_unknown');
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });

  it('where Autotask accepted it and does not show it', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const path = new RegExp(`Contracts/${line.contractId}/ServiceAdjustments$`);
    const fault = { kind: 'status', status: 200, body: { itemId: 987_654 } } as const;
    const id = scenario.simulator.faults.add({ method: 'POST', path, fault });
    await scenario.change(line, { quantity: 6 });
    await failed(line, 'billing.not_confirmed');
    scenario.simulator.faults.remove(id);
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });

  it('to "sync now" where it is not mapped', async () => {
    const line = await scenario.unmappedLine({ unitsBefore: 5 });
    expectProblem(
      await scenario.api.post(`/subscriptions/${line.subscriptionId}/sync`),
      404,
      'billing.subscription_not_mapped',
    );
  });
});

describe('a change of a subscription', () => {
  it('has its cost converted where it comes in another currency than the price', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { unitCost: usd('8') });
    await scenario.settled(line);
    const rate = scenario.database
      .table('Currencies')
      .all()
      .find(({ name }) => name === 'USD')?.['exchangeRate'];
    const cost = new MoneyDecimal(String(rate)).times(8).toDecimalPlaces(2).times(5);
    expect(scenario.rowOn(line, '2026-11-01')).toMatchObject({ price: '50', cost: cost.toFixed() });
    const { body } = await scenario.api.get(`/subscriptions/${line.subscriptionId}`);
    expect(body).toMatchObject({ unitCost: usd('8.00'), unitPrice: eur('10.00') });
  });

  it('that was dismissed does not hide a newer one that was decided', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 9, effectiveOn: '2027-02-01' });
    const refused = await failed(line, 'billing.contract_ended');
    await scenario.change(line, { quantity: 7 });
    await until('the newer change', async () => {
      const operations = await scenario.operations(line);
      return operations.some(({ unitsAfter }) => unitsAfter === 7) ? true : null;
    });
    await decide(refused, 'dismiss');
    await scenario.settled(line);
    expect(scenario.unitsOn(line, TODAY)).toBe(7);
    await scenario.change(line, { quantity: 9, effectiveOn: '2026-11-26' });
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2026-11-26')).toBe(9);
  });
});

/** Lines in approval mode with a quantity each, and the part of a plan that is about them. */
const planned = async (...quantities: [before: number, after: number][]) => {
  const lines: Line[] = [];
  for (const [unitsBefore] of quantities) lines.push(await scenario.line({ unitsBefore }));
  await scenario.setPolicies({ applyMode: 'approval', secondApproverAbove: eur('100') });
  for (const [index, line] of lines.entries())
    await scenario.change(line, { quantity: quantities[index]?.[1] ?? 0 });
  const { id, steps } = await scenario.plan();
  const own = steps.filter(({ subscriptionId }) =>
    lines.some((line) => line.subscriptionId === subscriptionId),
  );
  const stepIds = own.map((step) => step.id);
  const applyAs = (actor: 'admin' | 'secondAdmin') =>
    scenario.connector.as(actor).post(`/plans/${id}/apply`, { stepIds });
  return { lines, id, own, applyAs };
};

describe('the limit of what one person may decide', () => {
  it('is not passed by what one step takes off and another adds', async () => {
    const { lines, own, applyAs } = await planned([50, 5], [5, 50]);
    const [less, more] = own
      .map(({ impact }) => Number(impact.amount))
      .toSorted((left, right) => left - right);
    expect(less).toBeLessThan(-100);
    expect((less ?? 0) + (more ?? 0)).toBe(0);
    expectProblem(await applyAs('admin'), 409, 'billing.second_approver_required');
    demand(await applyAs('secondAdmin'), 202);
    for (const line of lines) await scenario.settled(line);
    expect(lines.map((line) => scenario.unitsOn(line, TODAY))).toEqual([5, 50]);
  });

  it('counts who changed a plan last, and no longer who made it', async () => {
    const { lines, id, own, applyAs } = await planned([5, 60]);
    const dated = { effectiveOn: '2026-11-27' };
    const path = `/plans/${id}/steps/${own[0]?.id}`;
    demand(await scenario.connector.as('secondAdmin').send('PATCH', path, dated), 200);
    expectProblem(await applyAs('secondAdmin'), 409, 'billing.second_approver_required');
    demand(await applyAs('admin'), 202);
    for (const line of lines) {
      await scenario.settled(line);
      expect(scenario.unitsOn(line, '2026-11-27')).toBe(60);
    }
  });
});
