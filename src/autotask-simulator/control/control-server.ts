import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseJson, toJsonText } from '../http/json-text.js';
import type { Reply } from '../http/reply.js';
import { readBody, send } from '../http/transport.js';
import { AutotaskRefusal } from '../rules/autotask-refusal.js';
import { clockRoutes } from './clock-control.js';
import { ControlProblem, notFound } from './control-problem.js';
import type { ControlAnswer, ControlCall, ControlRoute, ControlTarget } from './control-route.js';
import { faultRoutes } from './fault-control.js';
import { journalRoutes } from './journal-control.js';
import { limitRoutes } from './limit-control.js';
import { postingRoutes } from './posting-control.js';
import { recordRoutes } from './record-control.js';
import { userRoutes } from './user-control.js';

const ROUTES: readonly ControlRoute[] = [
  ...faultRoutes,
  ...clockRoutes,
  ...journalRoutes,
  ...limitRoutes,
  ...postingRoutes,
  ...recordRoutes,
  ...userRoutes,
];

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The control API of a running simulator, on a port of its own: what a person does in the vendor's interface, what goes
 * wrong on the way, and what was asked. It listens on the loopback address and refuses any other `Host`, so that a page
 * in a browser cannot reach it through a name that leads here.
 */
export class ControlServer {
  private constructor(
    private readonly server: Server,
    private readonly target: ControlTarget,
  ) {}

  /** Listens on 127.0.0.1; port 0 takes any free one. */
  static async listen(target: ControlTarget, port: number): Promise<ControlServer> {
    const server = createServer();
    const control = new ControlServer(server, target);
    server.on('request', (request, response) => void control.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return control;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await send(response, await this.reply(request));
    } catch (error) {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async reply(request: IncomingMessage): Promise<Reply> {
    try {
      this.requireLocal(request);
      const body = await readJson(request);
      const { status, body: answer } = this.answer(request, body);
      if (answer === undefined) return { status, headers: {}, body: '' };
      return {
        status,
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: toJsonText(answer),
      };
    } catch (error) {
      return problemReply(toProblem(error));
    }
  }

  private requireLocal(request: IncomingMessage): void {
    const { port } = this.server.address() as AddressInfo;
    const host = request.headers.host?.toLowerCase() ?? '';
    const isLocal = LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '');
    if (isLocal && LOOPBACK_NAMES.some((name) => host === `${name}:${port}`)) return;
    throw new ControlProblem(403, 'The control API answers only this machine, under its loopback address.');
  }

  private answer(request: IncomingMessage, body: unknown): ControlAnswer {
    const url = new URL(request.url ?? '/', this.url);
    const method = request.method ?? 'GET';
    const reachable = ROUTES.flatMap((route) => {
      const params = paramsOf(route.path, url.pathname);
      return params === null ? [] : [{ route, params }];
    });
    const found = reachable.find(({ route }) => route.method === method);
    if (found !== undefined) {
      const call: ControlCall = { target: this.target, params: found.params, query: url.searchParams, body };
      return found.route.handle(call);
    }
    if (reachable.length === 0) throw notFound(`There is no '${url.pathname}' in the control API.`);
    const allowed = reachable.map(({ route }) => route.method).join(', ');
    throw new ControlProblem(405, `'${url.pathname}' takes ${allowed}.`, [], { Allow: allowed });
  }
}

function paramsOf(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/\/$/, '').split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [position, part] of wanted.entries()) {
    const value = given[position] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = decode(value);
    else if (part !== value) return null;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request);
  if (typeof body !== 'string') {
    throw new ControlProblem(
      body.status === 500 ? 400 : body.status,
      'A body must be JSON, announced as application/json.',
    );
  }
  if (body === '') return undefined;
  try {
    return parseJson(body);
  } catch (error) {
    throw new ControlProblem(400, `The body is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** What the vendor's own interface would refuse to a person is a conflict. */
function toProblem(error: unknown): ControlProblem {
  if (error instanceof ControlProblem) return error;
  if (error instanceof AutotaskRefusal) {
    return new ControlProblem(
      409,
      error.message,
      error.errors.map((detail) => ({ detail })),
    );
  }
  return new ControlProblem(500, `Simulator fault: ${String(error)}`);
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Refused by the simulated vendor',
  413: 'Body too large',
  415: 'Unsupported media type',
  422: 'Invalid input',
};

function problemReply({ status, message, errors, headers }: ControlProblem): Reply {
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
    body: JSON.stringify({ title: TITLES[status] ?? 'Simulator fault', status, detail: message, errors }),
  };
}
