import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import type { Line } from '../support/billing/scenario-types.js';
import { expectProblem } from '../support/connector.js';
import { DocumentedApi } from '../support/documented-api.js';
import { until } from '../support/until.js';

interface Finding {
  id: string;
  subscriptionId: string;
}

const byId = (id: unknown) => ({ parameters: { id: String(id) } });

describe('a contract that somebody changed in Autotask', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const findings = (line: Line) => scenario.findings<Finding>(line);
  const drifted = async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    await scenario.settled(line);
    await scenario.adjustByHand(line, '2026-11-24', 2);
    await scenario.pullAll();
    const [finding] = await until('the finding', async () => {
      const found = await findings(line);
      return found.length > 0 ? found : null;
    });
    return { line, finding };
  };

  it('is found by the next pull with what it costs, and is not found where nothing was changed', async () => {
    const calm = await scenario.line({ unitsBefore: 5 });
    await scenario.change(calm, { quantity: 6 });
    await scenario.settled(calm);
    const { finding } = await drifted();
    expect(finding).toMatchObject({
      expected: { units: 8 },
      actual: { units: 10 },
      impact: { amount: '20.00', currency: 'EUR' },
      state: 'open',
    });
    expect(await findings(calm)).toEqual([]);
  });

  it('is found on a line that was equal when it was mapped and never pushed to', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);
    await scenario.adjustByHand(line, '2026-11-24', 2);
    await scenario.pullAll();
    const [finding] = await until('the finding', async () => {
      const found = await findings(line);
      return found.length > 0 ? found : null;
    });
    expect(finding).toMatchObject({
      expected: { units: 5 },
      actual: { units: 7 },
      impact: { amount: '20.00' },
    });
  });

  it('leaves neither a plan nor a closed finding when one of the two cannot be saved', async () => {
    const { finding } = await drifted();
    const plans = async () =>
      (await scenario.connector.rows<{ id: string }>('SELECT id FROM psa_connector.billing_plan')).length;
    const before = await plans();
    await scenario.connector.rows(
      `ALTER TABLE psa_connector.billing_drift ADD CONSTRAINT billing_drift_test_ck CHECK (state <> 'corrected') NOT VALID`,
    );
    const refused = await scenario.api.post(`/drift/${finding?.id}/correct`);
    await scenario.connector.rows(
      'ALTER TABLE psa_connector.billing_drift DROP CONSTRAINT billing_drift_test_ck',
    );
    expect(refused.status).toBe(500);
    expect(await plans()).toBe(before);
    expect((await scenario.api.post(`/drift/${finding?.id}/correct`)).status).toBe(201);
    expect(await plans()).toBe(before + 1);
  });

  it('can be kept, and is not found again', async () => {
    const { line, finding } = await drifted();
    const kept = await scenario.api.post(`/drift/${finding?.id}/keep`);
    expect(kept).toMatchObject({ status: 200, body: { state: 'kept', decidedBy: { id: 'admin' } } });
    expectProblem(await scenario.api.post(`/drift/${finding?.id}/keep`), 409, 'billing.drift_decided');
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);
  });

  it('can be corrected by a plan', async () => {
    const { line, finding } = await drifted();
    const { status, body } = await scenario.api.post<{ id: string }>(`/drift/${finding?.id}/correct`);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { steps: [{ before: { units: 10 }, after: { units: 8 }, rule: 'drift.correct' }] },
    });
    expect((await scenario.api.post(`/plans/${body.id}/apply`, {})).status).toBe(202);
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(8);
  });

  it('is not corrected from a finding that is older than what the contract shows', async () => {
    const { line, finding } = await drifted();
    await scenario.change(line, { quantity: 9, effectiveOn: '2026-11-25' });
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(9);
    expectProblem(await scenario.api.post(`/drift/${finding?.id}/correct`), 409, 'billing.not_compensable');
    const [refusal] = await scenario.connector.audit(
      '&operation=Correct%20Contract%20Drift&outcome=failed',
      1,
    );
    expect(refusal).toMatchObject({ details: { code: 'billing.not_compensable' } });
    await scenario.pullAll();
    expect(await findings(line)).toEqual([]);
  });

  it('is handled by routes that answer as they are documented', async () => {
    const api = new DocumentedApi(scenario.connector);
    const { finding } = await drifted();
    const connection = { parameters: { id: scenario.connectionId } };
    await api.call('get', '/connections/{id}/drift', 200, connection);
    const correction = await api.call('post', '/drift/{id}/correct', 201, byId(finding?.id));
    await api.call('get', '/plans/{id}', 200, byId(correction['id']));
    const kept = await drifted();
    await api.call('post', '/drift/{id}/keep', 200, byId(kept.finding?.id));
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(kept.line, { quantity: 4 });
    const plan = await api.call('post', '/connections/{id}/plans', 201, connection);
    await api.call('get', '/connections/{id}/plans', 200, connection);
    const [step] = plan['steps'] as { id: string }[];
    await api.call('patch', '/plans/{id}/steps/{stepId}', 200, {
      parameters: { id: String(plan['id']), stepId: step?.id ?? '' },
      body: { effectiveOn: '2026-11-27' },
    });
    await api.call('post', '/plans/{id}/apply', 202, { ...byId(plan['id']), body: {} });
    const [, applied] = await scenario.settled(kept.line);
    await api.call('get', '/operations', 200, { query: '?state=applied' });
    await api.call('get', '/operations/{id}', 200, byId(applied?.id));
    const restored = await api.call('post', '/operations/{id}/compensate', 202, byId(applied?.id));
    await until('the compensation', async () =>
      (await scenario.operations(kept.line)).every(({ state }) => state === 'applied') ? true : null,
    );
    await api.call('post', '/subscriptions/{id}/sync', 202, byId(kept.line.subscriptionId));
    await api.call('get', '/connections/{id}/pushes', 200, connection);
    await api.call('post', '/connections/{id}/pushes/resume', 200, connection);
    await api.call('post', '/operations/{id}/dismiss', 409, byId(restored['id']));
    await api.call('post', '/operations/{id}/retry', 409, byId(restored['id']));
    const documented = Object.entries(PSA_CONNECTOR_OPENAPI.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => operation.tags.some((tag) => /^Billing(?! reconciliation)/.test(tag)))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect([...api.seen].toSorted()).toEqual(documented.toSorted());
  });
});
