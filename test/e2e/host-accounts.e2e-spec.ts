import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountResponse } from '../../src/host-app/access/accounts.controller.js';
import type { ApiTokenResponse } from '../../src/host-app/access/api-tokens.controller.js';
import { permissionsOf } from '../../src/host-app/access/roles.js';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople, OTHER_PASSWORD, PASSWORD } from '../support/host-people.js';

let people: HostPeople;

beforeAll(async () => {
  // With the cost a host has unless it is told otherwise.
  people = await HostPeople.start({ PSA_PASSWORD_COST: '' });
});

afterAll(async () => {
  await people?.stop();
});

const CSP = { tenantId: 'default', rootTenantId: 'default', tier: 'csp' } as const;

type MadeToken = ApiTokenResponse & { token: string };

function newToken(api: ApiClient, changes: object = {}): Promise<ApiAnswer<MadeToken>> {
  return api.post<MadeToken>('/api-tokens', {
    name: 'Nightly job',
    permissions: ['connection:read', 'sync:run'],
    expiresInDays: 30,
    ...changes,
  });
}

describe('accounts', () => {
  it('are created, listed, changed and deleted, each with an entry', async () => {
    await people.newAccount();
    const account = await people.newAccount({ role: 'operator' });
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Create Account',
      subject: { type: 'account', id: account.id, label: account.userName },
      details: { role: 'operator', tier: 'csp', tenantId: 'default' },
    });
    const { body: changed } = await people.bootstrap.patch<AccountResponse>(`/accounts/${account.id}`, {
      displayName: 'Renamed',
      password: OTHER_PASSWORD,
    });
    expect(changed).toMatchObject({ displayName: 'Renamed', role: 'operator', enabled: true });
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Update Account',
      details: {
        changes: [
          { field: 'displayName', before: account.displayName, after: 'Renamed' },
          { field: 'password', before: null, after: null },
        ],
      },
    });
    const list = await people.bootstrap.get<{ items: AccountResponse[]; nextCursor: string | null }>(
      '/accounts?limit=1',
    );
    expect(list.body.items).toHaveLength(1);
    expect(list.body.nextCursor).not.toBeNull();
    expect((await people.bootstrap.delete(`/accounts/${account.id}`)).status).toBe(204);
    expectProblem(await people.bootstrap.get(`/accounts/${account.id}`), 404, 'access.account_not_found');
    expect(await people.newestEntry()).toMatchObject({ operation: 'Delete Account' });
  });

  it('refuse a taken name, a weak password and unknown values, each with an entry', async () => {
    const { userName } = await people.newAccount();
    const body = { userName, displayName: 'x', password: PASSWORD, role: 'auditor' };
    expectProblem(await people.bootstrap.post('/accounts', body), 409, 'access.user_name_taken');
    expect(await people.newestEntry()).toMatchObject({ operation: 'Create Account', outcome: 'failed' });
    for (const password of ['short', 'aaaaaaaaaaaaaaaa', 'password1234', 'weak-name-is-in-it']) {
      const answer = await people.bootstrap.post('/accounts', { ...body, userName: 'weak-name@x', password });
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.text).not.toContain(password);
    }
    expectProblem(
      await people.bootstrap.post('/accounts', { ...body, role: 'root' }),
      422,
      'request.invalid',
    );
    expect(await people.newestEntry()).toMatchObject({ operation: 'Create Account', outcome: 'failed' });
  });

  it('keep people from locking themselves out, and let them change their own password', async () => {
    const { session, account } = await people.signedIn();
    const other = people.browser();
    await other.signIn({ userName: account.userName, password: PASSWORD });
    for (const change of [{ enabled: false }, { role: 'auditor' }, { password: OTHER_PASSWORD }]) {
      const answer = await session.send('PATCH', `/accounts/${account.id}`, change);
      expectProblem(answer, 409, 'access.own_account');
    }
    expectProblem(await session.send('DELETE', `/accounts/${account.id}`), 409, 'access.own_account');
    const wrong = { currentPassword: OTHER_PASSWORD, newPassword: OTHER_PASSWORD };
    expectProblem(await session.send('PUT', '/own-password', wrong), 422, 'request.invalid');
    const right = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    expect((await session.send('PUT', '/own-password', right)).status).toBe(204);
    expect((await session.send('GET', '/session')).status).toBe(200);
    expect((await other.send('GET', '/session')).status).toBe(401);
    expectProblem(await people.bootstrap.send('PUT', '/own-password', right), 409, 'access.no_password');
  });

  it('are administered within the own tenant and tier only', async () => {
    const { session, account } = await people.signedIn({ tier: 'reseller', tenantId: 'reseller-1' });
    const foreign = await people.newAccount({ tier: 'reseller', tenantId: 'reseller-2' });
    const { body } = await session.send<{ items: AccountResponse[] }>('GET', '/accounts?limit=200');
    expect(body.items.map(({ id }) => id)).toEqual([account.id]);
    for (const method of ['GET', 'DELETE']) {
      const answer = await session.send(method, `/accounts/${foreign.id}`);
      expectProblem(answer, 404, 'access.account_not_found');
    }
    const sibling = { userName: 'sibling@r1', displayName: 'Sibling', password: PASSWORD, role: 'operator' };
    for (const beyond of [{ tenantId: 'reseller-2' }, { tier: 'csp' }]) {
      const answer = await session.send('POST', '/accounts', { ...sibling, ...beyond });
      expectProblem(answer, 403, 'access.beyond_own');
    }
    const created = await session.send('POST', '/accounts', sibling);
    expect(created.body).toMatchObject({ tier: 'reseller', tenantId: 'reseller-1' });
    expectProblem(
      await people.bootstrap.post('/accounts', { ...sibling, tier: 'csp', tenantId: 'reseller-1' }),
      403,
      'access.beyond_own',
    );
  });
});

