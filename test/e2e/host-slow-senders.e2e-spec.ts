import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAdapter } from '../../src/host-app/http-edge.js';
import { HttpDrain } from '../../src/host-app/http-drain.js';

const TIMES = { request: 300, upload: 60_000, afterAnswer: 300 };
const LONGER_MS = 1_000;

describe('senders that do not come to an end', () => {
  const access = { trustedProxies: [] } as unknown as Parameters<typeof createAdapter>[0]['access'];
  const adapter = createAdapter({ access }, new HttpDrain(), TIMES);
  let port: number;

  beforeAll(async () => {
    const fastify = adapter.getInstance();
    fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
    fastify.post('/psa/api/sign-in', (request, reply) => {
      request.raw.resume().once('end', () => void reply.send('read'));
    });
    fastify.post('/psa/api/refused', (_request, reply) => reply.code(401).send('refused'));
    fastify.post('/psa/api/imports/partner-center', (request, reply) => {
      if (request.headers.authorization === undefined) return reply.code(401).send('refused');
      request.raw.resume().once('end', () => void reply.send('read'));
      return reply;
    });
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    port = (fastify.server.address() as { port: number }).port;
  });

  afterAll(() => adapter.close());

  /** Sends the head of a request with a body of which one byte comes. */
  async function begin(path: string, header = ''): Promise<{ socket: Socket; answer: () => string }> {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    let text = '';
    // What the server destroys may end as a reset.
    socket.on('data', (piece) => (text += String(piece))).on('error', () => undefined);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${header}Content-Length: 1000000\r\n\r\nx`);
    return { socket, answer: () => text };
  }

  it.each([
    '/psa/api/sign-in',
    '/psa/api/sign-in?/api/imports/partner-center',
    '/psa/api/sign-in?x=/psa/api/imports/partner-center',
    '/psa/api/refused',
  ])('have the time of a request at %s', async (path) => {
    const { socket } = await begin(path);
    expect(await isClosedWithin(socket, 10_000)).toBe(true);
  });

  it('have longer for an upload', async () => {
    const { socket, answer } = await begin(
      '/psa/api/imports/partner-center?format=focus',
      'Authorization: Bearer x\r\n',
    );
    expect(await isClosedWithin(socket, LONGER_MS)).toBe(false);
    socket.write(Buffer.alloc(999_999));
    await once(socket, 'data');
    expect(answer()).toContain('200 OK');
  });

  it('lose their connection after the refusal of an upload', async () => {
    const { socket, answer } = await begin('/psa/api/imports/partner-center');
    expect(await isClosedWithin(socket, 10_000)).toBe(true);
    expect(answer()).toContain('401');
  });
});

async function isClosedWithin(socket: Socket, ms: number): Promise<boolean> {
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(ms) });
  return closed.then(
    () => true,
    () => false,
  );
}
