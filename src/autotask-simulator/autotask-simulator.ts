import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type Fault, FaultPlan } from './fault-plan.js';
import { type CallTrace, type IncomingCall, RequestHandler } from './http/request-handler.js';
import { errorsReply, htmlReply, jsonReply, messageReply, type Reply, unauthorized } from './http/reply.js';
import { RequestJournal } from './request-journal.js';
import { seedCspWorld } from './seed/seed-csp-world.js';
import type { SimulatorWorld } from './world/simulator-world.js';

export interface AutotaskSimulatorOptions {
  /** Address to listen on; default `127.0.0.1`. */
  host?: string;
  /** Port to listen on; default 0, any free one. */
  port?: number;
  /** Clock of the simulated vendor; default the real one. */
  now?: () => Date;
  /** Databases to answer for; default `seedCspWorld(now())`. */
  world?: SimulatorWorld;
  /** Milliseconds added to every signed-in request; default 0. */
  latencyMs?: number;
  /** Adds the vendor's 0.5 and 1 second of latency above half and three quarters of the allowance; default false. */
  thresholdLatency?: boolean;
  /**
   * How a wrong integration code is refused, on which sources disagree (reference §1.4): `legacy` (default) says so in a
   * 500, `empty401` answers like a wrong secret.
   */
  authFailures?: 'empty401' | 'legacy';
  /** Status of the thread-limit refusal; default 500, since observers saw a status other than 429. */
  threadLimitStatus?: 500 | 429;
}

const MAX_BODY_BYTES = 10_000_000;

/**
 * Stands in for the Autotask REST API over plain HTTP: the evaluation sandbox, our tests and hosts' tests. It refuses what
 * the vendor refuses, records every request and injects faults.
 */
export class AutotaskSimulator {
  readonly journal = new RequestJournal();
  readonly faults = new FaultPlan();
  private readonly stopping = new AbortController();
  private readonly handler: RequestHandler;

  private constructor(
    private readonly server: Server,
    readonly world: SimulatorWorld,
    private readonly now: () => Date,
    options: AutotaskSimulatorOptions,
  ) {
    this.handler = new RequestHandler({
      world,
      now,
      authFailures: options.authFailures ?? 'legacy',
      threadLimitStatus: options.threadLimitStatus ?? 500,
      latencyMs: options.latencyMs ?? 0,
      hasThresholdLatency: options.thresholdLatency ?? false,
      sleep: async (milliseconds) => this.sleep(milliseconds),
    });
  }

