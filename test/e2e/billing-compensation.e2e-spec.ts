import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OperationResponse } from '../../src/billing/http/billing-response.js';
import type { ApiClient } from '../support/api-client.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';
import { expectProblem } from '../support/connector.js';
import { until } from '../support/until.js';

const TODAY = '2026-11-25';
const REFUSAL = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;

describe('taking a pushed change back', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });

  afterEach(async () => {
    scenario.simulator.faults.clear();
    await scenario.setPolicies({ secondApproverAbove: null });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const compensate = (id: string, api: ApiClient = scenario.api) =>
    api.post<OperationResponse>(`/operations/${id}/compensate`);
  /** A line whose 5 units became 8 on the 20th. */
  const changed = async (): Promise<{ line: Line; id: string }> => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const [applied] = await scenario.settled(line);
    return { line, id: applied?.id ?? '' };
  };
  const failures = async (code: string) =>
    (await scenario.connector.audit('&operation=Compensate%20Billing%20Operation&outcome=failed')).filter(
      ({ details }) => details['code'] === code,
    ).length;

  it('is done once', async () => {
    const { line, id } = await changed();
    demand(await compensate(id), 202);
    await scenario.settled(line);
    const refused = await failures('billing.not_compensable');
    expectProblem(await compensate(id), 409, 'billing.not_compensable');
    expect(await failures('billing.not_compensable')).toBe(refused + 1);
    expect(await scenario.settled(line)).toHaveLength(2);
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });

  it('is done once also when two people ask for it at the same time', async () => {
    const { line, id } = await changed();
    const answers = await Promise.all([compensate(id), compensate(id, scenario.connector.as('secondAdmin'))]);
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['202', '409']);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'billing.not_compensable',
    });
    await scenario.settled(line);
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });

  it('can be asked for again once its operation is dismissed', async () => {
    const { line, id } = await changed();
    scenario.simulator.faults.add({ path: /ServiceAdjustments$/, times: 1, fault: REFUSAL });
    const first = demand(await compensate(id), 202);
    expect((await scenario.settled(line)).at(-1)).toMatchObject({ id: first.id, state: 'failed' });
    expectProblem(await compensate(id), 409, 'billing.not_compensable');
    demand(await scenario.api.post(`/operations/${first.id}/dismiss`), 200);
    demand(await compensate(id), 202);
    expect((await scenario.settled(line)).at(-1)).toMatchObject({ state: 'applied', compensates: id });
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });

  it('takes the next day where a change of the day waits to be sent', async () => {
    const { line, id } = await changed();
    scenario.simulator.faults.add({ path: /ServiceAdjustments$/, times: 1, fault: REFUSAL });
    await scenario.change(line, { quantity: 10, effectiveOn: '2026-11-24' });
    await scenario.settled(line);
    await scenario.change(line, { quantity: 12, effectiveOn: TODAY });
    await until('the change of the day', async () =>
      (await scenario.operations(line)).length === 3 ? true : null,
    );
    const answer = demand(await compensate(id), 202);
    expect(answer).toMatchObject({ effectiveOn: '2026-11-26', unitsBefore: 12, unitsAfter: 9 });
    demand(await scenario.api.post(`/subscriptions/${line.subscriptionId}/sync`), 202);
    await scenario.settled(line);
    expect([TODAY, '2026-11-26'].map((day) => scenario.unitsOn(line, day))).toEqual([12, 9]);
  });

  it('is refused for a price once another one was set, until that one is taken back', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const prices = async (amount: string, effectiveOn: string) => {
      await scenario.change(line, { unitPrice: { amount, currency: 'EUR' }, effectiveOn });
      const applied = (await scenario.settled(line)).at(-1);
      expect(applied).toMatchObject({ kind: 'adjustPrice', state: 'applied' });
      return applied?.id ?? '';
    };
    const first = await prices('12', '2026-10-10');
    const second = await prices('15', '2026-11-10');
    const refused = await failures('billing.not_compensable');
    expectProblem(await compensate(first), 409, 'billing.not_compensable');
    expect(await failures('billing.not_compensable')).toBe(refused + 1);
    demand(await compensate(second), 202);
    await scenario.settled(line);
    demand(await compensate(first), 202);
    await scenario.settled(line);
    expect(scenario.rowOn(line, '2026-12-10')).toMatchObject({ units: 5, price: '50' });
  });

  it('needs a second, different person above the limit', async () => {
    const { line, id } = await changed();
    await scenario.setPolicies({ secondApproverAbove: { amount: '1', currency: 'EUR' } });
    expectProblem(await compensate(id), 409, 'billing.second_approver_required');
    expectProblem(await compensate(id), 409, 'billing.second_approver_required');
    const ownToken = scenario.connector.as('adminToken');
    expectProblem(await compensate(id, ownToken), 409, 'billing.second_approver_required');
    expect(await scenario.operations(line)).toHaveLength(1);
    demand(await compensate(id, scenario.connector.as('secondAdmin')), 202);
    await scenario.settled(line);
    expect(scenario.unitsOn(line, TODAY)).toBe(5);
  });
});
