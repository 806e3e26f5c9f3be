import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HostEnvironment } from './environment.js';
import type { HttpDrain } from './http-drain.js';
import { giveRequestId } from './log-settings.js';

/** Of JSON, the only type the host reads; routes that take files read those themselves, and any other body is refused with 415. */
const BODY_LIMIT_BYTES = 1_048_576;

/** How long the sender of a body may take, in milliseconds. */
export interface SenderTimes {
  /** A client that sends headers or a body this slowly holds a connection for nothing. */
  request: number;
  upload: number;
  /** To read a refusal; the rest of an upload is nobody's any more. */
  afterAnswer: number;
}

const SENDER_TIMES: SenderTimes = { request: 60_000, upload: 3_600_000, afterAnswer: 5_000 };

/** Path of the one route that takes files of gigabytes; it reads nothing before the sender is known. */
const UPLOADS = '/psa/api/imports/partner-center';

/** Progress of a run, told until it ends; the connector ends these streams itself when it closes. */
const EVENT_STREAMS = /^\/psa\/api\/sync-runs\/[^/]+\/events$/;

const HSTS = { maxAge: 31_536_000, includeSubDomains: false };

/** The admin UI is one bundle of ours; its component library writes styles, nothing writes scripts. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
  },
};

/** What is used of Fastify's reply; its own `send` is typed by routes, and there is none here. */
interface BareReply {
  hijack(): unknown;
  raw: {
    writeHead(status: number, headers: Record<string, string>): unknown;
    end(text: string): unknown;
  };
}

const PROBLEM_HEADERS = {
  'Content-Type': 'application/problem+json; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

interface EdgeRefusal {
  code: string;
  title: string;
  status: number;
  detail: string;
  headers?: Record<string, string>;
  checks?: never[];
}

/** An address that cannot be decoded or is too long. */
const ADDRESS_UNREADABLE: EdgeRefusal = {
  code: 'request.address_unreadable',
  title: 'Malformed request',
  status: 400,
  detail: 'The address cannot be read: a part of it is not encoded well, or is too long.',
};

/** Whatever comes while the host ends; a readiness probe takes the process out of service by it. */
const SHUTTING_DOWN: EdgeRefusal = {
  code: 'health.not_ready',
  title: 'Try again later',
  status: 503,
  detail: 'Not ready. The process is shutting down.',
  headers: { Connection: 'close', 'Retry-After': '5' },
  checks: [],
};

/** Answers with the problem document of what never reaches Nest and its filter. */
function refuse({ headers, ...problem }: EdgeRefusal, requestId: string, reply: BareReply): void {
  reply.hijack();
  reply.raw.writeHead(problem.status, { ...PROBLEM_HEADERS, ...headers, 'X-Request-Id': requestId });
  const type = `urn:psa-connector:problem:${problem.code}`;
  reply.raw.end(JSON.stringify({ type, ...problem, instance: requestId }));
}

/** The HTTP server before Nest: request ids, limits, and which media types it reads at all. */
export function createAdapter(
  { access }: Pick<HostEnvironment, 'access'>,
  drain: HttpDrain,
  times = SENDER_TIMES,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // Of the whole server; `limitBody` ends all but uploads sooner, and Node's own limit for headers is a minute.
    requestTimeout: times.upload,
    // What is still open then was waited for (`HttpDrain`) and would keep the process from ending.
    forceCloseConnections: true,
    genReqId: giveRequestId,
    frameworkErrors: (_error: unknown, request: { id: string }, reply: BareReply) =>
      refuse(ADDRESS_UNREADABLE, request.id, reply),
    ...(access.trustedProxies.length === 0 ? {} : { trustProxy: access.trustedProxies }),
  });
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    if (drain.isBegun) {
      refuse(SHUTTING_DOWN, request.id, reply);
      return;
    }
    reply.header('X-Request-Id', request.id);
    // Without the query, which is the caller's to choose.
    const [path = ''] = request.url.split('?', 1);
    if (!EVENT_STREAMS.test(path)) drain.watch(reply.raw);
    limitBody(request.raw, reply.raw, path === UPLOADS, times);
    done();
  });
  return adapter;
}

/** Closes the connection of a body that has not come in time, or is still coming although it was answered. */
function limitBody(
  request: IncomingMessage,
  response: ServerResponse,
  isUpload: boolean,
  times: SenderTimes,
): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody) return;
  if (isUpload) response.once('finish', () => endUnlessComplete(request, times.afterAnswer));
  else endUnlessComplete(request, times.request);
}

function endUnlessComplete(request: IncomingMessage, withinMs: number): void {
  if (request.complete) return;
  const { socket } = request;
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy();
  }, withinMs).unref();
  request.once('close', () => {
    if (request.complete) clearTimeout(timer);
  });
}

/** Body parsers and security headers. */
export async function fortify(
  app: NestFastifyApplication,
  { access, adminUi }: HostEnvironment,
): Promise<void> {
  acceptJson(app);
  const { useDefaults, directives } = CONTENT_SECURITY_POLICY;
  const isFramed = adminUi.frameAncestors.length > 0;
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults,
      directives: { ...directives, frameAncestors: isFramed ? adminUi.frameAncestors : ["'none'"] },
    },
    // Knows no list of origins, and would refuse those the policy allows.
    ...(isFramed ? { xFrameOptions: false } : {}),
    // Without a configured address, whoever ends TLS in front of the host decides this for the name.
    strictTransportSecurity: access.publicOrigin?.startsWith('https:') === true ? HSTS : false,
  });
}

/** Many clients send the JSON content type with every POST, also with none of a body; Fastify alone refuses that. */
function acceptJson(app: NestFastifyApplication): void {
  const instance = app.getHttpAdapter().getInstance();
  const parse = instance.getDefaultJsonParser('error', 'error');
  // Fastify's own parsers also take plain text.
  instance.removeAllContentTypeParsers();
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request as Parameters<typeof parse>[0], body.toString('utf8'), done);
  });
}
