import { ConnectorError } from '../../kernel/connector-error.js';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaDateTakenError,
  PsaHostNotAllowedError,
  PsaOutcomeUnknownError,
  PsaRateLimitedError,
  PsaRequestRejectedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import { parseLosslessJson } from './lossless-json.js';
import type { Redaction } from './redaction.js';

/** What came back, before anybody has looked at it. */
export interface VendorAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

/** What the table needs to know about the request. */
export interface AnswerContext {
  /** For the log, without query string, such as `POST Companies/query`. */
  request: string;
  redaction: Redaction;
  now: Date;
  /** A write: where the answer does not prove that it was not carried out, its outcome is unknown. */
  isWrite?: boolean;
}

/** Which part of the sign-in the PSA named, in `context.reason` of a `PsaCredentialsRejectedError`. */
export type SignInFailure = 'unspecified' | 'integration_code' | 'user_locked';

/** Which limit a `PsaRateLimitedError` of the vendor is about, in its `context.limit`. */
export type ExceededLimit = 'threads' | 'requests';

export type JsonObject = Record<string, unknown>;

const DEFAULT_RETRY_AFTER_SECONDS = 30;

interface Facts {
  status: number;
  /** Everything the answer says in words: its `errors` and `Message`, or the raw body of a failure that is no JSON. */
  words: string;
  /** The words, or whatever else the body is when it is no JSON. */
  anyText: string;
  /** `errors` or `Message`. */
  hasWords: boolean;
  /** Only `errors`: the PSA's own refusal, given before anything is committed. */
  hasErrors: boolean;
  /** The body when it is a JSON object. */
  json: JsonObject | undefined;
  headers: VendorAnswer['headers'];
  now: Date;
}

interface Rule {
  matches(facts: Facts): boolean;
  /** What such an answer proves about a write. A gateway may lose the answer of a request that was carried out. */
  write: 'not carried out' | 'outcome unknown';
  toError(facts: Facts, context: Record<string, unknown>): ConnectorError;
}

const DETAIL_401 = 'Autotask does not accept the user name, the secret or the tracking identifier.';
const THREAD_LIMIT = /thread threshold|Itgenatr005/i;
const REQUEST_LIMIT = /request threshold\b.*\bexceeded/is;
const LOCKED = /\buser\b[^.]*\blocked\b/i;

/** First match wins. Sources: Autotask REST reference, §1.4, §5, §6 and §10; status codes differ between them, so texts decide. */
const RULES: readonly Rule[] = [
  {
    // The status of the answer over the hourly allowance is not documented; its text is taken on any status, as the thread limit's (§5).
    matches: ({ status, anyText }) =>
      status === 429 || THREAD_LIMIT.test(anyText) || REQUEST_LIMIT.test(anyText),
    write: 'not carried out',
    toError: ({ headers, now, anyText }, context) => {
      const seconds = retryAfterSeconds(headers['retry-after'], now);
      const limit: ExceededLimit = THREAD_LIMIT.test(anyText) ? 'threads' : 'requests';
      const facts = { context: { ...context, limit, retryAfterGiven: seconds !== undefined } };
      return new PsaRateLimitedError(
        'Autotask asks to slow down.',
        seconds ?? DEFAULT_RETRY_AFTER_SECONDS,
        facts,
      );
    },
  },
  {
    matches: ({ words }) => /integration\s?code is invalid/i.test(words),
    write: 'not carried out',
    toError: (_facts, context) =>
      new PsaCredentialsRejectedError('Autotask does not accept the tracking identifier.', {
        context: { ...context, reason: 'integration_code' satisfies SignInFailure },
      }),
  },
  {
    matches: ({ status, words, hasWords }) => (status === 401 || hasWords) && LOCKED.test(words),
    write: 'not carried out',
    toError: (_facts, context) =>
      new PsaCredentialsRejectedError('Autotask says that the API user is locked.', {
        context: { ...context, reason: 'user_locked' satisfies SignInFailure },
      }),
  },
  {
    matches: ({ status }) => status === 401,
    write: 'not carried out',
    toError: (_facts, context) =>
      new PsaCredentialsRejectedError(DETAIL_401, {
        context: { ...context, reason: 'unspecified' satisfies SignInFailure },
      }),
  },
  {
    matches: ({ status, words }) => status === 403 || /adequate permissions/i.test(words),
    write: 'not carried out',
    toError: (_facts, context) =>
      new PsaAccessDeniedError("The API user's security level in Autotask forbids this request.", {
        context,
      }),
  },
  {
    matches: ({ status }) => status === 502 || status === 503 || status === 504,
    write: 'outcome unknown',
    toError: ({ status }, context) =>
      new PsaUnreachableError(`Autotask is not available (status ${status}).`, { context }),
  },
  {
    // A period row is keyed by line, start and end, so a second adjustment of one day breaks that key (§8.2).
    matches: ({ hasErrors, words }) => hasErrors && /contract_service_period/i.test(words),
    write: 'not carried out',
    toError: (_facts, context) =>
      new PsaDateTakenError(
        `Autotask has an adjustment of this contract service on that day already: ${String(context['vendorText'])}`,
        { context },
      ),
  },
  {
    matches: ({ hasErrors }) => hasErrors,
    write: 'not carried out',
    toError: toRejection,
  },
  {
    // ASP.NET's own words for an exception nobody caught: it can have come after the commit.
    matches: ({ status, hasWords }) => hasWords && status >= 500,
    write: 'outcome unknown',
    toError: toRejection,
  },
  {
    matches: ({ hasWords }) => hasWords,
    write: 'not carried out',
    toError: toRejection,
  },
  {
    matches: ({ status, json }) => isClientError(status) && json !== undefined,
    write: 'not carried out',
    toError: ({ status }, context) =>
      new PsaRequestRejectedError(`Autotask refuses the request without a reason (status ${status}).`, {
        context,
      }),
  },
  {
    // Some zones answer a route they do not have with a page (Autotask REST reference, §3).
    matches: ({ status }) => isClientError(status),
    write: 'not carried out',
    toError: toUnexpected,
  },
];

