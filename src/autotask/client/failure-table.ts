import type { ConnectorError } from '../../kernel/connector-error.js';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
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
}

/** Which part of the sign-in the PSA named, in `context.reason` of a `PsaCredentialsRejectedError`. */
export type SignInFailure = 'unspecified' | 'integration_code' | 'user_locked';

export type JsonObject = Record<string, unknown>;

const DEFAULT_RETRY_AFTER_SECONDS = 30;

interface Facts {
  status: number;
  /** Everything the answer says in words: its `errors` and `Message`, or the raw body of a failure that is no JSON. */
  words: string;
  hasErrors: boolean;
  /** The body when it is a JSON object. */
  json: JsonObject | undefined;
  headers: VendorAnswer['headers'];
  now: Date;
}

interface Rule {
  matches(facts: Facts): boolean;
  toError(facts: Facts, context: Record<string, unknown>): ConnectorError;
}

const DETAIL_401 = 'Autotask does not accept the user name, the secret or the tracking identifier.';
const LOCKED = /\buser\b[^.]*\blocked\b/i;

/** First match wins. Sources: Autotask REST reference, §1.4, §5, §6 and §10; status codes differ between them, so texts decide. */
const RULES: readonly Rule[] = [
  {
    matches: ({ status, words }) => status === 429 || /thread threshold|Itgenatr005/i.test(words),
    toError: ({ headers, now }, context) => {
      const seconds = retryAfterSeconds(headers['retry-after'], now);
      const facts = { context: { ...context, retryAfterGiven: seconds !== undefined } };
      return new PsaRateLimitedError(
        'Autotask asks to slow down.',
        seconds ?? DEFAULT_RETRY_AFTER_SECONDS,
        facts,
      );
    },
  },
  {
    matches: ({ words }) => /integration\s?code is invalid/i.test(words),
    toError: (_facts, context) =>
      new PsaCredentialsRejectedError('Autotask does not accept the tracking identifier.', {
        context: { ...context, reason: 'integration_code' satisfies SignInFailure },
      }),
  },
  {
    matches: ({ status, words, hasErrors }) => (status === 401 || hasErrors) && LOCKED.test(words),
    toError: (_facts, context) =>
      new PsaCredentialsRejectedError('Autotask says that the API user is locked.', {
        context: { ...context, reason: 'user_locked' satisfies SignInFailure },
      }),
  },
  {
    matches: ({ status }) => status === 401,
    toError: (_facts, context) =>
      new PsaCredentialsRejectedError(DETAIL_401, {
        context: { ...context, reason: 'unspecified' satisfies SignInFailure },
      }),
  },
  {
    matches: ({ status, words }) => status === 403 || /adequate permissions/i.test(words),
    toError: (_facts, context) =>
      new PsaAccessDeniedError("The API user's security level in Autotask forbids this request.", {
        context,
      }),
  },
  {
    matches: ({ status }) => status === 502 || status === 503 || status === 504,
    toError: ({ status }, context) =>
      new PsaUnreachableError(`Autotask is not available (status ${status}).`, { context }),
  },
  {
    matches: ({ hasErrors }) => hasErrors,
    toError: (_facts, context) =>
      new PsaRequestRejectedError(`Autotask refuses the request: ${String(context['vendorText'])}`, {
        context,
      }),
  },
  {
    matches: ({ status, json }) => status >= 400 && status < 500 && json !== undefined,
    toError: ({ status }, context) =>
      new PsaRequestRejectedError(`Autotask refuses the request without a reason (status ${status}).`, {
        context,
      }),
  },
];

const NOT_THE_API: Rule = {
  matches: ({ status, json }) => status < 200 || status >= 300 || json === undefined,
  toError: ({ status }, context) =>
    new PsaUnexpectedAnswerError(`Autotask gave an answer that is not its API's (status ${status}).`, {
      context,
    }),
};

/**
 * The JSON object of a good answer.
 * @throws PsaCredentialsRejectedError (with `context.reason`), PsaAccessDeniedError, PsaRateLimitedError,
 * PsaUnreachableError, PsaRequestRejectedError, PsaUnexpectedAnswerError
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
  throw (rule ?? NOT_THE_API).toError(facts, log);
}

/** Whether zone discovery says that it knows no such user: a 500, although nothing is broken (§1.1). */
export function saysUserUnknown(answer: VendorAnswer): boolean {
  return answer.status >= 400 && /zone information could not be determined/i.test(answer.body);
}

function factsOf(answer: VendorAnswer, now: Date): Facts {
  const json = jsonObject(answer.body);
  const texts = json === undefined ? [] : vendorTexts(json, answer.status);
  const rawWords = answer.status >= 400 && json === undefined ? answer.body : '';
  return {
    status: answer.status,
    words: texts.length > 0 ? texts.join(' ') : rawWords,
    hasErrors: texts.length > 0,
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

/** `errors` counts on any status (a 200 carrying it has been seen); `Message` is ASP.NET's and means failure only with a failing status. */
function vendorTexts(json: JsonObject, status: number): string[] {
  const errors = member(json, 'errors');
  const listed = (Array.isArray(errors) ? errors : [errors]).flatMap(textOf);
  const message = status >= 400 ? textOf(member(json, 'message')) : [];
  return [...listed, ...message];
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
