import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiTokenResponse } from '../../src/host-app/access/api-tokens.controller.js';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople, OTHER_PASSWORD } from '../support/host-people.js';
import type { HostSession } from '../support/host-session.js';

const DAY_MS = 86_400_000;

type MadeToken = ApiTokenResponse & { token: string };
type Maker = Pick<ApiClient | HostSession, 'send'>;

let people: HostPeople;

beforeAll(async () => {
  people = await HostPeople.start();
});

afterAll(async () => {
  await people?.stop();
});

function newToken(maker: Maker, changes: object = {}): Promise<ApiAnswer<MadeToken>> {
  const token = { name: 'Job', permissions: ['access:manage', 'sync:read'], expiresInDays: 1, ...changes };
  return maker.send<MadeToken>('POST', '/api-tokens', token);
}

async function rowOf(id: string): Promise<{ revoked_at: Date | null; parent_id: string | null }> {
  const { rows } = await people.client.query('SELECT * FROM psa_host.api_token WHERE id = $1', [id]);
  return rows[0] as never;
}

async function statusOf({ token }: MadeToken): Promise<number> {
  return (await people.withToken(token).get('/session')).status;
}

/** A token, one it made, and one that one made. */
async function family(maker: Maker): Promise<readonly [MadeToken, MadeToken, MadeToken]> {
  const { body: first } = await newToken(maker, { name: 'First' });
  const { body: second } = await newToken(people.withToken(first.token), { name: 'Second' });
  const { body: third } = await newToken(people.withToken(second.token), { name: 'Third' });
  return [first, second, third];
}

describe('an API token that is asked for', () => {
  it.each([
    ['deleted', 'DELETE FROM psa_host.account WHERE id = $1'],
    ['locked', 'UPDATE psa_host.account SET is_active = false WHERE id = $1'],
  ])('while its maker is %s is refused, with an entry', async (_, end) => {
    const { session, account } = await people.signedIn();
    const own = await newToken(session);
    const count = async () => (await people.client.query('SELECT FROM psa_host.api_token')).rowCount;
    const before = await count();
    // Whoever asks is let in as long as this has not committed.
    await people.client.query('BEGIN');
    await people.client.query(end, [account.id]);
    await people.client.query('LOCK TABLE psa_host.api_token IN SHARE MODE');
    const asked = newToken(session);
    await people.waiting(1);
    await people.client.query('COMMIT');
    const answer = await asked;
    expectProblem(answer, 401, 'access.unauthenticated');
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Create API Token',
      outcome: 'failed',
      correlationId: answer.headers.get('x-request-id'),
    });
    expect(await count()).toBe(before);
    expectProblem(await newToken(people.withToken(own.body.token)), 401, 'access.unauthenticated');
  });
});