describe('an API token that may manage accounts and nothing else', () => {
  it('makes nobody stronger than itself, and gets into no stronger account', async () => {
    const { body } = await newToken(people.bootstrap, { permissions: ['access:manage'] });
    const api = people.withToken(body.token);
    const administrator = await people.newAccount();
    const disabled = await people.newAccount();
    await people.bootstrap.patch(`/accounts/${disabled.id}`, { enabled: false });
    const own = { userName: 'own@csp.example', displayName: 'Own', password: PASSWORD };
    const attempts: [string, string, object | undefined][] = [
      ['POST', '/accounts', { ...own, role: 'administrator' }],
      ['POST', '/accounts', { ...own, role: 'auditor' }],
      ['PATCH', `/accounts/${administrator.id}`, { password: OTHER_PASSWORD }],
      ['PATCH', `/accounts/${administrator.id}`, { role: 'auditor' }],
      ['PATCH', `/accounts/${administrator.id}`, { enabled: false }],
      ['PATCH', `/accounts/${disabled.id}`, { enabled: true }],
      ['DELETE', `/accounts/${administrator.id}`, undefined],
    ];
    for (const [method, path, change] of attempts) {
      const answer = await api.send(method, path, change);
      expectProblem(answer, 403, 'access.beyond_own');
      expect(await people.newestEntry()).toMatchObject({
        outcome: 'failed',
        correlationId: answer.headers.get('x-request-id'),
        details: { code: 'access.beyond_own' },
      });
    }
    const { status } = await people
      .browser()
      .signIn({ userName: administrator.userName, password: PASSWORD });
    expect(status).toBe(200);
    expect((await people.browser().signIn(own)).status).not.toBe(200);
    // What gives nothing stays allowed.
    const renamed = await api.patch(`/accounts/${administrator.id}`, { displayName: 'Renamed' });
    expect(renamed.status).toBe(200);
  });

  it('turns nobody it may change into more than itself', async () => {
    const permissions = [...permissionsOf('auditor', CSP), 'access:manage'];
    const { body } = await newToken(people.bootstrap, { permissions });
    const api = people.withToken(body.token);
    const own = { userName: 'auditor@csp.example', displayName: 'Own', password: PASSWORD, role: 'auditor' };
    const { body: made } = await api.post<AccountResponse>('/accounts', own);
    expect((await api.patch(`/accounts/${made.id}`, { password: OTHER_PASSWORD })).status).toBe(200);
    const raised = await api.patch(`/accounts/${made.id}`, { role: 'operator' });
    expectProblem(raised, 403, 'access.beyond_own');
    expect((await api.delete(`/accounts/${made.id}`)).status).toBe(204);
  });
});

