import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../support/api-client.js';
import {
  ALL_RIGHTS,
  type Connector,
  credentialsOf,
  expectProblem,
  newConnection,
  startConnector,
} from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';

const good = newConnection();
const without = (name: string) =>
  Object.fromEntries(Object.entries(good).filter(([field]) => field !== name));
const withCredentials = (changes: object) => ({
  ...good,
  credentials: { ...credentialsOf(ALL_RIGHTS), ...changes },
});

/** What is wrong, the body, and where the problem document has to point. */
const BAD_BODIES: readonly [string, unknown, readonly string[]][] = [
  ['no provider', without('provider'), ['/provider']],
  ['no alias', without('alias'), ['/alias']],
  ['no currency', without('currency'), ['/currency']],
  ['no credentials', without('credentials'), ['/credentials']],
  ['nothing at all', {}, ['/alias', '/credentials', '/currency', '/provider']],
  ['an unknown field', { ...good, zone: 'webservices19' }, ['/zone']],
  ['an unknown credential', withCredentials({ password: 'x' }), ['/credentials/password']],
  ['no secret', withCredentials({ secret: undefined }), ['/credentials/secret']],
  ['an empty secret', withCredentials({ secret: '' }), ['/credentials/secret']],
  ['a secret with a line break', withCredentials({ secret: 'a\r\nInjected: 1' }), ['/credentials/secret']],
  ['a secret no header can carry', withCredentials({ secret: 'sécrèt-\u{1F511}' }), ['/credentials/secret']],
  ['a secret that is a number', withCredentials({ secret: 12_345 }), ['/credentials/secret']],
  ['a blank user name', withCredentials({ username: '   ' }), ['/credentials/username']],
  ['credentials as text', { ...good, credentials: 'user:secret' }, ['/credentials']],
  ['credentials as a list', { ...good, credentials: [credentialsOf(ALL_RIGHTS)] }, ['/credentials']],
  ['credentials as null', { ...good, credentials: null }, ['/credentials']],
  ['a currency in small letters', { ...good, currency: 'eur' }, ['/currency']],
  ['a currency that is no ISO code', { ...good, currency: 'EUX' }, ['/currency']],
  ['a currency that is a list', { ...good, currency: ['EUR'] }, ['/currency']],
  ['an alias of 300 characters', { ...good, alias: 'a'.repeat(300) }, ['/alias']],
  ['a blank alias', { ...good, alias: '   ' }, ['/alias']],
  ['an alias with a NUL', { ...good, alias: 'a\u0000b' }, ['/alias']],
  ['an alias that is an object', { ...good, alias: { toString: 'x' } }, ['/alias']],
];

describe.each(HTTP_ADAPTERS)('bad input under %s', (adapter) => {
  let connector: Connector;

  beforeAll(async () => {
    // The host's own errors, such as broken JSON, become problem documents too, as the README advises.
    connector = await startConnector({ adapter, hasProblemFilter: true });
  });

  afterAll(async () => {
    await connector?.stop();
  });

  async function expectNothingDone(): Promise<void> {
    expect(await connector.stored()).toEqual({ connections: 0, secrets: 0 });
    expect(connector.simulator.journal.count()).toBe(0);
  }

  it.each(BAD_BODIES)('names what is wrong with a body with %s', async (_, body, pointers) => {
    const answer = await connector.api.post<Problem>('/connections', body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(pointers);
    for (const { detail } of answer.body.errors ?? []) expect(detail).toMatch(/\w/);
    expect(answer.text).not.toContain(credentialsOf(ALL_RIGHTS).secret);
    await expectNothingDone();
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connector Connection',
      outcome: 'failed',
      details: { code: 'request.invalid', errors: answer.body.errors },
    });
  });

  it.each([
    ['a list', '[]'],
    ['a list of bodies', JSON.stringify([good])],
    ['no body', undefined],
  ])('refuses %s instead of one object', async (_, body) => {
    const answer = await connector.api.post<Problem>('/connections', body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.length).toBeGreaterThan(0);
    await expectNothingDone();
    expect(await connector.newestAuditEntry()).toMatchObject({ details: { code: 'request.invalid' } });
  });

  it.each(['{"alias":', '{"alias":"a"}}', 'text', 'nul'])('refuses malformed JSON: %s', async (body) => {
    expectProblem(await connector.api.post('/connections', body), 400, 'request.malformed');
    await expectNothingDone();
  });

  it('refuses what is no JSON by its content type', async () => {
    const headers = { 'content-type': 'application/xml' };
    const answer = await connector.api.send('POST', '/connections', '<alias/>', headers);
    expect([415, 422]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    await expectNothingDone();
  });

  it('refuses a provider it has no adapter for, naming those it has', async () => {
    const answer = await connector.api.post<Problem>('/connections', { ...good, provider: 'connectwise' });
    expectProblem(answer, 422, 'connection.provider_unknown');
    expect(answer.body.detail).toContain('autotask');
    await expectNothingDone();
  });

  it('refuses bad input of the test of a connection in the same way', async () => {
    const answer = await connector.api.post<Problem>('/connections/check', without('currency'));
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors).toMatchObject([{ pointer: '/currency' }]);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Check Connector Connection',
      outcome: 'failed',
    });
  });

  it.each(['limit=0', 'limit=201', 'limit=ten', 'limit=1.5', 'cursor=forged', 'offset=3', 'limit=1&limit=2'])(
    'refuses the list parameter %s',
    async (query) => {
      for (const list of ['/connections', '/audit-entries']) {
        expectProblem(await connector.api.get(`${list}?${query}`), 422, 'request.invalid');
      }
    },
  );

  it.each(['no-id', '%00', '..%2F..', '0'.repeat(36), 'a'.repeat(100)])(
    'finds no connection by the id %s',
    async (id) => {
      expectProblem(await connector.api.get(`/connections/${id}`), 404, 'connection.not_found');
    },
  );
});

describe('bad changes of a connection', () => {
  let connector: Connector;
  let path: string;

  beforeAll(async () => {
    connector = await startConnector();
    path = `/connections/${(await connector.connect()).id}`;
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it.each([
    ['nothing to change', {}, ['']],
    ['an unknown field', { state: 'active' }, ['/state']],
    ['a currency, which never changes', { currency: 'USD' }, ['/currency']],
    ['null for the alias', { alias: null }, ['/alias']],
    ['text for enabled', { enabled: 'false' }, ['/enabled']],
    ['credentials without a secret', { credentials: { username: ALL_RIGHTS } }, ['/credentials/secret']],
  ])('refuses %s', async (_, body, pointers) => {
    const before = await connector.api.get(path);
    const answer = await connector.api.patch<Problem>(path, body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect((await connector.api.get(path)).body).toEqual(before.body);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connector Connection',
      outcome: 'failed',
      details: { code: 'request.invalid' },
    });
  });
});
