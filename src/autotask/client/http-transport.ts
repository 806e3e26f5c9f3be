import { Agent, errors } from 'undici';
import {
  PsaHostNotAllowedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import type { AllowedHosts } from './allowed-hosts.js';
import { AnswerCollector } from './answer-collector.js';
import type { VendorAnswer } from './failure-table.js';
import { guardedConnector, NotConnectedError } from './guarded-connector.js';
import type { ResolveAll } from './public-address.js';

const MAX_BODY_BYTES = 50 * 1024 * 1024;
/** Well below a request's own time-out, so that a host that does not take connections is told apart from a slow answer. */
const MAX_CONNECT_MS = 10_000;

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
    const collector = new AnswerCollector();
    const end = new Ending(collector, this.#options.requestTimeoutMs, signal);
    const { method, url, headers, body = null } = message;
    try {
      this.#agent.dispatch(
        { origin: url.origin, path: `${url.pathname}${url.search}`, method, headers, body },
        collector,
      );
      return await collector.answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#toConnectorError(error, message, { hasAnswered: collector.hasBegun, isLate: end.isLate });
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

/**
 * What ends a request early: its time is over, or the caller's signal. The platform's `AbortSignal.timeout` and
 * `AbortSignal.any` would keep something of every request until its time is over, long after it was answered.
 */
class Ending {
  isLate = false;
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  #request: AnswerCollector | null;

  constructor(request: AnswerCollector, timeoutMs: number, caller: AbortSignal | undefined) {
    this.#request = request;
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.isLate = true;
      this.handleEvent();
    }, timeoutMs);
    caller?.addEventListener('abort', this, { once: true });
  }

  /** The caller's signal was aborted. */
  handleEvent(): void {
    this.#request?.abort();
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this);
    // A signal's former listeners stay until a full collection (see the README), and what hangs on them does.
    this.#request = null;
  }
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