describe('API tokens', () => {
  it('do what they name and nothing else, until they are revoked', async () => {
    const { body: made } = await newToken(people.bootstrap);
    expect(made.token).toMatch(/^psa_[\w-]{43}$/);
    const api = people.withToken(made.token);
    expect((await api.get('/connections')).status).toBe(200);
    expect((await api.get('/audit-entries')).status).toBe(403);
    expect((await api.post('/api-tokens', {})).status).toBe(403);
    const { body: list } = await people.bootstrap.get<{ items: ApiTokenResponse[] }>('/api-tokens');
    const listed = list.items.find(({ id }) => id === made.id);
    expect(listed).toMatchObject({ name: 'Nightly job', revokedAt: null, lastUsedAt: expect.any(String) });
    expect(JSON.stringify(list)).not.toContain(made.token);

    const session = people.browser();
    await session.signIn({ token: made.token });
    expect((await people.bootstrap.delete(`/api-tokens/${made.id}`)).status).toBe(204);
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Revoke API Token',
      subject: { id: made.id },
    });
    expect((await api.get('/connections')).status).toBe(401);
    expect((await session.send('GET', '/connections')).status).toBe(401);
  });

  it('expire', async () => {
    expectProblem(await newToken(people.bootstrap, { expiresInDays: 367 }), 422, 'request.invalid');
    const { body } = await newToken(people.bootstrap, { expiresInDays: 1 });
    await people.client.query('UPDATE psa_host.api_token SET expires_at = now() WHERE id = $1', [body.id]);
    const api = people.withToken(body.token);
    expectProblem(await api.get('/connections'), 401, 'access.unauthenticated');
  });

  it('never do more than whoever made them', async () => {
    const { body } = await newToken(people.bootstrap, { permissions: ['access:manage', 'sync:read'] });
    const api = people.withToken(body.token);
    expectProblem(await newToken(api), 403, 'access.beyond_own');
    expect((await newToken(api, { permissions: ['sync:read'] })).status).toBe(201);
  });

  it('do no more than whoever made them may now, also when a token made them', async () => {
    const { session, account } = await people.signedIn();
    const permissions = ['access:manage', 'sync:read', 'audit:read'];
    const token = { name: 'Of a person', permissions, expiresInDays: 1 };
    const own = await session.send<MadeToken>('POST', '/api-tokens', token);
    const child = await newToken(people.withToken(own.body.token), {
      permissions: ['sync:read', 'audit:read'],
    });
    const tokens = [own.body.token, child.body.token].map((secret) => people.withToken(secret));
    const browser = people.browser();
    expect((await browser.signIn({ token: own.body.token })).status).toBe(200);
    for (const api of tokens) expect((await api.get('/audit-entries')).status).toBe(200);

    await people.bootstrap.patch(`/accounts/${account.id}`, { role: 'operator' });
    for (const api of [...tokens, { get: (path: string) => browser.send('GET', path) }]) {
      expectProblem(await api.get('/audit-entries'), 403, 'access.permission_missing');
      expect((await api.get('/session')).status).toBe(200);
    }
    expectProblem(await newToken(tokens[0] as ApiClient), 403, 'access.permission_missing');
  });

  it.each([
    [
      'is locked',
      'Update Account',
      (id: string) => people.bootstrap.patch(`/accounts/${id}`, { enabled: false }),
    ],
    ['is deleted', 'Delete Account', (id: string) => people.bootstrap.delete(`/accounts/${id}`)],
  ] as const)('end when whoever made them %s', async (_, operation, end) => {
    const { session, account } = await people.signedIn();
    const token = { name: 'Of a person', permissions: ['access:manage'], expiresInDays: 1 };
    const own = await session.send<MadeToken>('POST', '/api-tokens', token);
    const api = people.withToken(own.body.token);
    const child = await newToken(api, { name: 'Of a token', permissions: ['access:manage'] });
    const browser = people.browser();
    await browser.signIn({ token: own.body.token });
    expect((await end(account.id)).status).toBeLessThan(300);
    const entry = await people.newestEntry();
    expect(entry).toMatchObject({ operation, subject: { id: account.id } });
    expect((entry['details'] as { revokedTokens: unknown[] }).revokedTokens).toHaveLength(2);
    const { body } = await people.bootstrap.get<{ items: ApiTokenResponse[] }>('/api-tokens?limit=200');
    for (const made of [own.body, child.body]) {
      expect(body.items.find(({ id }) => id === made.id)?.revokedAt).toEqual(expect.any(String));
      expectProblem(await people.withToken(made.token).get('/session'), 401, 'access.unauthenticated');
    }
    expect((await browser.send('GET', '/session')).status).toBe(401);
  });

  it('end with an account that is gone without them being revoked', async () => {
    const { session, account } = await people.signedIn();
    const token = { name: 'Of a person', permissions: ['sync:read'], expiresInDays: 1 };
    const { body } = await session.send<MadeToken>('POST', '/api-tokens', token);
    const browser = people.browser();
    await browser.signIn({ token: body.token });
    await people.client.query('DELETE FROM psa_host.account WHERE id = $1', [account.id]);
    expect((await people.withToken(body.token).get('/session')).status).toBe(401);
    expect((await browser.send('GET', '/session')).status).toBe(401);
    expect((await people.browser().signIn({ token: body.token })).status).toBe(401);
  });

  it('are stored as digests, as are sessions and passwords', async () => {
    const { body } = await newToken(people.bootstrap);
    const { session } = await people.signedIn();
    const tables = ['account', 'api_token', 'session', 'sign_in_attempt'];
    const rows: unknown[] = [];
    for (const table of tables)
      rows.push(...(await people.client.query(`SELECT * FROM psa_host.${table}`)).rows);
    const text = JSON.stringify(rows, (_, value: unknown) =>
      typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data)
        ? Buffer.from(value.data as number[]).toString('latin1')
        : value,
    );
    const secrets = [
      body.token,
      body.token.slice(4),
      people.host.token,
      PASSWORD,
      ...session.cookies.values(),
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).toContain('$scrypt$ln=17,r=8,p=1$');
  });
});
