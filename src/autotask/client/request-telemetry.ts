import { type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ConnectorError } from '../../kernel/connector-error.js';
import type { RequestObserver } from '../../ports/psa/request-observer.port.js';
import { resendCount } from './retry.js';

const TRACER = 'nestjs-psa-connector';

export interface StartedRequest {
  method: string;
  /** Below the version; only its first segment is told, because the others hold ids. */
  path: string;
  host: string;
  waitMs: number;
}

/**
 * Tells metrics and traces of the requests to one instance. Without an SDK of the host, spans cost nothing. Neither carries credentials, ids of
 * records, query values or texts of the vendor.
 */
export class RequestTelemetry {
  readonly #observer: RequestObserver | undefined;
  readonly #instanceId: string;

  constructor(observer: RequestObserver | undefined, instanceId: string) {
    this.#observer = observer;
    this.#instanceId = instanceId;
  }

  /** A request is leaving. */
  start({ method, path, host, waitMs }: StartedRequest): RequestRecord {
    const entity = entityOf(path);
    const resends = resendCount();
    const span = trace.getTracer(TRACER).startSpan(`${method} ${entity}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': method,
        'server.address': host,
        'psa.entity': entity,
        'psa.instance.id': this.#instanceId,
        'http.request.resend_count': resends,
        'psa.limiter.wait_ms': Math.round(waitMs),
      },
    });
    const about = { instanceId: this.#instanceId, entity, waitMs, resends };
    return new RequestRecord(span, (outcome, durationMs) =>
      this.#observer?.onRequest({ ...about, outcome, durationMs }),
    );
  }

  /** A request was not sent. */
  heldBack(path: string, error: unknown): void {
    this.#observer?.onHeldBack({
      instanceId: this.#instanceId,
      entity: entityOf(path),
      outcome: outcomeOf(error),
    });
  }
}

/** What is told of one request once it is over. */
export class RequestRecord {
  readonly #span: Span;
  readonly #report: (outcome: string, durationMs: number) => void;
  readonly #startedAt = performance.now();
  #durationMs: number | undefined;

  constructor(span: Span, report: (outcome: string, durationMs: number) => void) {
    this.#span = span;
    this.#report = report;
  }

  /** The answer is here, and yet to be read. */
  answered(status: number): void {
    this.#durationMs = performance.now() - this.#startedAt;
    this.#span.setAttribute('http.response.status_code', status);
  }

  /** @param error null when the answer is a good one */
  end(error: unknown): void {
    const outcome = error === null ? 'succeeded' : outcomeOf(error);
    if (error !== null) {
      this.#span.setAttribute('error.type', outcome);
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span.end();
    this.#report(outcome, this.#durationMs ?? performance.now() - this.#startedAt);
  }
}

function entityOf(path: string): string {
  return path.split('/')[0] ?? path;
}

/** Codes are few and fixed; whatever else ends a request is an abort by the caller as a rule. */
function outcomeOf(error: unknown): string {
  return error instanceof ConnectorError ? error.code : 'aborted';
}
