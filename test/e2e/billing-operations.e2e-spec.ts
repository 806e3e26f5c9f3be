import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import type { Line } from '../support/billing/scenario-types.js';
import { expectProblem } from '../support/connector.js';
import { until } from '../support/until.js';

const ADJUST = /ServiceAdjustments$/;

describe('a billing operation', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });

  afterEach(() => {
    scenario.simulator.faults.clear();
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const sent = () => scenario.simulator.journal.entries({ method: 'POST', path: ADJUST }).length;
  const syncState = async ({ subscriptionId }: Line) => {
    const path = `/connections/${scenario.connectionId}/subscription-mappings?limit=200`;
    const { body } = await scenario.api.get<{ items: { subscriptionId: string; syncState: string }[] }>(path);
    return body.items.find((row) => row.subscriptionId === subscriptionId)?.syncState;
  };

  it('is carried out once although the answer was lost after the commit', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    scenario.simulator.faults.add({ path: ADJUST, times: 1, fault: { kind: 'dropAfter' } });
    const before = sent();
    await scenario.change(line, { quantity: 8 });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', attempts: 1 }]);
    expect(sent() - before, 'nothing was sent again').toBe(1);
    expect(scenario.adjustments(line)).toHaveLength(2);
  });

  it('is sent again when the answer was lost and nothing was carried out', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    scenario.simulator.faults.add({ path: ADJUST, times: 1, fault: { kind: 'dropBefore' } });
    await scenario.change(line, { quantity: 8 });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', attempts: 2 }]);
    expect(scenario.adjustments(line)).toHaveLength(2);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(8);
  });

  it('adds a service once although the answer was lost', async () => {
    scenario.simulator.faults.add({ path: ADJUST, times: 1, fault: { kind: 'dropAfter' } });
    const line = await scenario.line({ quantity: 4, effectiveOn: '2026-11-10' });
    expect(await scenario.operations(line)).toMatchObject([{ kind: 'addService', state: 'applied' }]);
    expect(scenario.adjustments(line)).toEqual([{ effectiveDate: '2026-11-10', unitChange: 4 }]);
  });

  it('fails as a conflict when somebody changed the units meanwhile, and goes on from there on retry', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    scenario.simulator.faults.add({ path: ADJUST, times: 1, fault: { kind: 'dropBefore' } });
    await scenario.change(line, { quantity: 8 });
    await until('the first attempt', async () =>
      (await scenario.operations(line)).some(({ attempts }) => attempts > 0) ? true : null,
    );
    await scenario.adjustByHand(line, '2026-11-20', 1);
    const [failed] = await scenario.settled(line);
    expect(failed).toMatchObject({ state: 'failed', lastError: { code: 'billing.conflict' } });
    expect(scenario.unitsOn(line, '2026-11-25'), 'no delta was sent on top').toBe(6);
    expect(await syncState(line)).toBe('outOfSync');
    expect((await scenario.api.post(`/operations/${failed?.id}/retry`)).status).toBe(202);
    expect(await scenario.settled(line)).toMatchObject([{ id: failed?.id, state: 'applied' }]);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(8);
    expect(await syncState(line)).toBe('synced');
  });

  it('stops the operations behind it, of its own subscription only, until "sync now" takes it up again', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const other = await scenario.line({ unitsBefore: 5 });
    const refusal = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;
    const path = new RegExp(`Contracts/${line.contractId}/ServiceAdjustments$`);
    scenario.simulator.faults.add({ path, fault: refusal });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    await until('the failure', async () =>
      (await scenario.operations(line)).some(({ state }) => state === 'failed') ? true : null,
    );
    await scenario.change(line, { quantity: 9, effectiveOn: '2026-11-22' });
    await scenario.change(other, { quantity: 6 });
    expect((await scenario.settled(other)).at(-1)).toMatchObject({ state: 'applied' });
    const waiting = await until('the second operation', async () => {
      const operations = await scenario.operations(line);
      return operations.length === 2 ? operations.toReversed() : null;
    });
    expect(waiting).toMatchObject([
      { state: 'failed', lastError: { code: 'psa.request_rejected' } },
      { state: 'pending', unitsBefore: 8, unitsAfter: 9 },
    ]);
    scenario.simulator.faults.clear();
    const answer = await scenario.api.post(`/subscriptions/${line.subscriptionId}/sync`);
    expect(answer).toMatchObject({ status: 202, body: { operationIds: [waiting[0]?.id] } });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied' }, { state: 'applied' }]);
    expect(['2026-11-19', '2026-11-20', '2026-11-22'].map((day) => scenario.unitsOn(line, day))).toEqual([
      5, 8, 9,
    ]);
  });

  it('can be dismissed, after which the next one goes on without it', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const path = new RegExp(`Contracts/${line.contractId}/ServiceAdjustments$`);
    const refusal = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;
    scenario.simulator.faults.add({ path, times: 1, fault: refusal });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const [failed] = await scenario.settled(line);
    await scenario.change(line, { quantity: 9, effectiveOn: '2026-11-22' });
    const dismissed = await scenario.api.post(`/operations/${failed?.id}/dismiss`);
    expect(dismissed).toMatchObject({ status: 200, body: { state: 'dismissed' } });
    expect(await scenario.settled(line)).toMatchObject([{ state: 'dismissed' }, { state: 'applied' }]);
    expect(['2026-11-21', '2026-11-22'].map((day) => scenario.unitsOn(line, day))).toEqual([5, 9]);
    expectProblem(
      await scenario.api.post(`/operations/${failed?.id}/dismiss`),
      409,
      'billing.operation_state',
    );
  });

  it('can be dismissed, and its units are not set by the price that waits behind it', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.post(line, '2026-11-30');
    const path = new RegExp(`Contracts/${line.contractId}/ServiceAdjustments$`);
    const refusal = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;
    scenario.simulator.faults.add({ path, times: 1, fault: refusal });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const [failed] = await scenario.settled(line);
    await scenario.change(line, { unitPrice: { amount: '12', currency: 'EUR' } });
    const price = await until('the price', async () => {
      const [last, ...others] = await scenario.operations(line);
      return others.length === 1 ? last : null;
    });
    expect(price).toMatchObject({ effectiveOn: '2026-12-01', unitsBefore: 8, unitsAfter: 8 });
    await scenario.api.post(`/operations/${failed?.id}/dismiss`);
    expect((await scenario.settled(line)).at(-1)).toMatchObject({
      state: 'applied',
      unitsBefore: 5,
      unitsAfter: 5,
    });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 5, price: '60' });
  });

  it('can be compensated by a new one that restores what was before', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const [applied] = await scenario.settled(line);
    const answer = await scenario.api.post(`/operations/${applied?.id}/compensate`);
    expect(answer).toMatchObject({
      status: 202,
      body: { state: 'pending', compensates: applied?.id, effectiveOn: '2026-11-25' },
    });
    await scenario.settled(line);
    expect(['2026-11-24', '2026-11-25'].map((day) => scenario.unitsOn(line, day))).toEqual([8, 5]);
  });

  it('uses the next day when its day was pushed before', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8 });
    await scenario.settled(line);
    await scenario.change(line, { quantity: 6 });
    expect((await scenario.settled(line)).at(-1)).toMatchObject({
      state: 'applied',
      effectiveOn: '2026-11-26',
      rule: 'date.nextFreeDay',
    });
    expect(['2026-11-25', '2026-11-26'].map((day) => scenario.unitsOn(line, day))).toEqual([8, 6]);
  });

  it('stops the connection after many failures until a person lets it go on', async () => {
    const lines: Line[] = [];
    for (let count = 0; count < 11; count += 1) lines.push(await scenario.line({ unitsBefore: 5 }));
    const refusal = { kind: 'status', status: 500, body: { errors: ['Closed for stocktaking.'] } } as const;
    scenario.simulator.faults.add({ path: ADJUST, fault: refusal });
    for (const line of lines) await scenario.change(line, { quantity: 8 });
    const path = `/connections/${scenario.connectionId}/pushes`;
    await until('the stop', async () =>
      (await scenario.api.get<{ state: string }>(path)).body.state === 'stopped' ? true : null,
    );
    const stops = await scenario.connector.audit('&operation=Stop%20Billing%20Pushes');
    expect(stops).toMatchObject([{ outcome: 'succeeded', connectionId: scenario.connectionId }]);
    const { text } = await scenario.api.send('GET', '/metrics');
    expect(text).toMatch(/^psa_connector_push_stopped_connections 1$/m);
    expect(text).toMatch(/^psa_connector_push_operations\{state="failed"\} 1[01]$/m);
    expect(text).toMatch(/^psa_connector_push_oldest_pending_seconds [\d.]+$/m);
    scenario.simulator.faults.clear();
    for (const line of lines) await scenario.api.post(`/subscriptions/${line.subscriptionId}/sync`);
    expect(await scenario.api.post(`${path}/resume`)).toMatchObject({
      status: 200,
      body: { state: 'running' },
    });
    for (const line of lines) await scenario.settled(line);
    expect(lines.map((line) => scenario.unitsOn(line, '2026-11-25'))).toEqual(lines.map(() => 8));
  });
});
