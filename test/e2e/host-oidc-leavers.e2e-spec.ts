import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HostPeople } from '../support/host-people.js';
import { startHostProcess } from '../support/host-process.js';
import type { HostSession } from '../support/host-session.js';
import { throughProvider } from '../support/oidc-browser.js';
import { OidcIssuer } from '../support/oidc-issuer.js';

let issuer: OidcIssuer;
let people: HostPeople;

const variablesOf = ({ url, clientId, clientSecret }: OidcIssuer) => ({
  PSA_OIDC_ISSUER: url,
  PSA_OIDC_CLIENT_ID: clientId,
  PSA_OIDC_CLIENT_SECRET: clientSecret,
});

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  people = await HostPeople.start(variablesOf(issuer));
});

afterAll(async () => {
  await people?.stop();
  await issuer?.stop();
});

afterEach(async () => {
  await people.client.query('DELETE FROM psa_host.sign_in_attempt');
});

async function signIn(sub: string, ...roles: string[]) {
  issuer.person = { sub, preferred_username: sub, name: `Name of ${sub}`, roles };
  return throughProvider(people.browser());
}

async function newToken(session: HostSession): Promise<{ id: string; token: string }> {
  const answer = await session.send<{ id: string; token: string }>('POST', '/api-tokens', {
    name: 'Nightly job',
    permissions: ['connection:read'],
    expiresInDays: 365,
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

/** Somebody of the provider who signed in and made an API token. */
async function withToken(sub: string) {
  const { session } = await signIn(sub, 'administrator');
  const { body } = await session.send<{ actor: { id: string } }>('GET', '/session');
  const made = await newToken(session);
  return { session, accountId: body.actor.id, ...made };
}

async function statusWith(token: string, url = people.host.url): Promise<number> {
  const answer = await fetch(`${url}/psa/api/connections`, { headers: { authorization: `Bearer ${token}` } });
  return answer.status;
}

const setAccount = (id: string, change: string) =>
  people.client.query(`UPDATE psa_host.account SET ${change} WHERE id = $1`, [id]);

describe('a person who has lost the role at the provider', () => {
  it('keeps no session and no token once the provider has said so, which the entry tells', async () => {
    const ada = await withToken('ada');
    const other = await withToken('grace');
    const byToken = people.browser();
    expect((await byToken.signIn({ token: ada.token })).status).toBe(200);
    expect((await signIn('ada', 'staff')).location).toBe('/psa/?signIn=refused');
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Sign In',
      outcome: 'failed',
      subject: { id: ada.accountId },
      details: {
        method: 'oidc',
        why: 'no value of the role claim stands for a role',
        endedSessions: 1,
        revokedTokens: [{ id: ada.id, name: 'Nightly job' }],
      },
    });
    expect((await ada.session.send('GET', '/session')).status).toBe(401);
    expect((await byToken.send('GET', '/session')).status).toBe(401);
    expect(await statusWith(ada.token)).toBe(401);
    expect((await other.session.send('GET', '/session')).status).toBe(200);
    expect(await statusWith(other.token)).toBe(200);
    // The role comes back, what was revoked does not.
    expect((await signIn('ada', 'administrator')).location).toBe('/psa/');
    expect(await statusWith(ada.token)).toBe(401);
  });
});

describe('an API token of a person of the provider', () => {
  it('rests while the person has not signed in for 90 days', async () => {
    const { accountId, token } = await withToken('linus');
    await setAccount(accountId, `last_sign_in_at = now() - interval '89 days'`);
    expect(await statusWith(token)).toBe(200);
    await setAccount(accountId, `last_sign_in_at = now() - interval '91 days'`);
    expect(await statusWith(token)).toBe(401);
    expect((await signIn('linus', 'auditor')).location).toBe('/psa/');
    expect(await statusWith(token)).toBe(200);
  });

  it('is worth nothing at a host that is told of another provider, or of none', async () => {
    const { token } = await withToken('barbara');
    const local = await people.signedIn();
    const { token: localToken } = await newToken(local.session);
    const elsewhere = await OidcIssuer.start();
    try {
      for (const variables of [variablesOf(elsewhere), {}]) {
        const host = await startHostProcess({ DATABASE_URL: people.databaseUrl, ...variables });
        expect(await statusWith(token, host.url)).toBe(401);
        expect(await statusWith(localToken, host.url)).toBe(200);
        await host.stop();
      }
    } finally {
      await elsewhere.stop();
    }
    expect(await statusWith(token)).toBe(200);
  });

  it('goes by the configured address, which need not be the issuer of the ID tokens', async () => {
    const { accountId, token } = await withToken('margaret');
    await setAccount(accountId, `issuer = 'https://login.example/tenant-id'`);
    expect(await statusWith(token)).toBe(200);
    // As the release before left it.
    await setAccount(accountId, 'provider = NULL');
    expect(await statusWith(token)).toBe(401);
    await setAccount(accountId, `issuer = '${issuer.url}'`);
    expect(await statusWith(token)).toBe(200);
  });
});
