import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_INTEGRATION_CODE } from '../../src/autotask-simulator/testing.js';
import type { AccessCheck, AccessReport } from '../../src/ports/psa/access-report.js';
import type { ApiAnswer, Problem } from '../support/api-client.js';
import {
  ALL_RIGHTS,
  type ConnectionInput,
  type Connector,
  credentialsOf,
  expectProblem,
  newConnection,
  startConnector,
} from '../support/connector.js';

const WRONG_CODE = 'WRONG0000000000000000000001';

let connector: Connector;

beforeAll(async () => {
  connector = await startConnector();
});

afterAll(async () => {
  await connector?.stop();
});

/** Tries to connect, and expects the refusal, its audit entry and nothing else stored. */
async function expectRefusal(
  input: ConnectionInput,
  { status, code }: { status: number; code: string },
  target: Connector = connector,
): Promise<ApiAnswer<Problem>> {
  const before = await target.stored();
  target.simulator.journal.clear();
  const answer = await target.api.post<Problem>('/connections', input);
  expectProblem(answer, status, code);
  expect(await target.stored()).toEqual(before);
  expect(await target.newestAuditEntry()).toMatchObject({
    operation: 'Create Connector Connection',
    outcome: 'failed',
    actor: { id: 'admin', name: 'Ada Administrator' },
    tenantId: 'tenant-a',
    connectionId: null,
    subject: { type: 'connection', id: null, label: input.alias },
    details: { code },
    correlationId: answer.headers.get('x-request-id'),
  });
  return answer;
}

function checksOf({ body }: ApiAnswer<Problem>): Map<string, AccessCheck> {
  const { outcome, checks } = body.accessReport as AccessReport;
  expect(outcome).toBe('failed');
  return new Map(checks.map((check) => [check.id, check]));
}

function signIns(target: Connector = connector): number {
  return target.simulator.journal.entries().filter(({ userName }) => userName !== null).length;
}

describe('connecting with credentials that Autotask does not accept', () => {
  it('tells that the user is unknown, without signing in', async () => {
    const credentials = { username: 'nobody@sandbox-csp.example', secret: 'any' };
    const answer = await expectRefusal(newConnection({ credentials }), {
      status: 422,
      code: 'connection.user_unknown',
    });
    expect(checksOf(answer).get('zone')).toMatchObject({ outcome: 'failed', remedy: expect.any(String) });
    expect(signIns()).toBe(0);
  });

  it('tells that the secret is wrong, after exactly one sign-in', async () => {
    const credentials = { ...credentialsOf(ALL_RIGHTS), secret: 'a-wrong-secret' };
    const answer = await expectRefusal(newConnection({ credentials }), {
      status: 422,
      code: 'connection.credentials_rejected',
    });
    expect(checksOf(answer).get('sign_in')).toMatchObject({ outcome: 'failed', remedy: expect.any(String) });
    expect(signIns()).toBe(1);
    expect(answer.text).not.toContain('a-wrong-secret');
  });

  it('tells that the tracking identifier is wrong where Autotask says so', async () => {
    const credentials = { ...credentialsOf(ALL_RIGHTS), integrationCode: WRONG_CODE };
    const answer = await expectRefusal(newConnection({ credentials }), {
      status: 422,
      code: 'connection.integration_code_rejected',
    });
    expect(checksOf(answer).get('sign_in')?.detail).toContain('tracking identifier');
    expect(signIns()).toBe(1);
  });

  it('tells that the API user is locked', async () => {
    const answer = await expectRefusal(
      newConnection({ credentials: credentialsOf('locked@sandbox-csp.example') }),
      {
        status: 422,
        code: 'connection.credentials_rejected',
      },
    );
    expect(checksOf(answer).get('sign_in')?.remedy).toContain('locked');
    expect(signIns()).toBe(1);
  });
});

describe('connecting to an Autotask that refuses every sign-in with an empty 401', () => {
  let strict: Connector;

  beforeAll(async () => {
    strict = await startConnector({ simulator: { authFailures: 'empty401' } });
  });

  afterAll(async () => {
    await strict?.stop();
  });

  it('cannot tell a wrong tracking identifier from a wrong secret, and names both', async () => {
    const credentials = { ...credentialsOf(ALL_RIGHTS), integrationCode: WRONG_CODE };
    const code = 'connection.credentials_rejected';
    const answer = await expectRefusal(newConnection({ credentials }), { status: 422, code }, strict);
    expect(checksOf(answer).get('sign_in')?.detail).toMatch(/secret is wrong.*tracking identifier is wrong/);
    expect(signIns(strict)).toBe(1);
  });

  it('asks for a tracking identifier where neither the input nor the host gives one', async () => {
    const bare = await startConnector({ hasIntegrationCode: false });
    try {
      const code = 'connection.integration_code_rejected';
      await expectRefusal(newConnection(), { status: 422, code }, bare);
      expect(signIns(bare)).toBe(0);
      const credentials = { ...credentialsOf(ALL_RIGHTS), integrationCode: SANDBOX_INTEGRATION_CODE };
      expect(await bare.connect({ credentials })).toMatchObject({ state: 'active' });
    } finally {
      await bare.stop();
    }
  });
});

