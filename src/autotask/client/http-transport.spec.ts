import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type Reply, ScriptedServer } from '../../../test/contract/scripted-server.js';
import { selfSignedCertificate } from '../../../test/contract/self-signed-certificate.js';
import {
  PsaHostNotAllowedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import { AllowedHosts } from './allowed-hosts.js';
import { HttpTransport, type TransportOptions } from './http-transport.js';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(reply: Reply): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(() => reply);
  closers.push(() => server.stop());
  return server;
}

function transportTo(origin: string, options: Partial<TransportOptions> = {}): HttpTransport {
  const transport = new HttpTransport({
    allowedHosts: new AllowedHosts([], origin),
    requestTimeoutMs: 5000,
    ...options,
  });
  closers.unshift(() => transport.close());
  return transport;
}

const to = (url: string) => ({ method: 'GET' as const, url: new URL(url), headers: {}, label: 'GET x' });

describe('the transport', () => {
  it('gives status, headers and body', async () => {
    const server = await serve({ status: 418, headers: { 'x-a': 'b' }, body: { ü: 1 } });
    const answer = await transportTo(server.origin).send(to(`${server.origin}/x`));
    expect(answer).toMatchObject({ status: 418, headers: { 'x-a': 'b' }, body: '{"ü":1}' });
  });

  it('sends nothing to a host that is not allowed', async () => {
    const allowed = await serve({});
    const other = await serve({});
    let sent = 0;
    const sending = transportTo(allowed.origin).send({
      ...to(`${other.origin}/x`),
      onSending: () => {
        sent += 1;
      },
    });
    await expect(sending).rejects.toBeInstanceOf(PsaHostNotAllowedError);
    expect(other.requests).toHaveLength(0);
    expect(sent).toBe(0);
  });

  it('does not follow a redirect', async () => {
    const other = await serve({});
    const server = await serve({ status: 302, headers: { location: `${other.origin}/stolen` } });
    const transport = transportTo(server.origin, {
      allowedHosts: new AllowedHosts([other.host], server.origin),
    });
    expect((await transport.send(to(server.origin))).status).toBe(302);
    expect(other.requests).toHaveLength(0);
  });

  it('calls a refused connection unreachable', async () => {
    const server = await ScriptedServer.start(() => ({}));
    const { origin } = server;
    await server.stop();
    await expect(transportTo(origin).send(to(origin))).rejects.toMatchObject({
      name: 'PsaUnreachableError',
      context: { errorCode: 'ECONNREFUSED', isSent: false },
    });
  });

  it('calls a connection that is dropped before the answer unreachable', async () => {
    const server = await serve((response) => response.destroy());
    await expect(transportTo(server.origin).send(to(server.origin))).rejects.toMatchObject({
      name: 'PsaUnreachableError',
      context: { isSent: true },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('calls a silent server unreachable after the time-out', async () => {
    const server = await serve(() => {});
    const sending = transportTo(server.origin, { requestTimeoutMs: 50 }).send(to(server.origin));
    await expect(sending).rejects.toMatchObject({
      name: 'PsaUnreachableError',
      detail: `Autotask at ${server.host} did not answer within 0.05 seconds.`,
    });
  });

  it('counts a body that stalls against the time-out', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
    });
    const sending = transportTo(server.origin, { requestTimeoutMs: 100 }).send(to(server.origin));
    await expect(sending).rejects.toBeInstanceOf(PsaUnreachableError);
  });

  it('calls a body that breaks off an unexpected answer', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"items":[', () => response.destroy());
    });
    await expect(transportTo(server.origin).send(to(server.origin))).rejects.toBeInstanceOf(
      PsaUnexpectedAnswerError,
    );
  });

  it.each([{ 'content-length': '2000' }, {}])('refuses a body beyond the cap (%j)', async (headers) => {
    const server = await serve((response) => {
      response.writeHead(200, headers);
      response.end('x'.repeat(2000));
    });
    const sending = transportTo(server.origin, { maxBodyBytes: 1000 }).send(to(server.origin));
    await expect(sending).rejects.toMatchObject({
      name: 'PsaUnexpectedAnswerError',
      detail: `Autotask at ${server.host} gave an answer that is too large.`,
    });
  });

  it('ends with the reason of the abort signal', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort(new Error('shutting down')));
    const sending = transportTo(server.origin).send(to(server.origin), controller.signal);
    await expect(sending).rejects.toThrow('shutting down');
  });

  it('ends with that reason in the middle of a body too', async () => {
    const controller = new AbortController();
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => setTimeout(() => controller.abort(new Error('shutting down')), 20));
    });
    const sending = transportTo(server.origin).send(to(server.origin), controller.signal);
    await expect(sending).rejects.toThrow('shutting down');
  });

  it('puts a sign together again that came in two parts', async () => {
    const [first, ...rest] = Buffer.from('\u{1F9FE}');
    const server = await serve((response) => {
      response.write(Buffer.of(first ?? 0), () => setTimeout(() => response.end(Buffer.from(rest)), 20));
    });
    const { body } = await transportTo(server.origin).send(to(server.origin));
    expect(body).toBe('\u{1F9FE}');
  });

  it('sends nothing when aborted beforehand', async () => {
    const server = await serve({});
    const transport = transportTo(server.origin);
    await expect(transport.send(to(server.origin), AbortSignal.abort(new Error('too late')))).rejects.toThrow(
      'too late',
    );
    expect(server.requests).toHaveLength(0);
  });

  it('closes its idle connections', async () => {
    let closed: Promise<unknown> | undefined;
    const server = await serve((response) => {
      closed = once(response.socket!, 'close');
      response.end('{}');
    });
    const transport = transportTo(server.origin);
    await transport.send(to(server.origin));
    await transport.close();
    closers.shift();
    await expect(closed).resolves.toBeDefined();
  });

  it('does not connect to a vendor host whose name leads to a private address', async () => {
    const transport = transportTo('http://127.0.0.1:1', {
      resolveAll: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const sending = transport.send(to('https://webservices2.autotask.net/ATServicesRest/V1.0/Version'));
    await expect(sending).rejects.toMatchObject({
      code: 'psa.host_not_allowed',
      context: { host: 'webservices2.autotask.net' },
    });
  });

  it('does not take the default discovery host for a listed one', async () => {
    const origin = 'https://webservices.autotask.net/atservicesrest';
    const transport = transportTo(origin, {
      resolveAll: (_name, _options, done) => done(null, [{ address: '10.0.0.5', family: 4 }]),
    });
    await expect(transport.send(to(`${origin}/v1.0/zoneInformation`))).rejects.toBeInstanceOf(
      PsaHostNotAllowedError,
    );
  });

  it('reaches a private host that is listed, by its address and by its name', async () => {
    const server = await serve({ body: { ok: true } });
    const { port } = new URL(server.origin);
    const transport = transportTo(server.origin, {
      allowedHosts: new AllowedHosts([`localhost:${port}`], server.origin),
    });
    expect((await transport.send(to(`${server.origin}/x`))).status).toBe(200);
    expect((await transport.send(to(`http://localhost:${port}/x`))).status).toBe(200);
  });

  it('refuses a certificate nobody vouches for, before sending anything', async () => {
    const requests: unknown[] = [];
    const server = createServer(selfSignedCertificate(), (request, response) => {
      requests.push(request.url);
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(transportTo(origin).send(to(origin))).rejects.toMatchObject({
      name: 'PsaUnreachableError',
      context: { errorCode: 'DEPTH_ZERO_SELF_SIGNED_CERT', isSent: false },
    });
    expect(requests).toHaveLength(0);
  });

  it('keeps nothing of what was sent or answered in an error, however deep one looks', async () => {
    const server = await serve((response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nX-Echo hunter2\r\n\r\nhunter2');
    });
    const error: unknown = await transportTo(server.origin)
      .send({ ...to(server.origin), headers: { Secret: 'hunter2' } })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PsaUnexpectedAnswerError);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
  });
});
