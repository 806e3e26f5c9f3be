import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type HostProcess, startHostProcess } from '../support/host-process.js';
import { until } from '../support/until.js';

describe('HTTP edge of the host', () => {
  let database: TestDatabase;
  let host: HostProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    host = await startHostProcess({ DATABASE_URL: database.url });
  });

  afterAll(async () => {
    await host?.stop();
    await database?.drop();
  });

  it('sends the bare address to the admin UI', async () => {
    const response = await fetch(host.url, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/psa/');
  });

  it('has no sign-in through a provider where none is set', async () => {
    const answer = await fetch(`${host.url}/psa/api/sign-in/oidc`, { redirect: 'manual' });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'access.provider_not_set' });
  });

  it('lets no script run that is not its own', async () => {
    const policy = (await fetch(host.url, { redirect: 'manual' })).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it.each(['', 'Bearer', 'Bearer ', 'Bearer wrong-token', 'Basic abc'])(
    'refuses the authorization "%s" with a problem document',
    async (authorization) => {
      const response = await fetch(`${host.url}/psa/api/session`, { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    },
  );

  it('says in its log that bearer tokens are refused, and not which', async () => {
    const headers = { authorization: 'Bearer wrong-token' };
    expect((await fetch(`${host.url}/psa/api/session`, { headers })).status).toBe(401);
    const line = /"lastFrom":"127\.0\.0\.1"[^\n]*"msg":"Bearer tokens were refused"/;
    await until('the line of the log', async () => line.exec(host.output()));
    expect(host.output()).not.toContain('wrong-token');
  });

  it('answers unknown routes, broken JSON and bodies over 1 MB with problem documents', async () => {
    const headers = { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' };
    const post = (body: string) =>
      fetch(`${host.url}/psa/api/connections`, { method: 'POST', headers, body });
    const answers = await Promise.all([
      fetch(`${host.url}/nowhere`),
      post('{"alias":'),
      post(JSON.stringify({ alias: 'x'.repeat(1_100_000) })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 413]);
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ status: answer.status, code: expect.any(String) });
    }
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/csv',
    'application/xml',
    'application/json, text/plain',
  ])('takes no body of the type %s where JSON is asked for', async (contentType) => {
    const headers = { authorization: `Bearer ${host.token}`, 'content-type': contentType };
    const answer = await fetch(`${host.url}/psa/api/connections`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ code: 'request.media_type_unsupported' });
  });

  it('lets nobody cache, sniff or frame an answer, be it good or bad', async () => {
    for (const path of ['session', 'health/live', 'nowhere']) {
      const { headers } = await fetch(`${host.url}/psa/api/${path}`);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  it('answers what is no HTTP, and addresses it cannot read, without a stack', async () => {
    for (const path of ['/psa/api/connections/%zz', '/%00', `/psa/api/connections/${'a'.repeat(5000)}`]) {
      const answer = await fetch(host.url + path, { headers: { authorization: `Bearer ${host.token}` } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.text()).not.toMatch(/\n\s+at |node_modules|FST_ERR/);
    }
  });

  it('gives every answer a request id, the caller’s own where it is well-formed, and logs it', async () => {
    const given = await fetch(`${host.url}/psa/api/session`, {
      headers: { 'x-request-id': 'from-the-caller' },
    });
    expect(given.headers.get('x-request-id')).toBe('from-the-caller');
    expect(await given.json()).toMatchObject({ instance: expect.stringContaining('from-the-caller') });
    const made = await fetch(`${host.url}/nowhere`, { headers: { 'x-request-id': 'not well-formed' } });
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(host.output()).toMatch(
      /"requestId":"from-the-caller"[^\n]*"path":"\/psa\/api\/session","status":401/,
    );
  });

  it('counts a body that comes in pieces and without a length', async () => {
    const pieces = (async function* () {
      for (let count = 0; count < 11; count += 1) yield Buffer.alloc(100_000, 0x20);
    })();
    const answer = await fetch(`${host.url}/psa/api/connections`, {
      method: 'POST',
      headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' },
      body: pieces,
      duplex: 'half',
    } as unknown as RequestInit);
    expect(answer.status).toBe(413);
    expect((await fetch(`${host.url}/psa/api/health/live`)).status).toBe(200);
  });

  it.each(['{"__proto__":{"alias":"x"}}', '{"constructor":{"prototype":{"alias":"x"}}}'])(
    'takes no body that reaches for prototypes: %s',
    async (body) => {
      const headers = { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' };
      const answer = await fetch(`${host.url}/psa/api/connections`, { method: 'POST', headers, body });
      expect(answer.status).toBe(400);
    },
  );

  it.each(['TRACE', 'CONNECT-ME', 'PROPFIND'])('has nothing for the method %s', async (method) => {
    const answer = await raw(`${method} /psa/api/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toMatch(/\n\s+at |x-secret/);
  });

  it('refuses headers without end, a request that is none, and two lengths of one body', async () => {
    const long = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`;
    const twice =
      'POST /psa/api/connections HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    for (const text of [long, 'nonsense\r\n\r\n', twice]) {
      expect(await raw(text)).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
  });

  /** Sends bytes as they are and gives everything that comes back until the connection ends. */
  async function raw(text: string): Promise<string> {
    const { hostname, port } = new URL(host.url);
    const socket = connect(Number(port), hostname);
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
    socket.end(text);
    let answer = '';
    for await (const piece of socket) answer += String(piece);
    return answer;
  }
});
