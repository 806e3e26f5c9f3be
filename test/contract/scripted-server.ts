import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  /** Without query string. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Parsed JSON; undefined when there was no body. */
  body: unknown;
}

/** What to answer: a status with a body (an object is sent as JSON, text as it is), or whatever the function does. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | ((response: ServerResponse) => void);

/** A loopback HTTP server whose every answer the test decides; remembers what it was asked. */
export class ScriptedServer {
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(reply: (request: ReceivedRequest) => Reply): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server);
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      void scripted.#answer(incoming, response, reply);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  async #answer(
    incoming: IncomingMessage,
    response: ServerResponse,
    reply: (request: ReceivedRequest) => Reply,
  ): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    send(response, reply(request));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://scripted.invalid');
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (typeof reply === 'function') {
    reply(response);
    return;
  }
  const isText = typeof reply.body === 'string';
  response.writeHead(reply.status ?? 200, {
    'content-type': isText ? 'text/html' : 'application/json',
    ...reply.headers,
  });
  response.end(isText ? reply.body : reply.body === undefined ? '' : JSON.stringify(reply.body));
}
