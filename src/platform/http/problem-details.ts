import { HttpException } from '@nestjs/common';
import { ConnectorError, type ErrorCategory } from '../../kernel/connector-error.js';

/** RFC 9457 problem document. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Request id, also in `X-Request-Id` and in the log. */
  instance: string;
  code: string;
  [extension: string]: unknown;
}

type LogLevel = 'error' | 'warn' | 'debug';

interface CategoryRow {
  status: number;
  title: string;
  level: LogLevel;
}

/** Status and log level of each error category; the only such table for HTTP. */
export const HTTP_BY_CATEGORY: Readonly<Record<ErrorCategory, CategoryRow>> = {
  invalid_input: { status: 422, title: 'Invalid input', level: 'debug' },
  unauthenticated: { status: 401, title: 'Not signed in', level: 'debug' },
  forbidden: { status: 403, title: 'Not allowed', level: 'debug' },
  not_found: { status: 404, title: 'Not found', level: 'debug' },
  conflict: { status: 409, title: 'Conflict', level: 'debug' },
  throttled: { status: 429, title: 'Too many requests', level: 'debug' },
  configuration: { status: 422, title: 'Set-up needed', level: 'warn' },
  rate_limited: { status: 503, title: 'The PSA asks to wait', level: 'warn' },
  upstream_unavailable: { status: 502, title: 'The PSA is not available', level: 'warn' },
  rejected_by_psa: { status: 422, title: 'Refused by the PSA', level: 'warn' },
  internal: { status: 500, title: 'Internal error', level: 'error' },
};

/** Errors that arise before a controller is reached: broken JSON, unknown route, too large, wrong media type. */
const TRANSPORT: Readonly<Record<number, { code: string; title: string; detail: string }>> = {
  400: {
    code: 'request.malformed',
    title: 'Malformed request',
    detail:
      'The body is not valid JSON. Send one JSON object with the header "Content-Type: application/json".',
  },
  404: { code: 'request.not_found', title: 'Not found', detail: 'There is nothing at this address.' },
  405: {
    code: 'request.method_not_allowed',
    title: 'Method not allowed',
    detail: 'This address has no such method.',
  },
  413: {
    code: 'request.too_large',
    title: 'Body too large',
    detail: 'The body is larger than the server accepts.',
  },
  415: {
    code: 'request.media_type_unsupported',
    title: 'Unsupported media type',
    detail:
      'Send the body as "Content-Type: application/json", or in the media type the API description names for this address.',
  },
};

/** Refusals of the HTTP server itself that need no words of ours, such as a method or a header it does not take. */
const OTHER_REFUSAL = {
  code: 'request.refused',
  title: 'Request refused',
  detail: 'The server does not take this request. Compare it with the API description.',
};

export interface DescribedProblem {
  problem: ProblemDetails;
  level: LogLevel;
  retryAfterSeconds?: number;
}

function problem(
  status: number,
  title: string,
  code: string,
  detail: string,
  instance: string,
  extensions: object = {},
): ProblemDetails {
  return { type: `urn:psa-connector:problem:${code}`, title, status, detail, instance, code, ...extensions };
}

function transportStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500
    ? error.statusCode
    : undefined;
}

/** An error as the audit log keeps a refusal: our own, or what the HTTP server refuses; null for a failure that refuses nothing. */
export function asRefusal(error: unknown): ConnectorError | null {
  if (error instanceof ConnectorError) return error;
  const status = transportStatus(error);
  if (status === undefined || status >= 500) return null;
  const { code, detail } = TRANSPORT[status] ?? OTHER_REFUSAL;
  return new ConnectorError({ code, category: 'invalid_input', detail, cause: error });
}

/** Turns any error into its problem document; what is not ours shows no message. */
export function describeProblem(error: unknown, requestId: string): DescribedProblem {
  if (error instanceof ConnectorError) {
    const { status, title, level } = HTTP_BY_CATEGORY[error.category];
    const { retryAfterSeconds } = error.extensions;
    return {
      problem: problem(status, title, error.code, error.detail, requestId, error.extensions),
      level,
      ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    };
  }
  const status = transportStatus(error);
  if (status !== undefined && status < 500) {
    const known = TRANSPORT[status] ?? OTHER_REFUSAL;
    return { problem: problem(status, known.title, known.code, known.detail, requestId), level: 'debug' };
  }
  const detail = 'Something went wrong on our side. Tell your operator the request id.';
  return {
    problem: problem(500, 'Internal error', 'internal.unexpected', detail, requestId),
    level: 'error',
  };
}
