import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../support/connector.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { HostPeople, PASSWORD } from '../support/host-people.js';
import { startHostProcess } from '../support/host-process.js';
import { go, OIDC_START as START, throughProvider, toCallback } from '../support/oidc-browser.js';
import { OidcIssuer } from '../support/oidc-issuer.js';

let issuer: OidcIssuer;
let people: HostPeople;

const oidcVariables = () => ({
  PSA_OIDC_ISSUER: issuer.url,
  PSA_OIDC_CLIENT_ID: issuer.clientId,
  PSA_OIDC_CLIENT_SECRET: issuer.clientSecret,
});

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  people = await HostPeople.start({
    ...oidcVariables(),
    PSA_OIDC_ROLE_CLAIM: 'realm_access.roles',
    PSA_OIDC_ROLES: 'psa admins=administrator, psa-audit=auditor',
    PSA_OIDC_LABEL: 'Contoso',
  });
});

afterAll(async () => {
  await people?.stop();
  await issuer?.stop();
});

afterEach(async () => {
  issuer.faults = {};
  // Refusals from one address add up, as they should.
  await people.client.query('DELETE FROM psa_host.sign_in_attempt');
});

const withRoles = (sub: string, ...roles: string[]) => ({
  sub,
  preferred_username: `${sub}@Contoso.example`,
  name: `Name of ${sub}`,
  realm_access: { roles },
});

const signIn = (session = people.browser()) => throughProvider(session);

async function expectRefused(location: string, details: object): Promise<void> {
  expect(location).toBe('/psa/?signIn=refused');
  expect(await people.newestEntry()).toMatchObject({
    operation: 'Sign In',
    outcome: 'failed',
    actor: { id: 'anonymous' },
    details: { method: 'oidc', issuer: issuer.url, code: 'access.sign_in_refused', ...details },
  });
}

describe('signing in through an OpenID Connect provider', () => {
  it('is offered with the text of the installation', async () => {
    const { body } = await people.browser().send('GET', '/sign-in');
    expect(body).toMatchObject({ provider: { label: 'Contoso' }, hasPassword: false });
  });

  it('sends the browser away with state, nonce and a challenge that its cookie alone can answer', async () => {
    const session = people.browser();
    const { location, cookies } = await go(session, `${session.origin}${START}`);
    const asked = new URL(location);
    expect(`${asked.origin}${asked.pathname}`).toBe(`${issuer.url}/authorize`);
    const parameters = Object.fromEntries(asked.searchParams);
    expect(parameters).toMatchObject({
      client_id: issuer.clientId,
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: `${people.host.url}${START}/callback`,
      code_challenge_method: 'S256',
    });
    const secrets = [parameters['state'], parameters['nonce'], parameters['code_challenge']];
    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(cookies).toEqual([
      expect.stringMatching(/^psa_oidc=[\w-]{43}; HttpOnly; Path=\/; Max-Age=600; SameSite=Lax$/),
    ]);
    expect(location).not.toContain(session.cookie('psa_oidc'));
  });

  it('opens a session as for an account, with the role of the claim, and audits it', async () => {
    issuer.person = withRoles('ada', 'staff', 'psa admins', 'psa-audit');
    const { session, status, location, cookies } = await signIn();
    expect([status, location]).toEqual([302, '/psa/']);
    expect(cookies[0]).toMatch(/^psa_session=[\w-]{43}; HttpOnly; Path=\/; SameSite=Strict$/);
    expect(session.cookie('psa_oidc')).toBeUndefined();
    const { body } = await session.send<{ actor: { id: string } }>('GET', '/session');
    expect(body).toMatchObject({ actor: { name: 'Name of ada', tier: 'csp', tenantId: 'default' } });
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Sign In',
      outcome: 'succeeded',
      actor: { id: body.actor.id, name: 'Name of ada' },
      details: { method: 'oidc', issuer: issuer.url, role: 'administrator', isNew: true },
    });
    expect((await session.send('GET', '/accounts')).status).toBe(200);
    expect((await session.send('GET', '/sign-in')).body).toMatchObject({ hasPassword: false });
    // Changes need the proof of the page, as everywhere.
    expectProblem(
      await session.send('POST', '/sign-out', undefined, { 'x-csrf-token': '' }),
      403,
      'access.cross_site_refused',
    );
    expect((await session.send('POST', '/sign-out')).status).toBe(204);
  });

  it('knows the person again, and follows what the provider says about the role', async () => {
    issuer.person = withRoles('grace', 'psa admins');
    const first = await signIn();
    const before = await first.session.send<{ actor: { id: string } }>('GET', '/session');
    issuer.person = withRoles('grace', 'psa-audit');
    const second = await signIn();
    const after = await second.session.send<{ actor: { id: string } }>('GET', '/session');
    expect(after.body.actor.id).toBe(before.body.actor.id);
    expect((await second.session.send('GET', '/accounts')).status).toBe(403);
    expect((await second.session.send('GET', '/audit-entries')).status).toBe(200);
    expect((await first.session.send('GET', '/session')).status).toBe(401);
    expect(await people.newestEntry()).toMatchObject({
      details: { changes: [{ field: 'role', before: 'administrator', after: 'auditor' }] },
    });
  });

  it('does not let in whoever has no role here, or a disabled account', async () => {
    issuer.person = withRoles('eve', 'staff');
    const { session, location } = await signIn();
    await expectRefused(location, { why: 'no value of the role claim stands for a role' });
    expect(session.cookies.size).toBe(0);

    issuer.person = withRoles('mallory', 'psa-audit');
    const known = await signIn();
    const { body } = await known.session.send<{ actor: { id: string } }>('GET', '/session');
    await people.bootstrap.patch(`/accounts/${body.actor.id}`, { enabled: false });
    await expectRefused((await signIn()).location, { why: 'the account is disabled' });
  });

  it('never signs in as a local account of the same name, nor gives one a password', async () => {
    const local = await people.newAccount({ userName: 'twin@contoso.example', role: 'auditor' });
    issuer.person = withRoles('twin', 'psa admins');
    const { session } = await signIn();
    const { body } = await session.send<{ actor: { id: string } }>('GET', '/session');
    expect(body.actor.id).not.toBe(local.id);
    const change = await people.bootstrap.patch(`/accounts/${body.actor.id}`, { password: PASSWORD });
    expectProblem(change, 409, 'access.password_elsewhere');
    const own = await session.send('PUT', '/own-password', {
      currentPassword: PASSWORD,
      newPassword: `${PASSWORD}!`,
    });
    expectProblem(own, 409, 'access.password_elsewhere');
    const { rows } = await people.client.query<{ user_name: string }>(
      'SELECT user_name FROM psa_host.account WHERE id = $1',
      [body.actor.id],
    );
    const guess = await people.browser().signIn({ userName: rows[0]?.user_name, password: PASSWORD });
    expectProblem(guess, 401, 'access.sign_in_refused');
  });
});

