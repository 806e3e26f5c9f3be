import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FindingResponse } from '../../src/reconciliation/http/reconciliation-response.js';
import type { ApiAnswer } from '../support/api-client.js';
import { ENTRIES_OF_SUCCESS } from '../support/audit-successes.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { MONTH } from '../support/billing/independent-month.js';
import { letDaysPass } from '../support/billing/scenario-clock.js';
import type { Line } from '../support/billing/scenario-types.js';
import { offerKey, OFFERS } from '../support/builders/mapping-world.builder.js';
import { ALL_RIGHTS, type Connector } from '../support/connector.js';
import { MappingFixture, type MappingKind } from '../support/mapping-fixture.js';
import { until } from '../support/until.js';

const CSV = { 'content-type': 'text/csv' };
const tried = new Set<string>();

async function entriesOf(connector: Connector, answer: ApiAnswer) {
  const id = answer.headers.get('x-request-id');
  const entries = await connector.audit();
  return entries.filter(({ correlationId }) => correlationId === id).toReversed();
}

/** Expects a success, and exactly the entries it is to leave, all by the caller. */
async function expectEntries(connector: Connector, operation: string, answer: ApiAnswer): Promise<void> {
  tried.add(operation);
  const expected = ENTRIES_OF_SUCCESS[operation];
  if (expected === undefined) throw new Error(`Nothing is declared of ${operation}`);
  expect(answer.status, answer.text).toBeLessThan(300);
  await until(`the entries of ${operation}`, async () =>
    (await entriesOf(connector, answer)).length >= expected.length ? true : null,
  );
  const entries = await entriesOf(connector, answer);
  expect(
    entries.map((entry) => [entry.operation, entry.outcome, entry.actor.id]),
    answer.text,
  ).toEqual(expected.map((name) => [name, 'succeeded', 'admin']));
  for (const { connectionId } of entries) expect(connectionId).not.toBeNull();
}

describe('a success of mapping', () => {
  let mapping: MappingFixture;

  beforeAll(async () => {
    mapping = await MappingFixture.start();
  });
  afterAll(() => mapping?.stop());

  /** @param rest what comes after the kind, as it is documented */
  const expectOne = async (
    method: string,
    kind: MappingKind,
    rest: string,
    body?: object | string,
    filled = rest,
  ) => {
    const headers = typeof body === 'string' ? CSV : {};
    const answer = await mapping.connector.api.send(method, mapping.path(kind, filled), body, headers);
    await expectEntries(mapping.connector, `${method} /connections/{id}/${kind}-mappings${rest}`, answer);
    return answer;
  };

  it('of customers leaves what is declared', async () => {
    const { contoso, fabrikam } = mapping.world.companies;
    await expectOne('PUT', 'customer', '', { customerId: 'contoso', companyId: contoso });
    const items = [{ customerId: 'contoso', companyId: fabrikam }];
    await expectOne('POST', 'customer', '/accept', { items });
    await expectOne('DELETE', 'customer', '/{customerId}', undefined, '/contoso');
    await expectOne('POST', 'customer', '/import', `customerId,companyId\ncontoso,${contoso}\n`);
  });

  it('of offers leaves what is declared', async () => {
    const { exchange } = mapping.world.services;
    const offer = offerKey(OFFERS.exchange);
    await expectOne('PUT', 'offer', '', { offer, excluded: true, reason: 'Not sold' });
    await expectOne('POST', 'offer', '/accept', { items: [{ offer, serviceId: exchange }] });
    const [row] = await mapping.list<{ mappingId: string }>('offer', '?state=mapped');
    await expectOne('DELETE', 'offer', '/{mappingId}', undefined, `/${row?.mappingId}`);
    const columns = Object.keys(offer).join(',');
    const file = `${columns},serviceId\n${Object.values(offer).join(',')},${exchange}\n`;
    await expectOne('POST', 'offer', '/import', file);
  });

  it('of subscriptions leaves what is declared', async () => {
    const { good, second } = mapping.world.contracts;
    const subscriptionId = 'sub-exchange';
    await expectOne('PUT', 'subscription', '', { subscriptionId, contractId: good });
    await expectOne('POST', 'subscription', '/accept', {
      items: [{ subscriptionId, contractId: second }],
    });
    await expectOne('DELETE', 'subscription', '/{subscriptionId}', undefined, `/${subscriptionId}`);
    const file = `subscriptionId,contractId\n${subscriptionId},${good}\n`;
    await expectOne('POST', 'subscription', '/import', file);
  });

  it('by a template leaves what is declared', async () => {
    await mapping.unmapAll();
    const owner = { phone: '+49 30 1234', ownerId: '29682885' };
    await expectOne('POST', 'customer', '/create-company', {
      customerId: 'contoso',
      ...owner,
      preview: false,
    });
    const service = { offer: offerKey(OFFERS.teams), billingCodeId: '29682804' };
    await expectOne('POST', 'offer', '/create-service', { ...service, preview: false });
    await expectOne('POST', 'subscription', '/create-contract', {
      subscriptionId: 'sub-teams',
      preview: false,
    });
  });
});

