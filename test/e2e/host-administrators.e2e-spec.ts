import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountResponse } from '../../src/host-app/access/accounts.controller.js';
import type { ApiTokenResponse } from '../../src/host-app/access/api-tokens.controller.js';
import { PERMISSIONS } from '../../src/index.js';
import { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople, OTHER_PASSWORD, PASSWORD } from '../support/host-people.js';
import type { HostProcess } from '../support/host-process.js';
import { HostSession } from '../support/host-session.js';

const ACCOUNTS_ALONE = { PSA_SIGN_IN: 'accounts', PSA_BOOTSTRAP_TOKEN: '' };

type Caller = Pick<ApiClient | HostSession, 'send'>;

/** An API token with every permission. */
async function newToken(maker: Caller): Promise<string> {
  const token = { name: 'All', permissions: PERMISSIONS, expiresInDays: 1 };
  const { status, body } = await maker.send<ApiTokenResponse & { token: string }>(
    'POST',
    '/api-tokens',
    token,
  );
  expect(status).toBe(201);
  return body.token;
}

describe('an administrator', () => {
  let people: HostPeople;

  beforeAll(async () => {
    people = await HostPeople.start();
  });

  afterAll(async () => {
    await people?.stop();
  });

  it('is not locked out by a token of his own, or a session that it opened', async () => {
    const { session, account } = await people.signedIn();
    const token = await newToken(session);
    const browser = people.browser();
    await browser.signIn({ token });
    const api = people.withToken(token);
    const grandchild = people.withToken(await newToken(api));
    for (const caller of [api, browser, grandchild]) {
      for (const change of [{ enabled: false }, { role: 'auditor' }, { password: OTHER_PASSWORD }]) {
        const answer = await caller.send('PATCH', `/accounts/${account.id}`, change);
        expectProblem(answer, 409, 'access.own_account');
      }
      const removed = await caller.send('DELETE', `/accounts/${account.id}`);
      expectProblem(removed, 409, 'access.own_account');
    }
    expect((await session.send('GET', '/session')).status).toBe(200);
    const other = await people.newAccount();
    expect((await api.patch(`/accounts/${other.id}`, { enabled: false })).status).toBe(200);
  });

  it('may be the last one where the bootstrap token lets others in', async () => {
    const { body } = await people.bootstrap.get<{ items: AccountResponse[] }>('/accounts?limit=200');
    for (const { id } of body.items) {
      expect((await people.bootstrap.patch(`/accounts/${id}`, { enabled: false })).status).toBe(200);
    }
  });
});

describe('the administrators of a host without a bootstrap token', () => {
  let people: HostPeople;
  let host: HostProcess;
  /** A token that the bootstrap token made before. */
  let program: ApiClient;
  let left: AccountResponse;

  const signedInto = async ({ userName }: AccountResponse): Promise<HostSession> => {
    const session = new HostSession(host.url);
    expect((await session.signIn({ userName, password: PASSWORD })).status).toBe(200);
    return session;
  };
  const onlyOfProvider = async (): Promise<void> => {
    await people.client.query(
      `INSERT INTO psa_host.account (id, user_name, display_name, role, tier, tenant_id, root_tenant_id, is_active, created_at,
        created_by, password_changed_at, issuer, subject)
      VALUES ($1, $2, 'Pia', 'administrator', 'csp', 'default', 'default', true, now(), 'provider', now(), 'https://idp.example', $2)`,
      [randomUUID(), randomUUID()],
    );
  };

  beforeAll(async () => {
    people = await HostPeople.start();
    left = await people.newAccount();
    host = await people.startAnother(ACCOUNTS_ALONE);
    program = new ApiClient(`${host.url}/psa/api`, await newToken(people.bootstrap));
  });

  afterAll(async () => {
    await host?.stop();
    await people?.stop();
  });

  it('do not lock each other at the same time', async () => {
    const two = [left, await people.newAccount()];
    const sessions = [
      await signedInto(two[0] as AccountResponse),
      await signedInto(two[1] as AccountResponse),
    ];
    await people.client.query('BEGIN');
    await people.client.query('SELECT FROM psa_host.account WHERE id = ANY($1) FOR UPDATE', [
      two.map(({ id }) => id),
    ]);
    const asked = sessions.map((session, index) =>
      session.send('PATCH', `/accounts/${two[1 - index]?.id}`, { enabled: false }),
    );
    await people.waiting(2);
    await people.client.query('COMMIT');
    const answers = await Promise.all(asked);
    const refused = answers.findIndex(({ status }) => status === 409);
    expectProblem(answers[refused] ?? answers[0]!, 409, 'access.last_administrator');
    expect(answers[1 - refused]).toMatchObject({ status: 200, body: { enabled: false } });
    left = two[1 - refused] as AccountResponse;
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Update Account',
      outcome: 'failed',
      subject: { id: left.id },
      details: { code: 'access.last_administrator' },
    });
  });

  it('are never none, whoever asks; one who cannot sign in is none', async () => {
    await onlyOfProvider();
    const auditor = await people.newAccount({ role: 'auditor' });
    const path = `/accounts/${left.id}`;
    for (const change of [{ enabled: false }, { role: 'operator' }]) {
      expectProblem(await program.patch(path, change), 409, 'access.last_administrator');
    }
    expectProblem(await program.delete(path), 409, 'access.last_administrator');
    expect(await people.newestEntry()).toMatchObject({ operation: 'Delete Account', outcome: 'failed' });
    await signedInto(left);
    // What takes nobody away is allowed.
    expect((await program.patch(path, { role: 'administrator', displayName: 'Left' })).status).toBe(200);
    expect((await program.patch(`/accounts/${auditor.id}`, { enabled: false })).status).toBe(200);
    const next = await people.newAccount();
    expect((await program.delete(path)).status).toBe(204);
    left = next;
  });

  it('let it start only where one of them has a password, since no provider is set', async () => {
    await onlyOfProvider();
    await people.bootstrap.patch(`/accounts/${left.id}`, { enabled: false });
    await expect(people.startAnother(ACCOUNTS_ALONE)).rejects.toThrow(/Nobody could sign in/);
    await people.bootstrap.patch(`/accounts/${left.id}`, { enabled: true });
    const another = await people.startAnother(ACCOUNTS_ALONE);
    expect(await another.stop()).toBe(0);
  });
});
