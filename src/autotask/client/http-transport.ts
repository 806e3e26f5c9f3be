import { Agent, errors, request } from 'undici';
import {
  PsaHostNotAllowedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import type { AllowedHosts } from './allowed-hosts.js';
import type { VendorAnswer } from './failure-table.js';
import { guardedConnector, NotConnectedError } from './guarded-connector.js';
import type { ResolveAll } from './public-address.js';

const MAX_BODY_BYTES = 50 * 1024 * 1024;
/** Well below a request's own time-out, so that a host that does not take connections is told apart from a slow answer. */
const MAX_CONNECT_MS = 10_000;

const UTF8 = new TextDecoder();

export interface TransportOptions {
  allowedHosts: AllowedHosts;
  /** For one whole request, body included. */
  requestTimeoutMs: number;
  /** Larger answers are cut off and refused; 50 MiB unless told. */
  maxBodyBytes?: number;
  /** Name resolution; the system's unless told. */
  resolveAll?: ResolveAll;
}

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** For the log, without query string, such as `POST Companies/query`. */
  label: string;
  /** Called when the request is about to leave, after the host was found to be allowed. */
  onSending?: () => void;
}

/** Sends requests to allowed hosts only. Follows no redirect, because a redirect would carry the credentials elsewhere. */
export class HttpTransport {
  readonly #agent: Agent;
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connect: guardedConnector({
        allowedHosts: options.allowedHosts,
        timeoutMs: Math.min(MAX_CONNECT_MS, Math.ceil(options.requestTimeoutMs / 2)),
        resolveAll: options.resolveAll,
      }),
      maxResponseSize: options.maxBodyBytes ?? MAX_BODY_BYTES,
    });
  }

  /**
   * @throws PsaHostNotAllowedError before anything is sent; PsaUnreachableError when no answer comes in time, with
   * `context.isSent` false when no connection came about;
   * PsaUnexpectedAnswerError when the answer breaks off or is too large; the signal's reason when aborted.
   */
  async send(message: TransportRequest, signal?: AbortSignal): Promise<VendorAnswer> {
    this.#options.allowedHosts.check(message.url);
    signal?.throwIfAborted();
    message.onSending?.();
    const end = new Ending(this.#options.requestTimeoutMs, signal);
    const progress = { hasAnswered: false };
    try {
      const response = await request(message.url, {
        dispatcher: this.#agent,
        method: message.method,
        headers: message.headers,
        body: message.body ?? null,
        signal: end.signal,
      });
      progress.hasAnswered = true;
      return { status: response.statusCode, headers: response.headers, body: await textOf(response.body) };
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#toConnectorError(error, message, { ...progress, isLate: end.isLate });
    } finally {
      end.forget();
    }
  }

  /** Waits for requests under way, then closes the connections. */
  async close(): Promise<void> {
    await this.#agent.close();
  }

  #toConnectorError(
    error: unknown,
    message: TransportRequest,
    at: { hasAnswered: boolean; isLate: boolean },
  ): Error {
    const host = message.url.host;
    const reason = error instanceof NotConnectedError ? error.cause : error;
    if (reason instanceof PsaHostNotAllowedError) return reason;
    const isSent = reason === error;
    const code = errorCode(reason);
    const facts = {
      context: { request: message.label, host, errorCode: code, isSent },
      cause: plainCause(reason),
    };
    if (at.isLate) {
      const seconds = this.#options.requestTimeoutMs / 1000;
      return new PsaUnreachableError(`Autotask at ${host} did not answer within ${seconds} seconds.`, facts);
    }
    if (error instanceof errors.ResponseExceededMaxSizeError) {
      return new PsaUnexpectedAnswerError(`Autotask at ${host} gave an answer that is too large.`, facts);
    }
    if (at.hasAnswered || error instanceof errors.HTTPParserError) {
      return new PsaUnexpectedAnswerError(`The answer of Autotask at ${host} broke off (${code}).`, facts);
    }
    return new PsaUnreachableError(`Autotask at ${host} could not be reached (${code}).`, facts);
  }
}

/** As the client's own `text()`, which leaves garbage that only a full collection finds: of a pull, each answer (see the README). */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return UTF8.decode(Buffer.concat(chunks));
}

/**
 * What ends a request early: its time is over, or the caller's signal. The platform's `AbortSignal.timeout` and
 * `AbortSignal.any` would keep something of every request until its time is over, long after it was answered.
 */
class Ending {
  isLate = false;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;

  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.isLate = true;
      this.#controller.abort();
    }, timeoutMs);
    caller?.addEventListener('abort', this.#end, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#end);
  }

  readonly #end = (): void => this.#controller.abort();
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

/** Without the members of the HTTP client's errors: some quote the answer, which may echo what was sent. */
function plainCause(error: unknown): Error {
  const plain = new Error(error instanceof Error ? error.message : 'unknown');
  plain.name = error instanceof Error ? error.name : 'Error';
  return plain;
}