const NOT_THE_API: Rule = {
  matches: ({ status, json }) => status < 200 || status >= 300 || json === undefined,
  write: 'outcome unknown',
  toError: toUnexpected,
};

function toRejection(_facts: Facts, context: Record<string, unknown>): ConnectorError {
  return new PsaRequestRejectedError(`Autotask refuses the request: ${String(context['vendorText'])}`, {
    context,
  });
}

function toUnexpected({ status }: Facts, context: Record<string, unknown>): ConnectorError {
  return new PsaUnexpectedAnswerError(`Autotask gave an answer that is not its API's (status ${status}).`, {
    context,
  });
}

/** 408 is left out: a proxy gives it for a request whose rest it did not wait for. */
function isClientError(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408;
}

/**
 * The JSON object of a good answer.
 * @throws PsaCredentialsRejectedError (with `context.reason`), PsaAccessDeniedError, PsaRateLimitedError,
 * PsaUnreachableError, PsaRequestRejectedError, PsaUnexpectedAnswerError; for a write PsaOutcomeUnknownError, the error a
 * read would have raised being its cause, unless the answer proves that it was not carried out
 */
export function readAnswer(answer: VendorAnswer, context: AnswerContext): JsonObject {
  const facts = factsOf(answer, context.now);
  const rule = [...RULES, NOT_THE_API].find((candidate) => candidate.matches(facts));
  if (rule === undefined && facts.json !== undefined) return facts.json;
  const log = {
    request: context.request,
    status: answer.status,
    vendorText: context.redaction.shorten(facts.words === '' ? answer.body : facts.words),
  };
  const found = rule ?? NOT_THE_API;
  const error = found.toError(facts, log);
  throw context.isWrite === true && found.write === 'outcome unknown' ? outcomeUnknown(log, error) : error;
}

/**
 * What a write raises when no answer came: the error itself when the request certainly never left or never reached
 * Autotask (no connection came about, the host is not allowed), else PsaOutcomeUnknownError.
 */
export function unansweredWrite(request: string, error: unknown): unknown {
  const isRaisedBeforeSending =
    error instanceof PsaHostNotAllowedError ||
    (error instanceof PsaUnreachableError && error.context['isSent'] === false);
  if (isRaisedBeforeSending) return error;
  return outcomeUnknown({ request, ...(error instanceof ConnectorError ? error.context : {}) }, error);
}

function outcomeUnknown(context: Record<string, unknown>, cause: unknown): PsaOutcomeUnknownError {
  const detail =
    'Autotask did not answer clearly, so the change may or may not have been made: look before sending it again.';
  return new PsaOutcomeUnknownError(detail, { context, cause });
}

/** Whether zone discovery says that it knows no such user: a 500, although nothing is broken (§1.1). */
export function saysUserUnknown(answer: VendorAnswer): boolean {
  return answer.status >= 400 && /zone information could not be determined/i.test(answer.body);
}

function factsOf(answer: VendorAnswer, now: Date): Facts {
  const json = jsonObject(answer.body);
  const errors = json === undefined ? [] : errorTexts(json);
  const texts = json === undefined ? [] : [...errors, ...messageTexts(json, answer.status)];
  const rawWords = answer.status >= 400 && json === undefined ? answer.body : '';
  return {
    status: answer.status,
    words: texts.length > 0 ? texts.join(' ') : rawWords,
    anyText: json === undefined ? answer.body : texts.join(' '),
    hasWords: texts.length > 0,
    hasErrors: errors.length > 0,
    json,
    headers: answer.headers,
    now,
  };
}

function jsonObject(body: string): JsonObject | undefined {
  try {
    const value = parseLosslessJson(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    // The parser's message quotes the body, which can hold anything; the answer is told apart by what is missing.
    return undefined;
  }
}

/** `errors` counts on any status: a 200 carrying it has been seen (Autotask REST reference, §3). */
function errorTexts(json: JsonObject): string[] {
  const errors = member(json, 'errors');
  return (Array.isArray(errors) ? errors : [errors]).flatMap(textOf);
}

/** `Message` is ASP.NET's and means failure only with a failing status (§6). */
function messageTexts(json: JsonObject, status: number): string[] {
  return status >= 400 ? textOf(member(json, 'message')) : [];
}

/** Texts are strings in every live sample; some clients allow objects `{message, field, code}` (§6). */
function textOf(error: unknown): string[] {
  if (typeof error === 'string') return error.trim() === '' ? [] : [error];
  if (typeof error !== 'object' || error === null) return [];
  const message = member(error as JsonObject, 'message');
  return [typeof message === 'string' && message !== '' ? message : JSON.stringify(error)];
}

function member(json: JsonObject, name: string): unknown {
  return Object.entries(json).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Seconds of a `Retry-After` given as seconds or as an HTTP date; undefined when absent or unreadable. */
function retryAfterSeconds(header: string | string[] | undefined, now: Date): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
