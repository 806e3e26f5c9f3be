import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PlannedFault } from '../../src/autotask-simulator/testing.js';
import type { AccessReport } from '../../src/ports/psa/access-report.js';
import type { Problem } from '../support/api-client.js';
import { type Connector, expectProblem, newConnection, startConnector } from '../support/connector.js';

/** Far longer than any answer takes on a busy machine, so that nothing but the planned delay exceeds it. */
const TIMEOUT_MS = 1_500;
const AT_SIGN_IN = /\/Version$/;
const AT_A_QUERY = /\/Companies\/query$/;

interface FaultCase {
  name: string;
  planned: PlannedFault;
  status: number;
  code: string;
  /** Check of the report that is blamed. */
  checkId: string;
  /** Default `unknown`: the check could not be made. */
  outcome?: 'unknown' | 'failed';
  retryAfter?: string;
}

const unreachable = { status: 502, code: 'psa.unreachable' };
const unexpected = { status: 502, code: 'psa.unexpected_answer' };
const atSignIn = { checkId: 'sign_in' };
const atQuery = { checkId: 'read.Companies' };

const CASES: readonly FaultCase[] = [
  {
    name: 'answers too slowly',
    planned: { path: AT_SIGN_IN, fault: { kind: 'delay', ms: 30_000 } },
    ...unreachable,
    ...atSignIn,
  },
  {
    name: 'answers zone discovery with HTML',
    planned: { path: /zoneInformation/i, fault: { kind: 'html' } },
    ...unexpected,
    checkId: 'zone',
  },
  {
    name: 'answers the sign-in with HTML',
    planned: { path: AT_SIGN_IN, fault: { kind: 'html' } },
    ...unexpected,
    ...atSignIn,
  },
  {
    name: 'answers 500 with errors',
    planned: {
      path: AT_A_QUERY,
      fault: { kind: 'status', status: 500, body: { errors: ['Something broke.'] } },
    },
    status: 422,
    code: 'psa.request_rejected',
    ...atQuery,
    outcome: 'failed',
  },
  {
    name: 'answers 500 without a word',
    planned: { path: AT_A_QUERY, fault: { kind: 'status', status: 500 } },
    ...unexpected,
    ...atQuery,
  },
  {
    name: 'answers 503',
    planned: { path: AT_SIGN_IN, fault: { kind: 'status', status: 503 } },
    ...unreachable,
    ...atSignIn,
  },
  {
    name: 'answers 429 with Retry-After',
    planned: { path: AT_SIGN_IN, fault: { kind: 'status', status: 429, headers: { 'Retry-After': '17' } } },
    status: 503,
    code: 'psa.rate_limited',
    ...atSignIn,
    retryAfter: '17',
  },
  {
    name: 'truncates an answer',
    planned: { path: AT_A_QUERY, fault: { kind: 'truncate' } },
    ...unexpected,
    ...atQuery,
  },
  {
    name: 'sends JSON that is none',
    planned: { path: AT_A_QUERY, fault: { kind: 'malformedJson' } },
    ...unexpected,
    ...atQuery,
  },
  {
    name: 'drops the connection',
    planned: { path: AT_SIGN_IN, fault: { kind: 'dropBefore' } },
    ...unreachable,
    ...atSignIn,
  },
  {
    name: 'answers 401 with an empty body',
    planned: { path: AT_SIGN_IN, fault: { kind: 'empty401' } },
    status: 422,
    code: 'connection.credentials_rejected',
    ...atSignIn,
    outcome: 'failed',
  },
];

describe('connecting while Autotask is not well', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await startConnector({ autotask: { requestTimeoutMs: TIMEOUT_MS } });
  });

  afterEach(() => {
    connector.simulator.faults.clear();
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it.each(CASES)('is refused with a clear problem when Autotask $name', async (fault) => {
    connector.simulator.faults.add(fault.planned);
    connector.simulator.journal.clear();
    const answer = await connector.api.post<Problem>('/connections', newConnection());
    expectProblem(answer, fault.status, fault.code);
    expect(answer.headers.get('retry-after')).toBe(fault.retryAfter ?? null);
    expect(await connector.stored()).toEqual({ connections: 0, secrets: 0 });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connector Connection',
      outcome: 'failed',
      details: { code: fault.code, accessCheck: { outcome: 'failed' } },
    });
    const asked = connector.simulator.journal.entries().map(({ method, path }) => `${method} ${path}`);
    expect(asked, 'nothing is asked twice').toEqual([...new Set(asked)]);
  });

  it.each(CASES)('answers the test of a connection with a report when Autotask $name', async (fault) => {
    connector.simulator.faults.add(fault.planned);
    const { status, body } = await connector.api.post<{ accessReport: AccessReport }>(
      '/connections/check',
      newConnection(),
    );
    expect(status).toBe(200);
    expect(body.accessReport.outcome).toBe('failed');
    const blamed = body.accessReport.checks.filter(({ outcome }) => outcome !== 'passed').at(0);
    expect(blamed).toMatchObject({ id: fault.checkId, outcome: fault.outcome ?? 'unknown' });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Check Connector Connection',
      outcome: 'failed',
    });
  });

  it('connects as soon as Autotask is well again', async () => {
    expect(await connector.connect()).toMatchObject({ state: 'active' });
  });

  it.each(CASES.filter(({ code }) => code.startsWith('psa.')))(
    'changes nothing about a saved connection when Autotask $name during its check',
    async (fault) => {
      const [before] = (await connector.api.get<{ items: { id: string }[] }>('/connections')).body.items;
      connector.simulator.faults.add(fault.planned);
      const { status } = await connector.api.post(`/connections/${before?.id}/check`);
      expect(status).toBe(200);
      expect(await connector.connection(before?.id ?? '')).toEqual(before);
    },
  );
});

describe('connecting while Autotask cannot be reached at all', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await startConnector();
    await connector.simulator.stop();
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it('is refused with 502, audited, and stores nothing', async () => {
    expectProblem(await connector.api.post('/connections', newConnection()), 502, 'psa.unreachable');
    expect(await connector.newestAuditEntry()).toMatchObject({
      outcome: 'failed',
      details: { code: 'psa.unreachable' },
    });
    const { status, body } = await connector.api.post('/connections/check', newConnection());
    expect(status).toBe(200);
    expect(body).toMatchObject({ accessReport: { outcome: 'failed' } });
    expect(await connector.stored()).toEqual({ connections: 0, secrets: 0 });
  });
});

describe('connecting to a zone that is not on the list of allowed hosts', () => {
  it('is refused before a secret is sent there', async () => {
    const connector = await startConnector();
    try {
      const elsewhere = {
        zoneName: 'Z',
        url: 'http://192.0.2.1/ATServicesRest/',
        webUrl: 'http://192.0.2.1/',
        ci: 1,
      };
      connector.simulator.faults.add({
        path: /zoneInformation/i,
        fault: { kind: 'status', status: 200, body: elsewhere },
      });
      const answer = await connector.api.post('/connections', newConnection());
      expectProblem(answer, 422, 'psa.host_not_allowed');
      expect(await connector.stored()).toEqual({ connections: 0, secrets: 0 });
    } finally {
      await connector.stop();
    }
  });
});