  /** Listens and returns once requests are answered. */
  static async start(options: AutotaskSimulatorOptions = {}): Promise<AutotaskSimulator> {
    const now = options.now ?? (() => new Date());
    const server = createServer();
    const simulator = new AutotaskSimulator(server, options.world ?? seedCspWorld(now()), now, options);
    server.on('request', (request, response) => void simulator.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
    });
    return simulator;
  }

  /** `address:port` the simulator listens on. */
  get host(): string {
    const { address, port, family } = this.server.address() as AddressInfo;
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Base of zone discovery: `GET {discoveryUrl}/v1.0/zoneInformation?user=`. */
  get discoveryUrl(): string {
    return `http://${this.host}/atservicesrest`;
  }

  /** Stops listening, ends every wait and closes every connection, also idle ones. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = addressOf(request, this.host);
    const method = request.method ?? 'GET';
    const trace: CallTrace = { concurrency: 0 };
    let bodyText = '';
    const record = (status: number | null): void => {
      this.journal.record({
        at: this.now(),
        method,
        path: url.pathname,
        search: url.search,
        entity: /\/v1\.0\/+([^/]+)/i.exec(url.pathname)?.[1] ?? '',
        userName: [request.headers['username']].flat()[0] ?? null,
        status,
        concurrency: trace.concurrency,
        body: isWrite(method, url.pathname) ? bodyText : null,
      });
    };
    try {
      const body = await readBody(request);
      if (typeof body === 'string') bodyText = body;
      const fault = this.faults.take(method, url.pathname);
      if (fault?.kind === 'delay') await this.sleep(fault.ms);
      const reply =
        fault?.kind === 'dropBefore'
          ? null
          : await this.reply({ method, url, headers: request.headers, bodyText }, trace, body, fault);
      const isAnswered = reply !== null && fault?.kind !== 'dropAfter';
      record(isAnswered ? reply.status : null);
      if (isAnswered) await send(response, reply, fault?.kind === 'truncate');
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      record(500);
      await send(response, errorsReply([`Simulator fault: ${String(error)}`]));
    } finally {
      if (!response.writableEnded) request.socket.destroy();
    }
  }

  private async reply(
    call: IncomingCall,
    trace: CallTrace,
    body: string | Reply,
    fault: Fault | undefined,
  ): Promise<Reply> {
    const instead = fault === undefined ? undefined : replyInstead(fault);
    const isCommitted = fault?.kind === 'status' && fault.afterCommit === true;
    if (instead !== undefined && !isCommitted) return instead;
    const reply = typeof body === 'string' ? await this.handler.handle(call, trace) : body;
    if (instead !== undefined) return instead;
    if (fault?.kind !== 'malformedJson') return reply;
    return { ...reply, status: 200, body: `${reply.body.slice(0, reply.body.length / 2)}<` };
  }

  private async sleep(milliseconds: number): Promise<void> {
    await sleepFor(milliseconds, undefined, { signal: this.stopping.signal });
  }
}

function replyInstead(fault: Fault): Reply | undefined {
  switch (fault.kind) {
    case 'html':
      return htmlReply(200, 'Autotask is undergoing scheduled maintenance');
    case 'empty401':
      return unauthorized(null);
    case 'status': {
      const text = typeof fault.body === 'string' ? fault.body : undefined;
      const reply =
        fault.body === undefined || text !== undefined ? null : jsonReply(fault.status, fault.body);
      return {
        status: fault.status,
        headers: { ...reply?.headers, ...fault.headers },
        body: reply?.body ?? text ?? '',
      };
    }
    default:
      return undefined;
  }
}

function isWrite(method: string, path: string): boolean {
  return method !== 'GET' && !/\/query(\/|$)/i.test(path);
}

/** The body as text, or the refusal of a body the vendor's server would not read. */
async function readBody(request: IncomingMessage): Promise<string | Reply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return messageReply(413, 'Maximum request length exceeded.');
    chunks.push(chunk);
  }
  if (bytes === 0) return '';
  const mediaType = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(mediaType)) {
    return messageReply(
      415,
      `The request entity's media type '${mediaType}' is not supported for this resource.`,
    );
  }
  const content = Buffer.concat(chunks);
  if (!/gzip/i.test(request.headers['content-encoding'] ?? '')) return content.toString('utf8');
  try {
    return gunzipSync(content, { maxOutputLength: MAX_BODY_BYTES }).toString('utf8');
  } catch {
    return errorsReply(['The request body is not valid gzip.']);
  }
}

/** Resolves when the answer is on its way; a truncated one leaves the connection to be closed by the caller. */
async function send(response: ServerResponse, reply: Reply, isTruncated = false): Promise<void> {
  const body = Buffer.from(reply.body, 'utf8');
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': body.length });
  if (!isTruncated) {
    response.end(body);
    return;
  }
  await new Promise<void>((resolve) => {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => resolve());
  });
}

/** The address as the client sees the server; a malformed Host header falls back to our own. */
function addressOf(request: IncomingMessage, host: string): URL {
  const path = request.url ?? '/';
  const ours = `http://${host}${path.startsWith('/') ? path : '/'}`;
  return (
    URL.parse(`http://${request.headers.host ?? host}${path.startsWith('/') ? path : '/'}`) ?? new URL(ours)
  );
}