describe('what comes back from a provider', () => {
  beforeAll(() => {
    issuer.person = withRoles('ada', 'psa admins');
  });

  it.each<[string, OidcIssuer['faults'], string]>([
    ['a nonce of another sign-in', { claims: { nonce: 'other' } }, 'OAUTH'],
    ['no nonce', { claims: { nonce: undefined } }, 'OAUTH'],
    ['an audience that is somebody else', { claims: { aud: 'other' } }, 'OAUTH'],
    ['another issuer', { claims: { iss: 'https://other.example' } }, 'OAUTH'],
    ['a token that is over', { claims: { exp: 1000, iat: 900 } }, 'OAUTH'],
    ['a signature of another key', { signsWithOtherKey: true }, 'OAUTH'],
    ['a no', { refuses: 'access_denied' }, 'access_denied'],
  ])('is refused with %s', async (_, faults, why) => {
    issuer.faults = faults;
    const { session, location } = await signIn();
    await expectRefused(location, { why: expect.stringContaining(why) });
    expect(session.cookies.size).toBe(0);
  });

  it('is refused in a browser that was not sent there, without asking the provider, and ends no sign-in there', async () => {
    const callback = await toCallback(people.browser());
    const other = people.browser();
    const own = await toCallback(other);
    const requests = issuer.requests.length;
    expect((await go(people.browser(), callback)).location).toBe('/psa/?signIn=refused');
    expect((await go(other, callback)).location).toBe('/psa/?signIn=refused');
    expect(issuer.requests).toHaveLength(requests);
    expect((await go(other, own)).location).toBe('/psa/');
  });

  it('is refused the second time', async () => {
    const session = people.browser();
    const callback = await toCallback(session);
    const kept = new Map(session.cookies);
    expect((await go(session, callback)).location).toBe('/psa/');
    const again = people.browser(kept);
    await expectRefused((await go(again, callback)).location, { why: 'invalid_grant' });
  });

  it('is told apart from a provider that fails', async () => {
    issuer.faults = { tokenFails: true };
    const { location } = await signIn();
    expect(location).toBe('/psa/?signIn=unavailable');
    expect(await people.newestEntry()).toMatchObject({ operation: 'Sign In', outcome: 'failed' });
  });

  it('counts against the address it came from', async () => {
    issuer.faults = { refuses: 'access_denied' };
    const locations = [];
    for (let count = 0; count < 31; count += 1) locations.push((await signIn()).location);
    expect(locations.slice(0, 30).every((location) => location === '/psa/?signIn=refused')).toBe(true);
    expect(locations.at(-1)).toBe('/psa/?signIn=throttled');
  });

  it('neither counts nor fills the audit log when another site sends its visitors there', async () => {
    const forged = `${people.host.url}${START}/callback?code=x&state=y`;
    const before = await people.newestEntry();
    const visitor = people.browser();
    await toCallback(visitor);
    for (let count = 0; count < 31; count += 1) {
      expect((await go(people.browser(), forged)).location).toBe('/psa/?signIn=refused');
      expect((await go(visitor, forged)).location).toBe('/psa/?signIn=refused');
    }
    expect(await people.newestEntry()).toEqual(before);
    expect((await signIn()).location).toBe('/psa/');
  });

  it('leaves no token and no secret in the log', () => {
    expect(people.host.output()).not.toContain(issuer.clientSecret);
    expect(people.host.output()).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });
});

describe('a production host with a provider', () => {
  let database: TestDatabase;
  const production = () => ({
    ...oidcVariables(),
    DATABASE_URL: database.url,
    PSA_MASTER_KEY: randomBytes(32).toString('base64'),
    PSA_PUBLIC_URL: 'https://psa.example',
  });

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database?.drop());

  it('starts without a bootstrap token and without any account', async () => {
    const host = await startHostProcess({ ...production(), PSA_BOOTSTRAP_TOKEN: '' }, ['--production']);
    try {
      const response = await fetch(`${host.url}${START}`, { redirect: 'manual' });
      expect(response.status).toBe(302);
      const asked = new URL(response.headers.get('location') ?? '');
      expect(asked.searchParams.get('redirect_uri')).toBe(`https://psa.example${START}/callback`);
      expect(response.headers.getSetCookie()[0]).toMatch(/^__Host-psa_oidc=.*; SameSite=Lax; Secure$/);
    } finally {
      await host.stop();
    }
  });
});
