import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationResponse, PlanResponse } from '../../src/billing/http/billing-response.js';
import type { Page } from '../../src/kernel/page.js';
import type { ApiClient } from '../support/api-client.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { demand } from '../support/billing/scenario-helpers.js';
import { expectProblem, newConnection } from '../support/connector.js';
import type { TOKENS } from '../support/test-actors.js';
import { until } from '../support/until.js';

/** What a tenant has of each kind; all of it was made over the API. */
interface Records {
  connectionId: string;
  subscriptionId: string;
  operationId: string;
  planId: string;
  stepId: string;
  driftId: string;
}

type Route = [method: 'GET' | 'POST' | 'PATCH', path: (records: Records) => string, body?: object];

const READS: Route[] = [
  ['GET', ({ operationId }) => `/operations/${operationId}`],
  ['GET', ({ planId }) => `/plans/${planId}`],
  ['GET', ({ connectionId }) => `/connections/${connectionId}/plans`],
  ['GET', ({ connectionId }) => `/connections/${connectionId}/pushes`],
  ['GET', ({ connectionId }) => `/connections/${connectionId}/drift`],
];
const WRITES: Route[] = [
  ['POST', ({ operationId }) => `/operations/${operationId}/retry`],
  ['POST', ({ operationId }) => `/operations/${operationId}/dismiss`],
  ['POST', ({ operationId }) => `/operations/${operationId}/compensate`],
  ['POST', ({ connectionId }) => `/connections/${connectionId}/plans`],
  ['PATCH', ({ planId, stepId }) => `/plans/${planId}/steps/${stepId}`, { dismissed: true, reason: 'Mine' }],
  ['POST', ({ planId }) => `/plans/${planId}/apply`, {}],
  ['POST', ({ connectionId }) => `/connections/${connectionId}/pushes/resume`],
  ['POST', ({ driftId }) => `/drift/${driftId}/keep`],
  ['POST', ({ driftId }) => `/drift/${driftId}/correct`],
  ['POST', ({ subscriptionId }) => `/subscriptions/${subscriptionId}/sync`],
];

async function pulled(api: ApiClient, connectionId: string, mode: string): Promise<void> {
  // The scenario starts pulls too, and of one connection only one runs.
  const { id } = await until('the start of the pull', async () => {
    const answer = await api.post<{ id: string }>(`/connections/${connectionId}/sync-runs`, { mode });
    return answer.status === 409 ? null : demand(answer, 202);
  });
  await until('the pull', async () => {
    const { body } = await api.get<{ state: string }>(`/sync-runs/${id}`);
    return body.state === 'succeeded' ? body : null;
  });
}

