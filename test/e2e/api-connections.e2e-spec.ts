import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionResponse } from '../../src/connections/http/connection-response.js';
import type { Page } from '../../src/kernel/page.js';
import type { AccessReport } from '../../src/ports/psa/access-report.js';
import { MULTI_CURRENCY_CI } from '../../src/autotask-simulator/testing.js';
import {
  ALL_RIGHTS,
  type Connector,
  credentialsOf,
  expectProblem,
  newConnection,
  startConnector,
} from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';

const ONE_CURRENCY = 'all-rights@sandbox-single.example';

describe.each(HTTP_ADAPTERS)('the life of a connection under %s', (adapter) => {
  let connector: Connector;
  let main: ConnectionResponse;

  beforeAll(async () => {
    connector = await startConnector({ adapter });
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it('is created with exactly the documented members and audited', async () => {
    const answer = await connector.api.post<ConnectionResponse>('/connections', newConnection());
    expect(answer.status).toBe(201);
    main = answer.body;
    expect(main).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      provider: 'autotask',
      alias: 'Main',
      currency: 'EUR',
      state: 'active',
      username: ALL_RIGHTS,
      instance: {
        id: String(MULTI_CURRENCY_CI),
        zoneName: 'EU1 (English Europe and Asia)',
        apiUrl: `http://${connector.simulator.host}/zone19/ATServicesRest/`,
        webUrl: `http://${connector.simulator.host}/zone19/`,
      },
      capabilities: { billing: true, crm: true, helpdesk: true },
      accessReport: {
        outcome: 'passed',
        checkedAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
        capabilities: { billing: true, crm: true, helpdesk: true },
        checks: expect.any(Array),
        excess: expect.any(Array),
      },
      policies: {
        applyMode: 'approval',
        decrease: 'sameDay',
        cancel: 'sameDay',
        azure: 'charge',
        charges: 'itemised',
        prices: 'platform',
        renewal: 'extend',
      },
      createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
      createdBy: { id: 'admin', name: 'Ada Administrator' },
    });
    expect(main.accessReport.checks.map(({ outcome }) => outcome)).not.toContain('failed');
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connector Connection',
      outcome: 'succeeded',
      connectionId: main.id,
      subject: { type: 'connection', id: main.id, label: 'Main' },
    });
  });

  it('is read again as it was created', async () => {
    const { status, body } = await connector.api.get(`/connections/${main.id}`);
    expect(status).toBe(200);
    expect(body).toEqual(main);
  });

  it('keeps its credentials sealed', async () => {
    const [row] = await connector.rows<{ sealed_value: Buffer }>(
      'SELECT sealed_value FROM psa_connector.sealed_secret WHERE owner_id = $1',
      [main.id],
    );
    expect(row?.sealed_value.length).toBeGreaterThan(28);
    expect(row?.sealed_value.toString('latin1')).not.toContain(credentialsOf(ALL_RIGHTS).secret);
  });

  it('may stand beside one of the same instance in another currency, and is listed page by page', async () => {
    const dollars = await connector.connect({ alias: 'Dollars', currency: 'USD' });
    const other = await connector.connect({ alias: 'Other', credentials: credentialsOf(ONE_CURRENCY) });
    const first = await connector.api.get<Page<ConnectionResponse>>('/connections?limit=2');
    expect(first.body.items.map(({ id }) => id)).toEqual([main.id, dollars.id]);
    const cursor = encodeURIComponent(first.body.nextCursor ?? '');
    const second = await connector.api.get<Page<ConnectionResponse>>(`/connections?limit=2&cursor=${cursor}`);
    expect(second.body).toMatchObject({ items: [{ id: other.id }], nextCursor: null });
  });

  it('is renamed, disabled and enabled, each audited with the values before and after', async () => {
    const path = `/connections/${main.id}`;
    expect((await connector.api.patch(path, { alias: 'Renamed' })).body).toMatchObject({ alias: 'Renamed' });
    expect((await connector.newestAuditEntry()).details['changes']).toEqual([
      { field: 'alias', before: 'Main', after: 'Renamed' },
    ]);
    expect((await connector.api.patch(path, { enabled: false })).body).toMatchObject({ state: 'disabled' });
    expect((await connector.newestAuditEntry()).details['changes']).toEqual([
      { field: 'state', before: 'active', after: 'disabled' },
    ]);
    expect((await connector.api.patch(path, { enabled: true })).body).toMatchObject({ state: 'active' });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connector Connection',
      outcome: 'succeeded',
      details: { changes: [{ field: 'state', before: 'disabled', after: 'active' }] },
    });
  });

  it('keeps the alias of another from being taken', async () => {
    const answer = await connector.api.patch(`/connections/${main.id}`, { alias: 'dollars' });
    expectProblem(answer, 409, 'connection.alias_taken');
    expect(await connector.newestAuditEntry()).toMatchObject({ outcome: 'failed', connectionId: main.id });
  });

  it('takes new credentials of the same instance and uses them from then on', async () => {
    const credentials = credentialsOf('no-service-desk@sandbox-csp.example');
    const { status, body } = await connector.api.patch<ConnectionResponse>(`/connections/${main.id}`, {
      credentials,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      username: credentials.username,
      capabilities: { billing: true, crm: true, helpdesk: false },
    });
    const entry = await connector.newestAuditEntry();
    expect(entry.details['changes']).toEqual([
      { field: 'username', before: ALL_RIGHTS, after: credentials.username },
      { field: 'secret', before: null, after: null },
    ]);
    connector.simulator.journal.clear();
    await connector.api.post(`/connections/${main.id}/check`);
    const signedIn = connector.simulator.journal.entries({ entity: 'Version' });
    expect(signedIn.map(({ userName }) => userName)).toEqual([credentials.username]);
  });

  it('refuses credentials of another instance and keeps the old ones', async () => {
    const before = await connector.connection(main.id);
    const answer = await connector.api.patch(`/connections/${main.id}`, {
      alias: 'Not taken',
      credentials: credentialsOf(ONE_CURRENCY),
    });
    expectProblem(answer, 422, 'connection.instance_mismatch');
    expect(await connector.connection(main.id)).toEqual(before);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connector Connection',
      outcome: 'failed',
      details: { code: 'connection.instance_mismatch' },
    });
    const check = await connector.api.post<{ accessReport: AccessReport }>(`/connections/${main.id}/check`);
    expect(check.body.accessReport.outcome).toBe('passed');
  });

  it('refuses new credentials that are wrong and keeps the old ones', async () => {
    const before = await connector.connection(main.id);
    const credentials = { username: before.username, secret: 'wrong' };
    const answer = await connector.api.patch(`/connections/${main.id}`, { credentials });
    expectProblem(answer, 422, 'connection.credentials_rejected');
    expect(await connector.connection(main.id)).toEqual(before);
  });

  it('is checked again on demand, and the new report is kept', async () => {
    const { status, body } = await connector.api.post<{ accessReport: AccessReport }>(
      `/connections/${main.id}/check`,
    );
    expect(status).toBe(200);
    expect(body.accessReport.outcome).toBe('passed');
    expect((await connector.connection(main.id)).accessReport).toEqual(body.accessReport);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Check Connector Connection',
      outcome: 'succeeded',
      connectionId: main.id,
    });
  });

  it('is removed: not found any more, credentials destroyed, alias and currency free again', async () => {
    const before = await connector.stored();
    const removal = await connector.api.delete(`/connections/${main.id}`);
    expect([removal.status, removal.text]).toEqual([204, '']);
    expectProblem(await connector.api.get(`/connections/${main.id}`), 404, 'connection.not_found');
    expectProblem(await connector.api.delete(`/connections/${main.id}`), 404, 'connection.not_found');
    expect((await connector.stored()).secrets).toBe(before.secrets - 1);
    const { body } = await connector.api.get<Page<ConnectionResponse>>('/connections');
    expect(body.items.map(({ id }) => id)).not.toContain(main.id);
    expect(await connector.audit('&operation=Delete+Connector+Connection')).toMatchObject([
      { outcome: 'failed', details: { code: 'connection.not_found' } },
      { outcome: 'succeeded', connectionId: main.id, subject: { label: 'Renamed' } },
    ]);
    const again = await connector.connect({ alias: 'Renamed' });
    expect(again.id).not.toBe(main.id);
  });
});

describe('testing a connection without saving it', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await startConnector();
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it.each([
    ['passed', 'succeeded', newConnection()],
    ['failed', 'failed', newConnection({ currency: 'KWD' })],
    ['failed', 'failed', newConnection({ credentials: { ...credentialsOf(ALL_RIGHTS), secret: 'wrong' } })],
    [
      'failed',
      'failed',
      newConnection({ credentials: { username: 'nobody@sandbox-csp.example', secret: 'x' } }),
    ],
  ])(
    'answers 200 with a report that %s, audited as %s, and stores nothing',
    async (outcome, audited, body) => {
      const answer = await connector.api.post<{ accessReport: AccessReport }>('/connections/check', body);
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.body)).toEqual(['accessReport']);
      expect(answer.body.accessReport.outcome).toBe(outcome);
      expect(await connector.newestAuditEntry()).toMatchObject({
        operation: 'Check Connector Connection',
        outcome: audited,
        connectionId: null,
        subject: { type: 'connection', id: null, label: 'Main' },
      });
      expect(await connector.stored()).toEqual({ connections: 0, secrets: 0 });
    },
  );
});