describe('a success of a sync run', () => {
  let mapping: MappingFixture;

  beforeAll(async () => {
    mapping = await MappingFixture.start();
  });
  afterAll(() => mapping?.stop());

  it('that is cancelled leaves what is declared', async () => {
    const { connector, id } = mapping;
    // The next one follows at once.
    connector.simulator.faults.add({
      path: /\/Companies\/query$/i,
      times: 1,
      fault: { kind: 'delay', ms: 2_000 },
    });
    const { body } = await connector.api.post<{ id: string }>(`/connections/${id}/sync-runs`);
    const answer = await connector.api.post(`/sync-runs/${body.id}/cancel`);
    await expectEntries(connector, 'POST /sync-runs/{id}/cancel', answer);
    connector.simulator.faults.clear();
  });

  it('whose missing records are decided leaves what is declared', async () => {
    const { connector, id } = mapping;
    const user = connector.simulator.world.user(ALL_RIGHTS);
    const level = user.securityLevel;
    user.securityLevel = { ...level, hiddenEntities: ['Companies'] };
    const run = await until('a run of its own', async () => {
      const started = await connector.api.post<{ id: string }>(`/connections/${id}/sync-runs`, {
        mode: 'full',
      });
      return started.status === 202 ? connector.runToItsEnd(started.body.id) : null;
    });
    user.securityLevel = level;
    expect(run.error?.code).toBe('sync.visibility_shrunk');
    const answer = await connector.api.post(`/connections/${id}/visibility`, { decision: 'keep' });
    await expectEntries(connector, 'POST /connections/{id}/visibility', answer);
  });
});

describe('a success of billing', () => {
  let scenario: BillingScenario;
  const refusal = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });
  afterAll(() => scenario?.stop());

  const expectOne = async (operation: string, path: string, body?: object) => {
    const [method = ''] = operation.split(' ');
    const answer = await scenario.api.send(method, path, body);
    await expectEntries(scenario.connector, operation, answer);
    return answer;
  };

  /** A line whose change Autotask has refused. */
  const refused = async (): Promise<{ line: Line; id: string }> => {
    const line = await scenario.line({ unitsBefore: 5 });
    const path = new RegExp(`Contracts/${line.contractId}/ServiceAdjustments$`);
    scenario.simulator.faults.add({ path, times: 1, fault: refusal });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    const [failed] = await scenario.settled(line);
    expect(failed?.state).toBe('failed');
    return { line, id: failed?.id ?? '' };
  };

  const drifted = async (): Promise<string> => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    await scenario.settled(line);
    await scenario.adjustByHand(line, '2026-11-24', 2);
    await scenario.pullAll();
    return until('the finding', async () => {
      const path = `/connections/${scenario.connectionId}/drift?state=open&limit=200`;
      const { body } = await scenario.api.get<{ items: { id: string; subscriptionId: string }[] }>(path);
      return body.items.find(({ subscriptionId }) => subscriptionId === line.subscriptionId)?.id ?? null;
    });
  };

  it('with operations leaves what is declared', async () => {
    const first = await refused();
    await expectOne('POST /operations/{id}/retry', `/operations/${first.id}/retry`);
    await scenario.settled(first.line);
    await expectOne('POST /operations/{id}/compensate', `/operations/${first.id}/compensate`);
    await scenario.settled(first.line);
    const second = await refused();
    await expectOne('POST /operations/{id}/dismiss', `/operations/${second.id}/dismiss`);
    const third = await refused();
    await expectOne('POST /subscriptions/{id}/sync', `/subscriptions/${third.line.subscriptionId}/sync`);
    await scenario.settled(third.line);
    await expectOne(
      'POST /connections/{id}/pushes/resume',
      `/connections/${scenario.connectionId}/pushes/resume`,
    );
    const rule = `/connections/${scenario.connectionId}/margin-rules/rule-1`;
    await scenario.api.send('PUT', rule, { method: 'markupOnList', percent: '10' });
    await expectOne('DELETE /connections/{id}/margin-rules/{ruleId}', rule);
  });

  it('with drift leaves what is declared', async () => {
    await expectOne('POST /drift/{id}/keep', `/drift/${await drifted()}/keep`);
    await expectOne('POST /drift/{id}/correct', `/drift/${await drifted()}/correct`);
  });

  it('with plans leaves what is declared', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-21' });
    const { body } = await expectOne(
      'POST /connections/{id}/plans',
      `/connections/${scenario.connectionId}/plans`,
    );
    const plan = body as { id: string; steps: { id: string; subscriptionId: string }[] };
    const step = plan.steps.find(({ subscriptionId }) => subscriptionId === line.subscriptionId);
    await expectOne('PATCH /plans/{id}/steps/{stepId}', `/plans/${plan.id}/steps/${step?.id}`, {
      effectiveOn: '2026-11-22',
      reason: 'Agreed',
    });
    await expectOne('POST /plans/{id}/apply', `/plans/${plan.id}/apply`, { stepIds: [step?.id] });
    await scenario.settled(line);
  });

  it('with the reconciliation of a month leaves what is declared', async () => {
    await scenario.setPolicies({ applyMode: 'approval' });
    const line = await scenario.unmappedLine({ quantity: 2 });
    await scenario.map(line);
    await scenario.pullAll();
    const path = `/connections/${scenario.connectionId}/reconciliation`;
    const { body } = await scenario.api.get<{ items: FindingResponse[] }>(
      `${path}?month=${MONTH.name}&limit=200`,
    );
    const missing = body.items.find(({ id }) => id === `${line.subscriptionId}/units/missingInAutotask`);
    await expectOne('POST /connections/{id}/reconciliation/{month}/plans', `${path}/${MONTH.name}/plans`, {
      findingIds: [missing?.id],
    });
    letDaysPass(7);
    await expectOne('POST /connections/{id}/reconciliation/{month}/close', `${path}/${MONTH.name}/close`);
  });
});

describe('the declared successes', () => {
  it('have all been tried', () => {
    expect([...tried].toSorted()).toEqual(Object.keys(ENTRIES_OF_SUCCESS).toSorted());
  });
});
