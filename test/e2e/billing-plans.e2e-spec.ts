import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PlanResponse } from '../../src/billing/http/billing-response.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { expectProblem } from '../support/connector.js';

const READ_LINES = /\/(Contracts|ContractServices)\/query$/;

describe('a billing plan', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic' });
  });

  afterEach(async () => {
    await scenario.setPolicies({ secondApproverAbove: null });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const lineInApproval = async () => {
    await scenario.setPolicies({ applyMode: 'automatic' });
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    return line;
  };
  const apply = (plan: PlanResponse, body: object = {}) => scenario.api.post(`/plans/${plan.id}/apply`, body);

  it('shows the connection’s policies, by default asking for approval', async () => {
    const { id } = await scenario.connector.connect({ alias: 'Dollars', currency: 'USD' });
    const { body } = await scenario.api.get<{ policies: object }>(`/connections/${id}`);
    expect(body.policies).toEqual({
      applyMode: 'approval',
      decrease: 'sameDay',
      cancel: 'sameDay',
      azure: 'charge',
      charges: 'itemised',
      prices: 'platform',
      renewal: 'extend',
    });
  });

  it('is previewed, writes nothing until it is applied, and nothing when it is made again', async () => {
    const line = await lineInApproval();
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-21' });
    const plan = await scenario.plan();
    expect(plan).toMatchObject({
      connectionId: scenario.connectionId,
      state: 'draft',
      steps: [
        {
          kind: 'adjustUnits',
          identity: `${scenario.connectionId}/${line.subscriptionId}/${line.subscriptionId}/2026-11-21`,
          subscriptionId: line.subscriptionId,
          contractId: String(line.contractId),
          contractServiceId: expect.any(String),
          before: { units: 5, unitPrice: { amount: '10.00', currency: 'EUR' }, unitCost: { amount: '7.00' } },
          after: { units: 8, unitPrice: { amount: '10.00', currency: 'EUR' } },
          effectiveOn: '2026-11-21',
          period: { start: '2026-11-01', end: '2026-11-30', posted: false },
          impactPerPeriod: { amount: '30.00', currency: 'EUR' },
          impact: { amount: '40.00', currency: 'EUR' },
          rule: 'quantity.sameDay',
          reason: expect.stringMatching(/from 5 to 8/),
        },
      ],
      total: { amount: '40.00', currency: 'EUR' },
    });
    expect(scenario.adjustments(line)).toHaveLength(1);
    expect(await scenario.operations(line)).toEqual([]);
    expect(await apply(plan)).toMatchObject({ status: 202, body: { state: 'applied' } });
    expect(await scenario.settled(line)).toMatchObject([
      { state: 'applied', planId: plan.id, stepId: plan.steps[0]?.id },
    ]);
    expect(scenario.unitsOn(line, '2026-11-21')).toBe(8);
    expect((await scenario.plan()).steps).toEqual([]);
    expectProblem(await apply(plan), 409, 'billing.plan_closed');
    const [entry] = await scenario.connector.audit('&operation=Approve%20Billing%20Plan&outcome=succeeded');
    expect(entry).toMatchObject({ subject: { type: 'plan', id: plan.id }, actor: { id: 'admin' } });
  });

  it('is refused once the contract, or the subscription, has changed', async () => {
    const line = await lineInApproval();
    await scenario.change(line, { quantity: 8 });
    const plan = await scenario.plan();
    await scenario.adjustByHand(line, '2026-11-20', 1);
    expectProblem(await apply(plan), 409, 'billing.plan_stale');
    const second = await scenario.plan();
    await scenario.change(line, { quantity: 9 });
    expectProblem(await apply(second), 409, 'billing.plan_stale');
    const third = await scenario.plan();
    await apply(third);
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(9);
  });

  it('is refused once another margin rule makes another price, and the next plan shows and sends that one', async () => {
    const line = await lineInApproval();
    const ownRule = `/connections/${scenario.connectionId}/margin-rules/${line.subscriptionId}`;
    const putRule = (percent: string) =>
      scenario.api.send('PUT', ownRule, {
        method: 'markupOnList',
        percent,
        customerId: line.subscriptionId,
      });
    await scenario.setPolicies({ prices: 'marginRules' });
    await putRule('10');
    await scenario.change(line, { unitCost: { amount: '10', currency: 'EUR' } });
    const plan = await scenario.plan();
    expect(plan.steps).toMatchObject([{ after: { unitPrice: { amount: '11.00' } } }]);
    await putRule('20');
    expectProblem(await apply(plan), 409, 'billing.plan_stale');
    const next = await scenario.plan();
    expect(next.steps).toMatchObject([{ after: { unitPrice: { amount: '12.00' } } }]);
    expect((await apply(next)).status).toBe(202);
    await scenario.settled(line);
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 5, price: '60' });
    await scenario.setPolicies({ prices: 'platform' });
    await scenario.api.send('DELETE', ownRule);
    await apply(await scenario.plan());
  });

  it('is refused once a renewal is to go on the next contract instead', async () => {
    const line = await lineInApproval();
    await scenario.change(line, { startsOn: '2027-01-01', commitmentEndsOn: '2027-12-31' });
    const plan = await scenario.plan();
    expect(plan.steps).toMatchObject([{ kind: 'extendContract' }]);
    await scenario.setPolicies({ renewal: 'nextContract' });
    expectProblem(await apply(plan), 409, 'billing.plan_stale');
    await scenario.setPolicies({ renewal: 'extend' });
    expect((await apply(await scenario.plan())).status).toBe(202);
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2027-12-31')).toBe(5);
  });

  it('can have a step dated later or left out with a reason', async () => {
    const line = await lineInApproval();
    const other = await lineInApproval();
    await scenario.change(line, { quantity: 8 });
    await scenario.change(other, { quantity: 2 });
    const plan = await scenario.plan();
    const [first, second] = [line, other].map(({ subscriptionId }) =>
      plan.steps.find((step) => step.subscriptionId === subscriptionId),
    );
    const path = (id: string | undefined) => `/plans/${plan.id}/steps/${id}`;
    expectProblem(
      await scenario.api.patch(path(first?.id), { effectiveOn: '2026-11-01' }),
      422,
      'billing.date_not_allowed',
    );
    expectProblem(await scenario.api.patch(path(second?.id), { dismissed: true }), 422, 'request.invalid');
    const moved = await scenario.api.patch<PlanResponse>(path(first?.id), {
      effectiveOn: '2026-11-28',
      reason: 'agreed',
    });
    expect(moved).toMatchObject({ status: 200 });
    const left = await scenario.api.patch<PlanResponse>(path(second?.id), {
      dismissed: true,
      reason: 'a mistake',
    });
    expect(left.body.total).toEqual({ amount: '33.00', currency: 'EUR' });
    expect((await apply(plan)).status).toBe(202);
    expect(await scenario.settled(line)).toMatchObject([
      { effectiveOn: '2026-11-28', rule: 'date.byPerson' },
    ]);
    expect(await scenario.settled(other)).toEqual([]);
    expect(['2026-11-27', '2026-11-28'].map((day) => scenario.unitsOn(line, day))).toEqual([5, 8]);
    expect(scenario.unitsOn(other, '2026-11-25')).toBe(5);
  });

  it('can have the first of two steps of a line left out: the second still comes to its own total', async () => {
    const line = await lineInApproval();
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    await scenario.change(line, { quantity: 6, effectiveOn: '2026-11-24' });
    const plan = await scenario.plan();
    const [first] = plan.steps;
    expect(plan.steps.map(({ before, after }) => [before.units, after.units])).toEqual([
      [5, 8],
      [8, 6],
    ]);
    const left = await scenario.api.patch<PlanResponse>(`/plans/${plan.id}/steps/${first?.id}`, {
      dismissed: true,
      reason: 'a mistake',
    });
    // Seven of thirty days of a seat, and December.
    expect(left.body).toMatchObject({
      steps: [{ dismissed: true }, { before: { units: 5 }, after: { units: 6 } }],
      total: { amount: expect.stringMatching(/^12\.3[34]$/), currency: 'EUR' },
    });
    expect((await apply(plan)).status).toBe(202);
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', effectiveOn: '2026-11-24' }]);
    expect(['2026-11-20', '2026-11-24'].map((day) => scenario.unitsOn(line, day))).toEqual([5, 6]);
  });

  it('can be applied in part; the rest comes with the next plan', async () => {
    const line = await lineInApproval();
    const other = await lineInApproval();
    await scenario.change(line, { quantity: 8 });
    await scenario.change(other, { quantity: 9 });
    const plan = await scenario.plan();
    const step = plan.steps.find(({ subscriptionId }) => subscriptionId === line.subscriptionId);
    expect((await apply(plan, { stepIds: [step?.id] })).status).toBe(202);
    await scenario.settled(line);
    const rest = await scenario.plan();
    expect(rest.steps).toMatchObject([{ subscriptionId: other.subscriptionId }]);
    await apply(rest);
  });

  it('is not closed by steps that it has not, that were left out of it, or by none at all', async () => {
    const line = await lineInApproval();
    await scenario.change(line, { quantity: 8 });
    const plan = await scenario.plan();
    const [step] = plan.steps;
    const unknown = '00000000-0000-4000-8000-000000000000';
    expectProblem(await apply(plan, { stepIds: [unknown] }), 404, 'billing.step_not_found');
    expectProblem(await apply(plan, { stepIds: [step?.id, unknown] }), 404, 'billing.step_not_found');
    const empty = await apply(plan, { stepIds: [] });
    expectProblem(empty, 422, 'request.invalid');
    expect(empty.body).toMatchObject({ errors: [{ pointer: '/stepIds' }] });
    const path = `/plans/${plan.id}/steps/${step?.id}`;
    await scenario.api.patch(path, { dismissed: true, reason: 'Not yet' });
    expectProblem(await apply(plan, { stepIds: [step?.id] }), 404, 'billing.step_not_found');
    expect((await scenario.api.get(`/plans/${plan.id}`)).body).toMatchObject({ state: 'draft' });
    await scenario.api.patch(path, { dismissed: false });
    expect((await apply(plan, { stepIds: [step?.id] })).status).toBe(202);
    await scenario.settled(line);
  });

  it('stays applied when two people apply it at the same time', async () => {
    const line = await lineInApproval();
    await scenario.change(line, { quantity: 8 });
    const plan = await scenario.plan();
    // The slower one has read the plan before the other applied it, and plans again after what that pushed.
    const reading = scenario.hold({ path: READ_LINES });
    const slower = scenario.connector.as('secondAdmin').post(`/plans/${plan.id}/apply`, {});
    await reading.isHeld();
    expect((await apply(plan)).status).toBe(202);
    await scenario.settled(line);
    reading.release();
    expectProblem(await slower, 409, 'billing.plan_closed');
    expect((await scenario.api.get(`/plans/${plan.id}`)).body).toMatchObject({ state: 'applied' });
  });

  it('needs a second, different person above the limit', async () => {
    const line = await lineInApproval();
    await scenario.setPolicies({ secondApproverAbove: { amount: '100', currency: 'EUR' } });
    await scenario.change(line, { quantity: 50 });
    const plan = await scenario.plan();
    expectProblem(await apply(plan), 409, 'billing.second_approver_required');
    const entries = await scenario.connector.audit('&operation=Approve%20Billing%20Plan');
    const [kept, ...others] = entries.filter(({ subject }) => subject.id === plan.id);
    expect(others).toEqual([]);
    expect(kept).toMatchObject({
      outcome: 'failed',
      details: { code: 'billing.second_approver_required', approvals: [expect.any(String)] },
    });
    expectProblem(await apply(plan), 409, 'billing.second_approver_required');
    const answer = await scenario.connector.as('secondAdmin').post(`/plans/${plan.id}/apply`, {});
    expect(answer.status).toBe(202);
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(50);
  });

  it('needs the permission to approve, and belongs to its tenant', async () => {
    const plan = await scenario.plan();
    expectProblem(
      await scenario.connector.as('reader').post(`/plans/${plan.id}/apply`, {}),
      403,
      'access.permission_missing',
    );
    expectProblem(
      await scenario.connector.as('reseller').get(`/plans/${plan.id}`),
      404,
      'billing.plan_not_found',
    );
  });
});
