import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type HostProcess, runHostToItsEnd, startHostProcess } from '../support/host-process.js';
import { HostSession } from '../support/host-session.js';

const TOKEN = 'a-bootstrap-token-of-the-test';
const PASSWORD = 'correct horse battery staple';
const PRODUCTION = ['--production'];

describe('signing in to a production host behind TLS', () => {
  let database: TestDatabase;
  let variables: Record<string, string>;
  let host: HostProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    variables = {
      DATABASE_URL: database.url,
      PSA_MASTER_KEY: randomBytes(32).toString('base64'),
      PSA_PUBLIC_URL: 'https://psa.example',
      PSA_TRUSTED_PROXIES: '127.0.0.1',
      PSA_REQUESTS_PER_MINUTE: '40',
    };
  });

  afterAll(async () => {
    await host?.stop();
    await database?.drop();
  });

  it('needs somebody who can sign in', async () => {
    const { exitCode, output } = await runHostToItsEnd({ ...variables, PSA_SIGN_IN: 'accounts' }, PRODUCTION);
    expect(exitCode).toBe(1);
    expect(output).toContain('Nobody could sign in');
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('starts with the bootstrap token, which makes the first administrator', async () => {
    const first = await startHostProcess({ ...variables, PSA_BOOTSTRAP_TOKEN: TOKEN }, PRODUCTION);
    const api = new ApiClient(`${first.url}/psa/api`, TOKEN);
    const ada = {
      userName: 'ada@csp.example',
      displayName: 'Ada',
      password: PASSWORD,
      role: 'administrator',
    };
    expect((await api.post('/accounts', ada)).status).toBe(201);
    await first.stop();
    host = await startHostProcess(
      { ...variables, PSA_SIGN_IN: 'accounts', PSA_BOOTSTRAP_TOKEN: '' },
      PRODUCTION,
    );
    expect(host.output()).not.toContain('Bootstrap token');
    expect((await new ApiClient(`${host.url}/psa/api`, TOKEN).get('/session')).status).toBe(401);
  });

  it('gives cookies for TLS alone, and believes its own address', async () => {
    const session = new HostSession(host.url);
    const proof = { userName: 'ada@csp.example', password: PASSWORD };
    const foreign = await session.send('POST', '/sign-in', proof, { origin: host.url });
    expectProblem(foreign, 403, 'access.cross_site_refused');
    const answer = await session.send('POST', '/sign-in', proof, { origin: 'https://psa.example' });
    expect(answer.status).toBe(200);
    for (const cookie of answer.headers.getSetCookie()) {
      expect(cookie).toMatch(/^__Host-psa_(session|csrf)=.*; Path=\/; SameSite=Strict; Secure$/);
    }
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect((await session.send('GET', '/session')).status).toBe(200);
  });

  /** A wrong token, sent through the proxy for a client with this address. */
  function guessFrom(address: string) {
    const headers = { 'x-forwarded-for': address };
    return new HostSession(host.url).send('POST', '/sign-in', { token: 'psa_wrong' }, headers);
  }

  it('takes the client’s address from the proxy', async () => {
    const answers = [];
    for (let count = 0; count < 31; count += 1) answers.push((await guessFrom('203.0.113.7')).status);
    expect(answers).toEqual([...Array.from({ length: 30 }, () => 401), 429]);
    expect((await guessFrom('203.0.113.8')).status).toBe(401);
  });

  it('slows down an actor that asks too often, and nobody else', async () => {
    const session = new HostSession(host.url);
    const proof = { userName: 'ada@csp.example', password: PASSWORD };
    await session.send('POST', '/sign-in', proof, { 'x-forwarded-for': '203.0.113.9' });
    const statuses = [];
    for (let count = 0; count < 60; count += 1) statuses.push((await session.send('GET', '/session')).status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
    const answer = await session.send('GET', '/session');
    expectProblem(answer, 429, 'request.rate_limited');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await session.send('GET', '/health/live')).status).toBe(200);
  });
});