describe('billing of a CSP and of a reseller below it', () => {
  let scenario: BillingScenario;
  let csp: Records;
  let reseller: Records;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    csp = await recordsOf(scenario.api, scenario.connectionId);
    const api = scenario.connector.as('reseller');
    const { id } = demand(
      await api.post<{ id: string }>('/connections', newConnection({ alias: 'Reseller' })),
      201,
    );
    demand(await api.patch(`/connections/${id}`, { policies: { applyMode: 'automatic' } }), 200);
    reseller = await recordsOf(api, id);
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  /** An applied operation, a finding and a plan with a step, on a contract of their own. */
  async function recordsOf(api: ApiClient, connectionId: string): Promise<Records> {
    const { body, contractId, serviceId } = await scenario.unmappedLine({ unitsBefore: 5 });
    const subscriptionId = `of-${connectionId}`;
    const line = { subscriptionId, body, contractId, serviceId, connectionId };
    const at = `/connections/${connectionId}`;
    const company = scenario.database.table('Contracts').get(contractId)?.['companyID'];
    const put = async (path: string, value: object) => demand(await api.send('PUT', path, value), 200, 201);
    await pulled(api, connectionId, 'full');
    await put(`/customers/${body.customerId}`, { name: 'Customer' });
    await put(`/subscriptions/${subscriptionId}`, body);
    await put(`${at}/customer-mappings`, { customerId: body.customerId, companyId: String(company) });
    const { name: _, ...offer } = body.offer;
    await put(`${at}/offer-mappings`, { offer, serviceId: String(serviceId) });
    await put(`${at}/subscription-mappings`, { subscriptionId, contractId: String(contractId) });
    await put(`/subscriptions/${subscriptionId}`, { ...body, quantity: 8, effectiveOn: '2026-11-20' });
    const operation = await until('the operation', async () => {
      const { items } = demand(
        await api.get<Page<OperationResponse>>(`/operations?subscriptionId=${subscriptionId}`),
        200,
      );
      return items.find(({ unitsAfter, state }) => unitsAfter === 8 && state === 'applied') ?? null;
    });
    await scenario.adjustByHand(line, '2026-11-24', 2);
    await pulled(api, connectionId, 'full');
    const finding = await until('the finding', async () => {
      const found = demand(await api.get<Page<{ id: string }>>(`${at}/drift?state=open`), 200);
      return found.items[0] ?? null;
    });
    demand(await api.patch(at, { policies: { applyMode: 'approval' } }), 200);
    await put(`/subscriptions/${subscriptionId}`, { ...body, quantity: 12, effectiveOn: '2026-11-25' });
    const plan = demand(await api.post<PlanResponse>(`${at}/plans`), 201);
    const [step] = plan.steps;
    if (step === undefined) throw new Error('The plan has no step');
    return {
      connectionId,
      subscriptionId,
      operationId: operation.id,
      planId: plan.id,
      stepId: step.id,
      driftId: finding.id,
    };
  }

  const sides = () =>
    [
      ['the reseller', 'reseller', csp],
      ['the CSP', 'admin', reseller],
    ] as const;
  const send = (actor: keyof typeof TOKENS, [method, path, body]: Route, of: Records) =>
    scenario.connector.as(actor).send(method, path(of), body);
  const states = () =>
    scenario.connector.rows<Record<string, unknown>>(`
      SELECT 'operation' AS what, id, state, updated_at::text AS at FROM psa_connector.billing_operation
      UNION ALL SELECT 'plan', id, state, null FROM psa_connector.billing_plan
      UNION ALL SELECT 'drift', id, state, null FROM psa_connector.billing_drift ORDER BY 1, 2`);
  const refusals = async (tenantId: string) => {
    const [row] = await scenario.connector.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM psa_connector.audit_entry WHERE tenant_id = $1 AND outcome = 'failed'`,
      [tenantId],
    );
    return row?.count ?? 0;
  };

  it('is shown to its own tenant', async () => {
    for (const [actor, own] of [
      ['admin', csp],
      ['reseller', reseller],
    ] as const) {
      for (const route of READS) {
        expect((await send(actor, route, own)).status, `${actor} ${route[1](own)}`).toBe(200);
      }
    }
  });

  it('cannot be read by the other tenant, by no route', async () => {
    for (const [who, actor, others] of sides()) {
      for (const route of READS) {
        const answer = await send(actor, route, others);
        expect(answer.status, `${who} ${route[1](others)}`).toBe(404);
        expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
        const asked = route[1](others);
        const untold = [others.subscriptionId, others.planId, others.operationId].filter(
          (id) => !asked.includes(id),
        );
        for (const id of untold) expect(answer.text).not.toContain(id);
      }
    }
  });

  it('is not in the other tenant’s lists, whatever they are asked for', async () => {
    for (const [who, actor, others] of sides()) {
      const api = scenario.connector.as(actor);
      const queries = [
        '',
        `&connectionId=${others.connectionId}`,
        `&subscriptionId=${others.subscriptionId}`,
        '&state=applied',
      ];
      for (const query of queries) {
        const { status, text } = await api.get(`/operations?limit=200${query}`);
        expect([200, 404], `${who} ${query}`).toContain(status);
        expect(text, `${who} ${query}`).not.toContain(others.operationId);
      }
    }
  });

  it('cannot be changed by the other tenant; each attempt is audited there, and nothing has changed', async () => {
    const before = await states();
    for (const [who, actor, others] of sides()) {
      const tenantId = actor === 'admin' ? 'tenant-a' : 'tenant-b';
      for (const route of WRITES) {
        const audited = await refusals(tenantId);
        const answer = await send(actor, route, others);
        expect(answer.status, `${who} ${route[0]} ${route[1](others)}: ${answer.text}`).toBe(404);
        expect(await refusals(tenantId), `${who} ${route[0]} ${route[1](others)}`).toBe(audited + 1);
      }
    }
    expect(await states()).toEqual(before);
  });

  it('is changed by no customer, whatever it may do; each attempt is found by the connection', async () => {
    const before = await states();
    for (const route of WRITES) {
      const answer = await send('customer', route, csp);
      expectProblem(answer, 403, 'connection.tier_not_allowed');
      const [entry] = await scenario.connector.audit(`&connectionId=${csp.connectionId}`, 1);
      expect(entry).toMatchObject({
        outcome: 'failed',
        actor: { id: 'customer' },
        correlationId: answer.headers.get('x-request-id'),
        details: { code: 'connection.tier_not_allowed' },
      });
    }
    expect(await states()).toEqual(before);
  });

  it('cannot be reached without the permission, within the tenant either', async () => {
    const before = await states();
    for (const actor of ['auditor', 'reader'] as const) {
      for (const route of [...READS, ...WRITES]) {
        expect((await send(actor, route, csp)).status, `${actor} ${route[0]} ${route[1](csp)}`).toBe(403);
      }
      expect((await scenario.connector.as(actor).get('/operations')).status).toBe(403);
    }
    expect(await states()).toEqual(before);
  });
});
