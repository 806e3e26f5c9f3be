import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleepFor } from 'node:timers/promises';
import { ControlServer } from './control/control-server.js';
import { type Fault, FaultPlan } from './fault-plan.js';
import {
  type CallTrace,
  type IncomingCall,
  RequestHandler,
  type ServerLimits,
} from './http/request-handler.js';
import { errorsReply, htmlReply, jsonReply, type Reply, unauthorized } from './http/reply.js';
import { addressOf, readBody, send } from './http/transport.js';
import { RequestJournal } from './request-journal.js';
import { seedCspWorld } from './seed/seed-csp-world.js';
import { SimulatorClock } from './simulator-clock.js';
import type { SimulatorWorld } from './world/simulator-world.js';

export interface AutotaskSimulatorOptions {
  /** Address to listen on; default `127.0.0.1`. */
  host?: string;
  /** Port to listen on; default 0, any free one. */
  port?: number;
  /** Port of the control API on 127.0.0.1, 0 for any free one; without it there is no control API. */
  controlPort?: number;
  /** Clock of the simulated vendor; default the real one. */
  now?: () => Date;
  /** Databases to answer for; default `seedCspWorld(now())`. */
  world?: SimulatorWorld;
  /** Milliseconds a signed-in request takes, the simulator's own work included; default 0. */
  latencyMs?: number;
  /** Adds the vendor's 0.5 and 1 second of latency above half and three quarters of the allowance; default false. */
  thresholdLatency?: boolean;
  /** Milliseconds after its answer at which a request's thread is free again; default 0. */
  slotReleaseDelayMs?: number;
  /**
   * How a wrong integration code is refused, on which sources disagree (reference §1.4): `legacy` (default) says so in a
   * 500, `empty401` answers like a wrong secret.
   */
  authFailures?: 'empty401' | 'legacy';
  /** Requests at a time per integration code and entity; default 3, the vendor's limit for new integrations. */
  maxThreads?: number;
  /** Status of the thread-limit refusal; default 500, since observers saw a status other than 429. */
  threadLimitStatus?: 500 | 429;
}

/**
 * Stands in for the Autotask REST API over plain HTTP: the evaluation sandbox, our tests and hosts' tests. It refuses what
 * the vendor refuses, records every request and injects faults.
 */
export class AutotaskSimulator {
  readonly journal = new RequestJournal();
  readonly faults = new FaultPlan();
  /** Latency and thread rules, effective from the next request on. */
  readonly limits: ServerLimits;
  private readonly stopping = new AbortController();
  private readonly handler: RequestHandler;
  private control: ControlServer | null = null;

  private constructor(
    private readonly server: Server,
    readonly world: SimulatorWorld,
    readonly clock: SimulatorClock,
    options: AutotaskSimulatorOptions,
  ) {
    this.limits = {
      maxThreads: options.maxThreads ?? 3,
      threadLimitStatus: options.threadLimitStatus ?? 500,
      latencyMs: options.latencyMs ?? 0,
      hasThresholdLatency: options.thresholdLatency ?? false,
      slotReleaseDelayMs: options.slotReleaseDelayMs ?? 0,
    };
    this.handler = new RequestHandler({
      world,
      now: () => clock.now(),
      authFailures: options.authFailures ?? 'legacy',
      limits: this.limits,
      sleep: async (milliseconds) => this.sleep(milliseconds),
    });
  }

  /** Listens and returns once requests are answered. */
  static async start(options: AutotaskSimulatorOptions = {}): Promise<AutotaskSimulator> {
    const clock = new SimulatorClock(options.now ?? (() => new Date()));
    const server = createServer();
    const simulator = new AutotaskSimulator(
      server,
      options.world ?? seedCspWorld(clock.now()),
      clock,
      options,
    );
    server.on('request', (request, response) => void simulator.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
    });
    if (options.controlPort === undefined) return simulator;
    try {
      simulator.control = await ControlServer.listen(simulator, options.controlPort);
      return simulator;
    } catch (error) {
      await simulator.stop();
      throw error;
    }
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

  /** Base of the control API, or null when it was not asked for. */
  get controlUrl(): string | null {
    return this.control?.url ?? null;
  }

  /** Requests counted against the hourly allowance of a database. */
  usageOf(ci: number): number {
    return this.handler.usageOf(this.world.database(ci));
  }

  /** Counts requests that other integrations of the same database made just now. */
  addUsage(ci: number, count: number): void {
    this.handler.addUsage(this.world.database(ci), count);
  }

  /** Stops listening, ends every wait and closes every connection, also idle ones. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.control?.stop();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** A timer alone is a millisecond late now and then, which counts in a benchmark of a client. */
  private async sleep(milliseconds: number): Promise<void> {
    const { signal } = this.stopping;
    const until = performance.now() + milliseconds;
    if (milliseconds > 1) await sleepFor(Math.floor(milliseconds) - 1, undefined, { signal });
    while (performance.now() < until) await nextTurn(undefined, { signal });
  }

  private async unlessStopped(until: Promise<unknown>): Promise<void> {
    const { signal } = this.stopping;
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    await Promise.race([until, stopped]);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = addressOf(request, this.host);
    const method = request.method ?? 'GET';
    const trace: CallTrace = { concurrency: 0 };
    let bodyText = '';
    const record = (status: number | null): void => {
      this.journal.record({
        at: this.clock.now(),
        method,
        path: url.pathname,
        search: url.search,
        entity: /\/v1\.0\/+([^/]+)/i.exec(url.pathname)?.[1] ?? '',
        userName: [request.headers['username']].flat()[0] ?? null,
        ci: trace.ci ?? null,
        integrationCode: trace.integrationCode ?? null,
        status,
        concurrency: trace.concurrency,
        body: isWrite(method, url.pathname) ? bodyText : null,
      });
    };
    try {
      const body = await readBody(request);
      if (typeof body === 'string') bodyText = body;
      const fault = this.faults.take(method, url.pathname);
      if (fault?.kind === 'hold') await this.unlessStopped(fault.until);
      if (fault?.kind === 'commitLate') {
        request.socket.destroy();
        await this.sleep(fault.ms);
      }
      const delayMs = fault?.kind === 'delay' ? fault.ms : 0;
      const call = { method, url, headers: request.headers, bodyText, delayMs };
      const reply = fault?.kind === 'dropBefore' ? null : await this.reply(call, trace, body, fault);
      const isAnswered = reply !== null && fault?.kind !== 'dropAfter' && fault?.kind !== 'commitLate';
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
