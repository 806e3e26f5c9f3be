import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, MULTI_CURRENCY_CI } from '../../src/autotask-simulator/testing.js';
import type { AccessReport } from '../../src/ports/psa/access-report.js';
import type { SyncRunResponse } from '../../src/sync/http/sync-run-response.js';
import { until } from '../support/until.js';
import { ALL_RIGHTS, type Connector, expectProblem, startConnector } from '../support/connector.js';

const PAGE = 500;
/** Far longer than any answer takes on a busy machine, so that nothing but the planned delay exceeds it. */
const TIMEOUT_MS = 2_000;
const COMPANIES = /Companies\/query$/;
const UNITS = /ContractServiceUnits\/query$/;

describe('a sync run while Autotask is not well', () => {
  let connector: Connector;
  let connectionId: string;
  let companyCount: number;

  beforeAll(async () => {
    connector = await startConnector({ autotask: { requestTimeoutMs: TIMEOUT_MS } });
    connectionId = (await connector.connect()).id;
    companyCount = connector.simulator.world.database(MULTI_CURRENCY_CI).table('Companies').size;
  });

  afterEach(() => {
    connector.simulator.faults.clear();
  });

  afterAll(async () => {
    await connector?.stop();
  });

  const companiesShown = async () => {
    const { body } = await connector.api.get<{ items: unknown[] }>(
      `/connections/${connectionId}/companies?limit=200`,
    );
    return body.items.length;
  };

  it.each<[string, Fault, string]>([
    [
      '500 with errors',
      { kind: 'status', status: 500, body: { errors: ['Broken.'] } },
      'psa.request_rejected',
    ],
  ])('fails, says why and leaves the connection active on %s without end', async (_, fault, code) => {
    connector.simulator.faults.add({ path: UNITS, fault });
    const run = await connector.sync(connectionId, 'full');
    expect(run).toMatchObject({
      state: 'failed',
      finishedAt: expect.any(String),
      error: { code, detail: expect.stringMatching(/./) },
    });
    expect((await connector.connection(connectionId)).state).toBe('active');
    expect(await companiesShown(), 'pages read before the fault are kept').toBe(companyCount);
  });

  it('succeeds beside a record that it cannot read, and names it', async () => {
    const invoices = connector.simulator.world.database(MULTI_CURRENCY_CI).table('Invoices');
    const [invoice] = invoices.all();
    const id = Number(invoice?.['id']);
    const invoiceDateTime = invoice?.['invoiceDateTime'] ?? null;
    invoices.update(id, { invoiceDateTime: null });
    const run = await connector.sync(connectionId, 'full');
    invoices.update(id, { invoiceDateTime });
    const detail = `Invoices ${id}: invoiceDateTime is missing.`;
    expect(run).toMatchObject({
      state: 'succeeded',
      error: null,
      rejections: [{ entity: 'invoices', externalId: String(id), field: 'invoiceDateTime', detail }],
    });
    const counts = run.entities.find(({ entity }) => entity === 'invoices');
    expect(counts).toMatchObject({ read: invoices.size - 1, deleted: 0, rejected: 1 });
    expect((await connector.connection(connectionId)).state).toBe('active');
  });

  it.each<[string, Fault]>([
    ['a truncated page', { kind: 'truncate' }],
    ['HTML instead of a page', { kind: 'html' }],
    ['429', { kind: 'status', status: 429, headers: { 'Retry-After': '0' } }],
    ['the thread limit', { kind: 'status', status: 500, body: { errors: ['thread threshold exceeded'] } }],
    ['a dropped connection', { kind: 'dropBefore' }],
    ['an answer that does not come', { kind: 'delay', ms: 10_000 }],
  ])('reads again after %s, counts the request, and succeeds', async (_, fault) => {
    connector.simulator.faults.add({ path: COMPANIES, times: 1, fault });
    const run = await connector.sync(connectionId, 'full');
    const pages = run.entities.reduce((sum, { read }) => sum + Math.ceil(read / PAGE), 0);
    expect(run).toMatchObject({ state: 'succeeded', error: null, apiCalls: pages + 1 });
    const companies = run.entities.find(({ entity }) => entity === 'companies');
    expect(companies).toMatchObject({ read: companyCount, created: 0, updated: 0, deleted: 0 });
  });

  it('deletes nothing when most records are no longer shown, and asks for attention', async () => {
    const user = connector.simulator.world.user(ALL_RIGHTS);
    const level = user.securityLevel;
    user.securityLevel = { ...level, hiddenEntities: ['Companies'] };
    const run = await connector.sync(connectionId, 'full');
    user.securityLevel = level;
    expect(run).toMatchObject({ state: 'failed', error: { code: 'sync.visibility_shrunk' } });
    expect(await companiesShown()).toBe(companyCount);
    expect((await connector.connection(connectionId)).state).toBe('attention');
  });

  it('lets a person answer that the records are to be kept, and then works again', async () => {
    const path = `/connections/${connectionId}/visibility`;
    expect((await connector.api.post(path, { decision: 'keep' })).status).toBe(204);
    expect((await connector.connection(connectionId)).state).toBe('active');
    expect(await connector.sync(connectionId)).toMatchObject({ state: 'succeeded', mode: 'full' });
    expect(await companiesShown()).toBe(companyCount);
    expectProblem(
      await connector.api.post(path, { decision: 'keep' }),
      409,
      'sync.visibility_not_questioned',
    );
  });

  it('deletes the missing records once a person accepted that, audited, and asks again the next time', async () => {
    const companies = connector.simulator.world.database(MULTI_CURRENCY_CI).table('Companies');
    const user = connector.simulator.world.user(ALL_RIGHTS);
    const level = user.securityLevel;
    const path = `/connections/${connectionId}/visibility`;
    for (let round = 0; round < 2; round += 1) {
      user.securityLevel = { ...level, hiddenEntities: ['Companies'] };
      expect(await connector.sync(connectionId, 'full')).toMatchObject({ state: 'failed' });
      await connector.api.post(path, { decision: 'acceptDeletions' });
      const entries = await connector.audit('', 2);
      expect(entries.find(({ operation }) => operation === 'Decide Missing Records')).toMatchObject({
        outcome: 'succeeded',
        details: { decision: 'acceptDeletions' },
      });
      const run = await connector.sync(connectionId);
      expect(run).toMatchObject({ state: 'succeeded', mode: 'full' });
      expect(run.entities.find(({ entity }) => entity === 'companies')).toMatchObject({
        deleted: companies.size,
      });
      user.securityLevel = level;
      await connector.sync(connectionId, 'full');
      expect(await companiesShown()).toBe(companyCount);
    }
  });

  it('turns to attention when Autotask stops accepting the credentials, without a second sign-in', async () => {
    connector.simulator.journal.clear();
    connector.simulator.faults.add({ path: UNITS, times: 1, fault: { kind: 'empty401' } });
    const run = await connector.sync(connectionId, 'full');
    expect(run).toMatchObject({ state: 'failed', error: { code: 'psa.credentials_rejected' } });
    expect(connector.simulator.journal.count({ status: 401 })).toBe(1);
    expect(connector.simulator.journal.entries({ entity: 'ContractServiceUnits' })).toHaveLength(1);
    expect((await connector.connection(connectionId)).state).toBe('attention');
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connector Connection',
      outcome: 'succeeded',
      actor: { id: 'psa-connector' },
      connectionId,
      details: {
        code: 'psa.credentials_rejected',
        syncRunId: run.id,
        changes: [{ field: 'state', before: 'active', after: 'attention' }],
      },
      correlationId: expect.any(String),
    });
  });

  it('is refused while the connection needs attention, until a check passes', async () => {
    const path = `/connections/${connectionId}/sync-runs`;
    expectProblem(await connector.api.post(path), 409, 'connection.not_active');
    const { body } = await connector.api.post<{ accessReport: AccessReport }>(
      `/connections/${connectionId}/check`,
    );
    expect(body.accessReport.outcome).toBe('passed');
    expect((await connector.sync(connectionId, 'full')).state).toBe('succeeded');
  });

  it('is cancelled when its connection is removed while it works', async () => {
    connector.simulator.faults.add({ path: UNITS, fault: { kind: 'delay', ms: 300 } });
    const started = await connector.api.post<{ id: string }>(`/connections/${connectionId}/sync-runs`);
    await connector.api.delete(`/connections/${connectionId}`);
    const run = await connector.runToItsEnd(started.body.id);
    expect(run).toMatchObject({ state: 'cancelled', error: null });
  });
});

