import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { type Reply, ScriptedServer } from '../../../test/contract/scripted-server.js';
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
      context: { errorCode: 'ECONNREFUSED' },
    });
  });

  it('calls a connection that is dropped before the answer unreachable', async () => {
    const server = await serve((response) => response.destroy());
    await expect(transportTo(server.origin).send(to(server.origin))).rejects.toBeInstanceOf(
      PsaUnreachableError,
    );
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
});
