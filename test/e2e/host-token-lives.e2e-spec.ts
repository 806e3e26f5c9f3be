import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiTokenResponse } from '../../src/host-app/access/api-tokens.controller.js';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople } from '../support/host-people.js';
import type { HostSession } from '../support/host-session.js';

type MadeToken = ApiTokenResponse & { token: string };

let people: HostPeople;

beforeAll(async () => {
  people = await HostPeople.start();
});

afterAll(async () => {
  await people?.stop();
});

function newToken(
  maker: Pick<ApiClient | HostSession, 'send'>,
  changes: object = {},
): Promise<ApiAnswer<MadeToken>> {
  const token = { name: 'Job', permissions: ['access:manage', 'sync:read'], expiresInDays: 1, ...changes };
  return maker.send<MadeToken>('POST', '/api-tokens', token);
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
