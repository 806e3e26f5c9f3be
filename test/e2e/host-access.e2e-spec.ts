import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountResponse } from '../../src/host-app/access/accounts.controller.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople, OTHER_PASSWORD, PASSWORD } from '../support/host-people.js';

let people: HostPeople;

beforeAll(async () => {
  people = await HostPeople.start();
});

afterAll(async () => {
  await people?.stop();
});

/** How long a refused sign-in takes, in milliseconds. */
async function timeToRefuse(userName: string): Promise<number> {
  const from = performance.now();
  await people.browser().signIn({ userName, password: OTHER_PASSWORD });
  return performance.now() - from;
}

async function ageSession(account: AccountResponse, change: string): Promise<void> {
  await people.client.query(`UPDATE psa_host.session SET ${change} WHERE account_id = $1`, [account.id]);
}

describe('signing in', () => {
  it('opens a session with a cookie that scripts and other sites do not get', async () => {
    const account = await people.newAccount();
    const session = people.browser();
    const answer = await session.signIn({
      userName: ` ${account.userName.toUpperCase()} `,
      password: PASSWORD,
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ actor: { id: account.id, tier: 'csp', tenantId: 'default' } });
    const [cookie, csrf] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^psa_session=[\w-]{43}; HttpOnly; Path=\/; SameSite=Strict$/);
    expect(csrf).toMatch(/^psa_csrf=[\w-]{43}; Path=\/; SameSite=Strict$/);
    expect((await session.send('GET', '/session')).body).toMatchObject({ actor: { id: account.id } });
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Sign In',
      outcome: 'succeeded',
      actor: { id: account.id },
    });
  });

  it('takes the bootstrap token and API tokens too', async () => {
    const session = people.browser();
    expect((await session.signIn({ token: people.host.token })).status).toBe(200);
    expect((await session.send('GET', '/accounts')).status).toBe(200);
    const { body } = await session.send<{ token: string }>('POST', '/api-tokens', {
      name: 'reader',
      permissions: ['connection:read'],
      expiresInDays: 1,
    });
    const reader = people.browser();
    expect((await reader.signIn({ token: body.token })).status).toBe(200);
    expect((await reader.send('GET', '/connections')).status).toBe(200);
    expect((await reader.send('GET', '/accounts')).status).toBe(403);
  });

  it('ends the session the browser had, and begins one with new secrets', async () => {
    const { session, account } = await people.signedIn();
    const before = new Map(session.cookies);
    await session.signIn({ userName: account.userName, password: PASSWORD });
    expect(session.cookie('psa_session')).not.toBe(before.get('psa_session'));
    expect(session.cookie('psa_csrf')).not.toBe(before.get('psa_csrf'));
    const old = people.browser(before);
    expectProblem(await old.send('GET', '/session'), 401, 'access.unauthenticated');
  });

  it('answers the same to a wrong password, an unknown name and a disabled account, and audits each', async () => {
    const account = await people.newAccount();
    const disabled = await people.newAccount();
    await people.bootstrap.patch(`/accounts/${disabled.id}`, { enabled: false });
    const attempts = [
      { userName: account.userName, password: OTHER_PASSWORD },
      { userName: 'nobody@csp.example', password: PASSWORD },
      { userName: disabled.userName, password: PASSWORD },
      { token: 'psa_forged' },
    ];
    const answers = [];
    for (const proof of attempts) {
      const answer = await people.browser().signIn(proof);
      expectProblem(answer, 401, 'access.sign_in_refused');
      expect(answer.headers.getSetCookie()).toEqual([]);
      answers.push({ ...(answer.body as object), instance: '' });
      expect(await people.newestEntry()).toMatchObject({
        operation: 'Sign In',
        outcome: 'failed',
        actor: { id: 'anonymous' },
        details: { code: 'access.sign_in_refused' },
      });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('takes about as long for an unknown name as for a wrong password', async () => {
    const account = await people.newAccount();
    await timeToRefuse('warm-up@csp.example');
    const known = await timeToRefuse(account.userName);
    const unknown = await timeToRefuse('stranger@csp.example');
    // A hash takes some hundred milliseconds; without it an answer takes a few.
    expect(unknown).toBeGreaterThan(known / 4);
  });

  it('makes whoever fails wait, the same for a name that does not exist', async () => {
    const account = await people.newAccount();
    for (const userName of [account.userName, 'not-there@csp.example']) {
      const session = people.browser();
      for (let count = 0; count < 5; count += 1) {
        expect((await session.signIn({ userName, password: OTHER_PASSWORD })).status).toBe(401);
      }
      const answer = await session.signIn({ userName, password: PASSWORD });
      expectProblem(answer, 429, 'access.sign_in_throttled');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(5);
    }
    // Others are let in meanwhile, and the same one once the time is over.
    expect((await people.browser().signIn({ token: people.host.token })).status).toBe(200);
    await people.client.query(`UPDATE psa_host.sign_in_attempt SET blocked_until = now()`);
    const again = await people.browser().signIn({ userName: account.userName, password: PASSWORD });
    expect(again.status).toBe(200);
    await people.client.query(`DELETE FROM psa_host.sign_in_attempt`);
  });

  it('counts attempts that come all at once', async () => {
    const { userName } = await people.newAccount();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => people.browser().signIn({ userName, password: OTHER_PASSWORD })),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
    await people.client.query(`DELETE FROM psa_host.sign_in_attempt`);
  });

  it('refuses another site, a form and a body that proves nothing', async () => {
    const session = people.browser();
    const proof = { token: people.host.token };
    const from = (headers: Record<string, string>) => session.send('POST', '/sign-in', proof, headers);
    expectProblem(await from({ origin: 'https://evil.example' }), 403, 'access.cross_site_refused');
    expectProblem(await from({ 'sec-fetch-site': 'cross-site' }), 403, 'access.cross_site_refused');
    const form = await from({ 'content-type': 'application/x-www-form-urlencoded' });
    expectProblem(form, 415, 'request.media_type_unsupported');
    expectProblem(await session.signIn({}), 422, 'request.invalid');
    expectProblem(await session.signIn({ userName: 'x' }), 422, 'request.invalid');
    expect(session.cookies.size).toBe(0);
  });
});