describe('connecting with a security level that lacks rights', () => {
  it('names entity, verb, what was found and where to grant it', async () => {
    const credentials = credentialsOf('no-adjustments@sandbox-csp.example');
    const answer = await expectRefusal(newConnection({ credentials }), {
      status: 422,
      code: 'connection.access_insufficient',
    });
    const failed = [...checksOf(answer).values()].filter(({ outcome }) => outcome === 'failed');
    expect(failed).toEqual([
      expect.objectContaining({
        id: 'right.billing.ContractServiceAdjustments.create',
        capability: 'billing',
        entity: 'ContractServiceAdjustments',
        verb: 'create',
        found: 'None',
        remedy: expect.stringContaining('Security Levels'),
      }),
    ]);
    expect(answer.body.detail).toContain('ContractServiceAdjustments');
  });

  it('does not refuse one without service desk, but switches that capability off', async () => {
    const credentials = credentialsOf('no-service-desk@sandbox-csp.example');
    const connection = await connector.connect({ alias: 'No desk', credentials });
    expect(connection.capabilities).toEqual({ billing: true, crm: true, helpdesk: false });
    await connector.api.delete(`/connections/${connection.id}`);
  });

  it('does not refuse one that shows no contracts, but says that none can be seen', async () => {
    const credentials = credentialsOf('no-contracts@sandbox-csp.example');
    const connection = await connector.connect({ alias: 'No contracts', credentials });
    const check = connection.accessReport.checks.find(({ id }) => id === 'read.Contracts');
    expect(check).toMatchObject({ outcome: 'unknown', remedy: expect.stringContaining('visibility') });
    await connector.api.delete(`/connections/${connection.id}`);
  });
});

describe('connecting for a currency the instance cannot bill in', () => {
  const single = credentialsOf('all-rights@sandbox-single.example');

  it.each([
    ['is inactive', newConnection({ currency: 'GBP' })],
    ['does not exist', newConnection({ currency: 'KWD' })],
    ['is not the only one of the instance', newConnection({ currency: 'USD', credentials: single })],
  ])('refuses a currency that %s', async (_, input) => {
    const code = 'connection.currency_unavailable';
    const answer = await expectRefusal(input, { status: 422, code });
    expect(checksOf(answer).get('currency')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining(input.currency),
    });
  });

  it('accepts the internal currency of an instance that has no other', async () => {
    const connection = await connector.connect({ alias: 'Single', credentials: single });
    expect(connection).toMatchObject({ currency: 'EUR', state: 'active' });
    await connector.api.delete(`/connections/${connection.id}`);
  });
});

describe('connecting what is there already', () => {
  beforeAll(async () => {
    await connector.connect({ alias: 'First' });
  });

  beforeEach(() => {
    connector.simulator.journal.clear();
  });

  it('refuses a second connection to the same instance in the same currency', async () => {
    await expectRefusal(newConnection({ alias: 'Second' }), { status: 409, code: 'connection.duplicate' });
    const otherUser = credentialsOf('no-service-desk@sandbox-csp.example');
    await expectRefusal(newConnection({ alias: 'Third', credentials: otherUser }), {
      status: 409,
      code: 'connection.duplicate',
    });
  });

  it.each(['First', 'fIRST', '  First '])(
    'refuses the taken alias "%s" without signing in',
    async (alias) => {
      const input = newConnection({ alias, currency: 'USD' });
      const answer = await connector.api.post('/connections', input);
      expectProblem(answer, 409, 'connection.alias_taken');
      expect(signIns()).toBe(0);
      expect(await connector.stored()).toEqual({ connections: expect.any(Number), secrets: 1 });
      expect(await connector.newestAuditEntry()).toMatchObject({
        outcome: 'failed',
        details: { code: 'connection.alias_taken' },
      });
    },
  );

  it('saves one of two that arrive at once, and refuses the other', async () => {
    const inputs = ['One', 'Two'].map((alias) => newConnection({ alias, currency: 'USD' }));
    const answers = await Promise.all(
      inputs.map((input) => connector.api.post<Problem>('/connections', input)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(answers.map(({ body }) => body.code).filter(Boolean)).toEqual(['connection.duplicate']);
    expect((await connector.stored()).secrets).toBe(2);
  });

  it('lets another tenant use the same alias and instance', async () => {
    const { status } = await connector.as('reseller').post('/connections', newConnection({ alias: 'First' }));
    expect(status).toBe(201);
  });
});

describe('connecting as an actor of tier customer', () => {
  it.each(['/connections', '/connections/check'])(
    'is refused by %s before Autotask is asked',
    async (path) => {
      const before = await connector.stored();
      connector.simulator.journal.clear();
      const answer = await connector.as('customer').post(path, newConnection({ alias: 'Customer' }));
      expectProblem(answer, 403, 'connection.tier_not_allowed');
      expect(connector.simulator.journal.count()).toBe(0);
      expect(await connector.stored()).toEqual(before);
      expect(await connector.newestAuditEntry()).toMatchObject({
        outcome: 'failed',
        actor: { id: 'customer' },
        details: { code: 'connection.tier_not_allowed' },
      });
    },
  );

  it.each(['PATCH', 'DELETE', 'POST'])('may not change what exists either (%s)', async (method) => {
    const [row] = await connector.rows<{ id: string }>(
      `SELECT id FROM psa_connector.connection WHERE tenant_id = 'tenant-a' AND alias = 'First'`,
    );
    const path = `/connections/${row?.id}${method === 'POST' ? '/check' : ''}`;
    const body = method === 'PATCH' ? { alias: 'Mine' } : undefined;
    const answer = await connector.as('customer').send(method, path, body);
    expectProblem(answer, 403, 'connection.tier_not_allowed');
    expect(await connector.newestAuditEntry()).toMatchObject({
      outcome: 'failed',
      actor: { id: 'customer' },
    });
  });
});