describe('an API token that a token made', () => {
  it('expires with that one at the latest', async () => {
    const { body: parent } = await newToken(people.bootstrap, { expiresInDays: 2 });
    const api = people.withToken(parent.token);
    const { body: longer } = await newToken(api, { expiresInDays: 366 });
    expect(longer.expiresAt).toBe(parent.expiresAt);
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Create API Token',
      details: { expiresInDays: 366, expiresAt: parent.expiresAt },
    });
    const { body: grandchild } = await newToken(people.withToken(longer.token), { expiresInDays: 366 });
    expect(grandchild.expiresAt).toBe(parent.expiresAt);
    const { body: shorter } = await newToken(api);
    expect(Date.parse(parent.expiresAt) - Date.parse(shorter.expiresAt)).toBeGreaterThan(DAY_MS / 2);
    expect((await rowOf(longer.id)).parent_id).toBe(parent.id);
    expect((await rowOf(parent.id)).parent_id).toBeNull();
  });

  it('expires with one that was ended sooner than it was made for', async () => {
    const [first, second, third] = await family(people.bootstrap);
    const browser = people.browser();
    expect((await browser.signIn({ token: third.token })).status).toBe(200);
    await people.client.query('UPDATE psa_host.api_token SET expires_at = now() WHERE id = $1', [first.id]);
    for (const token of [first, second, third]) expect(await statusOf(token)).toBe(401);
    expect((await browser.send('GET', '/session')).status).toBe(401);
    expect((await people.browser().signIn({ token: third.token })).status).toBe(401);
  });

  it('is revoked with that one, with its sessions, and the entry names it', async () => {
    const { session } = await people.signedIn();
    const [first, second, third] = await family(session);
    const sibling = (await newToken(session)).body;
    const browser = people.browser();
    expect((await browser.signIn({ token: third.token })).status).toBe(200);
    expect((await people.bootstrap.delete(`/api-tokens/${first.id}`)).status).toBe(204);
    const entry = await people.newestEntry();
    expect(entry).toMatchObject({ operation: 'Revoke API Token', subject: { id: first.id } });
    const { revokedTokens } = entry['details'] as { revokedTokens: { id: string; name: string }[] };
    expect(revokedTokens.toSorted((left, right) => left.name.localeCompare(right.name))).toEqual([
      { id: second.id, name: 'Second' },
      { id: third.id, name: 'Third' },
    ]);
    for (const token of [first, second, third]) {
      expect(await statusOf(token)).toBe(401);
      expect((await rowOf(token.id)).revoked_at).not.toBeNull();
    }
    expect((await browser.send('GET', '/session')).status).toBe(401);
    expect(await statusOf(sibling)).toBe(200);
    expect((await session.send('GET', '/session')).status).toBe(200);
  });

  it('leaves those it came from as they are when it is revoked itself', async () => {
    const [first, second, third] = await family(people.bootstrap);
    expect((await people.bootstrap.delete(`/api-tokens/${second.id}`)).status).toBe(204);
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([200, 401, 401]);
  });

  it('ends also where an earlier release revoked the one it came from alone', async () => {
    const [first, second, third] = await family(people.bootstrap);
    await people.client.query('UPDATE psa_host.api_token SET revoked_at = now() WHERE id = $1', [second.id]);
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([200, 401, 401]);
  });

  it('is refused when one it came from is revoked at the same time', async () => {
    const [first, second] = await family(people.bootstrap);
    await people.client.query('BEGIN');
    await people.client.query('UPDATE psa_host.api_token SET revoked_at = now() WHERE id = $1', [first.id]);
    const asked = newToken(people.withToken(second.token));
    await people.waiting(1);
    await people.client.query('COMMIT');
    expectProblem(await asked, 401, 'access.unauthenticated');
  });
});

/** An account with a token, one that it made, and sessions opened with them. */
async function newPerson() {
  const { session, account } = await people.signedIn();
  const { body: own } = await newToken(session, { name: 'Own' });
  const { body: child } = await newToken(people.withToken(own.token), { name: 'Child' });
  const browsers = [people.browser(), people.browser()] as const;
  expect((await browsers[0].signIn({ token: own.token })).status).toBe(200);
  expect((await browsers[1].signIn({ token: child.token })).status).toBe(200);
  return { path: `/accounts/${account.id}`, sessions: [session, ...browsers], tokens: [own, child] };
}

describe('the sessions that API tokens of an account opened', () => {
  it('end when it is signed out everywhere, and the tokens go on', async () => {
    const { path, sessions, tokens } = await newPerson();
    const { session: untouched } = await people.signedIn();
    expect((await people.bootstrap.delete(`${path}/sessions`)).status).toBe(204);
    expect(await people.newestEntry()).toMatchObject({ operation: 'End Sessions of Account' });
    for (const session of sessions) expect((await session.send('GET', '/session')).status).toBe(401);
    for (const token of tokens) expect(await statusOf(token)).toBe(200);
    expect((await untouched.send('GET', '/session')).status).toBe(200);
  });

  it('end with the tokens when an administrator sets its password anew, and the entry names them', async () => {
    const { path, sessions, tokens } = await newPerson();
    const { session: untouched } = await people.signedIn();
    expect((await people.bootstrap.patch(path, { password: OTHER_PASSWORD })).status).toBe(200);
    const { details } = (await people.newestEntry()) as { details: { revokedTokens: { name: string }[] } };
    expect(details).toMatchObject({ changes: [{ field: 'password', before: null, after: null }] });
    expect(details.revokedTokens.map(({ name }) => name).toSorted()).toEqual(['Child', 'Own']);
    for (const session of sessions) expect((await session.send('GET', '/session')).status).toBe(401);
    for (const token of tokens) {
      expect(await statusOf(token)).toBe(401);
      expect((await rowOf(token.id)).revoked_at).not.toBeNull();
    }
    expect((await untouched.send('GET', '/session')).status).toBe(200);
  });

  it('go on when it is given another name', async () => {
    const { path, sessions, tokens } = await newPerson();
    expect((await people.bootstrap.patch(path, { displayName: 'Renamed' })).status).toBe(200);
    for (const session of sessions) expect((await session.send('GET', '/session')).status).toBe(200);
    for (const token of tokens) expect(await statusOf(token)).toBe(200);
  });
});