/** Each on a vendor of its own: a wait it asked for is kept for the instance, whatever run comes next. */
describe('a sync run that Autotask makes wait', () => {
  let connector: Connector;
  let connectionId: string;

  beforeEach(async () => {
    connector = await startConnector({ autotask: { requestTimeoutMs: TIMEOUT_MS } });
    connectionId = (await connector.connect()).id;
  });

  afterEach(() => connector?.stop());

  it.each<[string, Fault, string]>([
    ['500 without a word', { kind: 'status', status: 500 }, 'psa.unexpected_answer'],
    [
      '429 with a long wait',
      { kind: 'status', status: 429, headers: { 'Retry-After': '600' } },
      'psa.rate_limited',
    ],
  ])(
    'waits in the queue, says why and until when, on %s without end, and can be cancelled',
    async (_, fault, code) => {
      connector.simulator.faults.add({ path: UNITS, fault });
      const path = `/connections/${connectionId}/sync-runs`;
      const { body } = await connector.api.post<{ id: string }>(path, { mode: 'full' });
      const run = await until('the run to wait', async () => {
        const { body: current } = await connector.api.get<SyncRunResponse>(`/sync-runs/${body.id}`);
        return current.resumesAt === null ? null : current;
      });
      expect(run).toMatchObject({
        state: 'queued',
        error: null,
        waitingFor: { code, detail: expect.stringMatching(/./) },
      });
      expect((await connector.connection(connectionId)).state).toBe('active');
      const shown = await connector.api.get<{ items: unknown[] }>(
        `/connections/${connectionId}/companies?limit=200`,
      );
      expect(shown.body.items.length, 'pages read before the fault are kept').toBeGreaterThan(10);
      const cancelled = await connector.api.post(`/sync-runs/${body.id}/cancel`);
      expect(cancelled.body).toMatchObject({ state: 'cancelled', resumesAt: null, waitingFor: null });
      expect(await connector.newestAuditEntry()).toMatchObject({
        operation: 'Cancel Sync Run',
        outcome: 'succeeded',
        connectionId,
        details: { syncRunId: body.id },
      });
      expectProblem(await connector.api.post(`/sync-runs/${body.id}/cancel`), 409, 'sync.run_ended');
    },
  );
});
