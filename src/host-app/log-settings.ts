import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoggerService, RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import type { LogLevel } from './environment.js';

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** What Nest says about every module and route at start: dozens of lines that help only its developers. */
const FRAMEWORK_CONTEXTS: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);

/** Members that hold a secret, up to two levels down; nothing logs them on purpose, and this is the net below. */
const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  'credentials',
  'integrationCode',
  'masterKey',
  'password',
  'secret',
  'token',
];

/**
 * Settings of the JSON log on standard output: one line per request with its id, method, path, status and duration, and
 * nothing of its headers, query or body.
 */
export function logSettings(level: LogLevel): Params {
  return {
    // Facts given beside a message stand in the line itself, as in `logger.warn('Sync run failed', { syncRunId })`.
    nativeLogger: { structuredParams: true, flattenParams: true },
    // The default of nestjs-pino matches nothing but `/` under Fastify.
    forRoutes: [{ path: '/{*splat}', method: RequestMethod.ALL }],
    pinoHttp: [
      {
        level,
        redact: {
          paths: SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
          censor: '[secret]',
        },
        quietReqLogger: true,
        quietResLogger: true,
        customAttributeKeys: { reqId: 'requestId' },
        serializers: { req: () => undefined, res: () => undefined },
        autoLogging: { ignore: (request) => pathOf(request).includes('/health/') },
        customLogLevel: () => 'info',
        customSuccessMessage: () => 'Request completed',
        customSuccessObject: describeExchange,
        // A failure is logged where it is decided; here a 500 is a completed request like any other.
        customErrorMessage: () => 'Request completed',
        customErrorObject: (request, response, _error, facts: { responseTime: number }) =>
          describeExchange(request, response, facts),
      },
      // The same stream the banner goes to, so that lines keep their order.
      process.stdout,
    ],
  };
}

/**
 * The id of a request: the caller's `X-Request-Id` where it is well-formed, else a new one. It is put back on the request, so that
 * audit entries and problem documents carry the id of the log line.
 */
export function giveRequestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  request.headers['x-request-id'] = id;
  return id;
}

function describeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  { responseTime }: { responseTime: number },
): Record<string, unknown> {
  return {
    method: request.method,
    path: pathOf(request),
    status: response.statusCode,
    durationMs: responseTime,
  };
}

/** Nest's middleware may rewrite `url`; the address as it came in is kept beside it. */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return (request.originalUrl ?? request.url ?? '').split('?')[0] ?? '';
}

/** The same logger with Nest's lines about modules and routes moved to level debug. */
export function withQuietFramework(logger: LoggerService): LoggerService {
  return {
    log: (message: unknown, ...rest: unknown[]) => {
      if (FRAMEWORK_CONTEXTS.has(rest.at(-1))) logger.debug?.(message, ...rest);
      else logger.log(message, ...rest);
    },
    error: (message: unknown, ...rest: unknown[]) => logger.error(message, ...rest),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(message, ...rest),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug?.(message, ...rest),
    verbose: (message: unknown, ...rest: unknown[]) => logger.verbose?.(message, ...rest),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal?.(message, ...rest),
  };
}