describe('a session', () => {
  it('changes nothing without the token of its page', async () => {
    const { session } = await people.signedIn();
    const change = { name: 't', permissions: ['sync:read'], expiresInDays: 1 };
    const send = (headers: Record<string, string>) => session.send('POST', '/api-tokens', change, headers);
    expectProblem(await send({ 'x-csrf-token': '' }), 403, 'access.cross_site_refused');
    expectProblem(await send({ 'x-csrf-token': 'guessed' }), 403, 'access.cross_site_refused');
    expectProblem(await send({ origin: 'https://evil.example' }), 403, 'access.cross_site_refused');
    expectProblem(await send({ 'sec-fetch-site': 'same-site' }), 403, 'access.cross_site_refused');
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Refuse Cross-Site Request',
      outcome: 'failed',
    });
    expect((await send({ origin: people.host.url, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  it('also protects the routes of the library', async () => {
    const { session } = await people.signedIn();
    const answer = await session.send('POST', '/connections', {}, { 'x-csrf-token': '' });
    expectProblem(answer, 403, 'access.cross_site_refused');
  });

  it('ends on signing out, for the server too', async () => {
    const { session } = await people.signedIn();
    const kept = new Map(session.cookies);
    const answer = await session.send('POST', '/sign-out');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('clear-site-data')).toContain('storage');
    expect(session.cookies.size).toBe(0);
    const old = people.browser(kept);
    expect((await old.send('GET', '/session')).status).toBe(401);
    expect(await people.newestEntry()).toMatchObject({ operation: 'Sign Out', outcome: 'succeeded' });
  });

  it('ends when nobody uses it, and at the latest after its time', async () => {
    const idle = await people.signedIn();
    await ageSession(idle.account, `last_seen_at = now() - interval '31 minutes'`);
    expect((await idle.session.send('GET', '/session')).status).toBe(401);

    const used = await people.signedIn();
    await ageSession(used.account, `last_seen_at = now() - interval '29 minutes'`);
    expect((await used.session.send('GET', '/session')).status).toBe(200);
    const { rows } = await people.client.query<{ age: number }>(
      `SELECT extract(epoch FROM now() - last_seen_at)::float8 AS age FROM psa_host.session WHERE account_id = $1`,
      [used.account.id],
    );
    expect(rows[0]?.age).toBeLessThan(60);
    await ageSession(used.account, `expires_at = now()`);
    expect((await used.session.send('GET', '/session')).status).toBe(401);
  });

  it('follows what happens to its account at once', async () => {
    const { session, account } = await people.signedIn();
    expect((await session.send('GET', '/accounts')).status).toBe(200);
    await people.bootstrap.patch(`/accounts/${account.id}`, { role: 'auditor' });
    expect((await session.send('GET', '/session')).status).toBe(401);
    await session.signIn({ userName: account.userName, password: PASSWORD });
    expect((await session.send('GET', '/accounts')).status).toBe(403);
    expect((await session.send('GET', '/audit-entries')).status).toBe(200);
    await people.bootstrap.delete(`/accounts/${account.id}/sessions`);
    expect((await session.send('GET', '/session')).status).toBe(401);
    await session.signIn({ userName: account.userName, password: PASSWORD });
    await people.bootstrap.delete(`/accounts/${account.id}`);
    expect((await session.send('GET', '/session')).status).toBe(401);
  });
});
