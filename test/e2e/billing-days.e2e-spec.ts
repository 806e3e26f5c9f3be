import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlanResponse } from '../../src/billing/http/billing-response.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';
import { expectProblem } from '../support/connector.js';

const TODAY = '2026-11-25';
const TOMORROW = '2026-11-26';
const ADJUST = /ServiceAdjustments$/;

describe('the one adjustment that a line takes a day', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });

  beforeEach(async () => {
    scenario.simulator.faults.clear();
    await scenario.setPolicies({ applyMode: 'automatic' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  /** An operation of today that a conflict stopped before it was sent. */
  const conflicting = async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { quantity: 8 });
    await scenario.stopPushes();
    await scenario.applyAll();
    await scenario.adjustByHand(line, '2026-11-20', 1);
    await scenario.resumePushes();
    const [failed] = await scenario.settled(line);
    expect(failed).toMatchObject({ state: 'failed', attempts: 0, lastError: { code: 'billing.conflict' } });
    return { line, id: failed?.id ?? '' };
  };
  /** An operation of today whose day somebody took while it was sent. */
  const overtaken = async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const post = scenario.hold({ path: ADJUST });
    await scenario.change(line, { quantity: 8 });
    await post.isHeld();
    await scenario.adjustByHand(line, TODAY, 1);
    post.release();
    const [failed] = await scenario.settled(line);
    expect(failed).toMatchObject({
      state: 'failed',
      effectiveOn: TODAY,
      lastError: { code: 'psa.date_taken' },
    });
    return { line, id: failed?.id ?? '' };
  };
  const unitsOf = (line: Line) => [TODAY, TOMORROW].map((day) => scenario.unitsOn(line, day));
  const lastAudit = async (operation: string) =>
    (await scenario.connector.audit(`&operation=${encodeURIComponent(operation)}`, 1))[0];

  it('stays that of an operation that failed before it was sent', async () => {
    const { line, id } = await conflicting();
    await scenario.change(line, { quantity: 9 });
    await scenario.applyAll();
    demand(await scenario.api.post(`/operations/${id}/retry`), 202);
    expect(await scenario.settled(line)).toMatchObject([
      { id, state: 'applied', effectiveOn: TODAY },
      { state: 'applied', effectiveOn: TOMORROW, rule: 'date.nextFreeDay' },
    ]);
    expect(unitsOf(line)).toEqual([8, 9]);
  });

  it('stays that of an operation that failed before it was sent, also where "sync now" takes it up again', async () => {
    const { line, id } = await conflicting();
    await scenario.change(line, { quantity: 4 });
    await scenario.applyAll();
    const { body } = await scenario.api.post(`/subscriptions/${line.subscriptionId}/sync`);
    expect(body).toMatchObject({ operationIds: [id] });
    await scenario.settled(line);
    expect(unitsOf(line)).toEqual([8, 4]);
  });

  it('is not that of a step which a person dates on a day that is taken', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-27' });
    await scenario.settled(line);
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { quantity: 9, effectiveOn: TOMORROW });
    const { id, steps } = await scenario.plan();
    const step = steps.find(({ effectiveOn }) => effectiveOn === TOMORROW);
    const path = `/plans/${id}/steps/${step?.id}`;
    const refused = await scenario.api.patch(path, { effectiveOn: '2026-11-27' });
    expectProblem(refused, 422, 'billing.date_not_allowed');
    // A plan that was dated so before this was looked at.
    await scenario.connector.rows(
      `UPDATE psa_connector.billing_plan_step SET step = jsonb_set(step, '{effectiveOn}', '"2026-11-27"') WHERE id = $1`,
      [step?.id],
    );
    expectProblem(await scenario.api.post(`/plans/${id}/apply`, {}), 409, 'billing.day_taken');
    expect((await scenario.api.get<PlanResponse>(`/plans/${id}`)).body).toMatchObject({ state: 'draft' });
    demand(await scenario.api.patch(path, { effectiveOn: TOMORROW }), 200);
    demand(await scenario.api.post(`/plans/${id}/apply`, {}), 202);
    await scenario.settled(line);
    expect([TOMORROW, '2026-11-27', '2026-11-28'].map((day) => scenario.unitsOn(line, day))).toEqual([
      9, 12, 9,
    ]);
  });

  it('is the next free one once a retry finds that somebody took it', async () => {
    const { line, id } = await overtaken();
    const answer = demand(await scenario.api.post(`/operations/${id}/retry`), 202);
    expect(answer).toMatchObject({ effectiveOn: TOMORROW, rule: 'date.nextFreeDay', unitsAfter: 8 });
    expect(await lastAudit('Retry Billing Operation')).toMatchObject({
      outcome: 'succeeded',
      details: { operationId: id, changes: [{ field: 'effectiveOn', before: TODAY, after: TOMORROW }] },
    });
    expect(await scenario.settled(line)).toMatchObject([
      { id, state: 'applied', unitsBefore: 6, unitsAfter: 8 },
    ]);
    expect(unitsOf(line)).toEqual([6, 8]);
  });

  it('is the next free one also for "sync now"', async () => {
    const { line, id } = await overtaken();
    demand(await scenario.api.post(`/subscriptions/${line.subscriptionId}/sync`), 202);
    expect(await lastAudit('Sync Subscription')).toMatchObject({
      details: { moved: [{ operationId: id, changes: [{ before: TODAY, after: TOMORROW }] }] },
    });
    expect(await scenario.settled(line)).toMatchObject([{ id, state: 'applied', effectiveOn: TOMORROW }]);
    expect(unitsOf(line)).toEqual([6, 8]);
  });

  it('is not found by passing the change that waits behind it', async () => {
    const { line, id } = await overtaken();
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { quantity: 10, effectiveOn: TOMORROW });
    await scenario.applyAll();
    expectProblem(await scenario.api.post(`/operations/${id}/retry`), 409, 'billing.day_taken');
    demand(await scenario.api.post(`/operations/${id}/dismiss`), 200);
    // What somebody did by hand is in nobody's plan, so the other one asks too.
    const other = (await scenario.settled(line)).at(-1);
    expect(other).toMatchObject({ state: 'failed', lastError: { code: 'billing.conflict' } });
    demand(await scenario.api.post(`/operations/${other?.id}/retry`), 202);
    expect((await scenario.settled(line)).at(-1)).toMatchObject({ state: 'applied', effectiveOn: TOMORROW });
    expect(unitsOf(line)).toEqual([6, 10]);
  });

  it('does not change a price in a period that is posted while the price waits, and a retry has it from the next on', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, {
      unitPrice: { amount: '12', currency: 'EUR' },
      effectiveOn: '2026-11-01',
    });
    await scenario.stopPushes();
    await scenario.applyAll();
    await scenario.post(line, '2026-11-30');
    await scenario.resumePushes();
    const [failed] = await scenario.settled(line);
    expect(failed).toMatchObject({
      state: 'failed',
      attempts: 0,
      effectiveOn: '2026-11-01',
      lastError: { code: 'billing.period_posted' },
    });
    expect(scenario.adjustments(line)).toHaveLength(1);
    demand(await scenario.api.post(`/operations/${failed?.id}/retry`), 202);
    expect(await scenario.settled(line)).toMatchObject([
      {
        state: 'applied',
        effectiveOn: '2026-12-01',
        reason: expect.stringContaining('2026-11-01 is approved and posted'),
      },
    ]);
    expect(scenario.rowOn(line, TODAY)).toMatchObject({ price: '50', posted: true });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ price: '60', posted: false });
  });
});
