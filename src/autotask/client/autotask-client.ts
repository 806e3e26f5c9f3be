import { PsaCredentialsRejectedError, PsaRateLimitedError } from '../../ports/psa/psa.errors.js';
import type { SessionPurpose } from '../../ports/psa/psa-adapter.port.js';
import type { RequestObserver } from '../../ports/psa/request-observer.port.js';
import type { RequestSlots } from '../../ports/psa/request-slots.port.js';
import { ConnectorError } from '../../kernel/connector-error.js';
import { eitherSignal } from '../../kernel/either-signal.js';
import type { Clock } from '../../ports/host/clock.port.js';
import { type JsonObject, readAnswer, unansweredWrite, type VendorAnswer } from './failure-table.js';
import type { HttpTransport } from './http-transport.js';
import { type AutotaskCredentials, credentialHeaders } from './credential-headers.js';
import type { InstanceBudget } from './instance-budget.js';
import type { InstanceBudgets } from './instance-budgets.js';
import type { InstanceCircuit } from './instance-circuits.js';
import { Redaction } from './redaction.js';
import { RequestLimiter } from './request-limiter.js';
import { requestsHaveLeft } from './requests-have-left.js';
import { type RequestRecord, RequestTelemetry } from './request-telemetry.js';
import { isTimeOut } from './retry.js';
import { readThreshold } from './threshold.js';
import { type FindZone, ZoneAddress } from './zone-address.js';

export interface ClientServices {
  transport: HttpTransport;
  slots: RequestSlots;
  budgets: InstanceBudgets;
  clock: Clock;
  observer: RequestObserver | undefined;
}

/** What a session adds to the bare conversation. */
export interface SessionServices {
  purpose: SessionPurpose;
  circuit: InstanceCircuit;
  findZone: FindZone;
}

/** The database a client talks to. */
export interface ClientTarget {
  /** The vendor's id of the customer database. */
  instanceId: string;
  /** Of the zone, ends with `/`, without the version. */
  apiUrl: string;
}

export type WriteMethod = 'POST' | 'PATCH' | 'DELETE';

interface Outgoing {
  method: 'GET' | WriteMethod;
  /** Below the version, such as `Companies/entityInformation`. */
  path: string;
  body?: string | undefined;
  isWrite: boolean;
  /** Asks for the vendor's own count of requests, which the budget wants. */
  isSample?: boolean;
  onBody?: OnBody | undefined;
}

/** Is shown the text of a successful answer before it is parsed, which takes a while; what it sends leaves first. */
export type OnBody = (body: string) => void;

/** What became of sending a request once. */
interface Attempt {
  usedUrl?: string;
  /** When it left; undefined until then. */
  sentAt?: Date;
  record?: RequestRecord;
}

const OK = 200;
const USAGE_PATH = 'ThresholdInformation';
/** Rest of a slot whose request we gave up on: the vendor may still work on it. */
const UNANSWERED_REST_MS = 1_000;

export const USER_AGENT = 'nestjs-psa-connector';

/**
 * The authenticated conversation with one Autotask database. Sends each request once; repeating is the caller's decision,
 * except for a session's request that went to a zone the user has left.
 */
export class AutotaskClient {
  readonly #services: ClientServices;
  readonly #zone: ZoneAddress;
  readonly #session: SessionServices | undefined;
  readonly #limiter: RequestLimiter;
  readonly #budget: InstanceBudget;
  readonly #telemetry: RequestTelemetry;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #redaction: Redaction;
  #apiCalls = 0;

  /**
   * @param session absent for an access check, which asks once and decides nothing by what happened before
   * @throws PsaCredentialsRejectedError when a value holds characters that no HTTP header can carry
   */
  constructor(
    services: ClientServices,
    { apiUrl, instanceId }: ClientTarget,
    credentials: AutotaskCredentials,
    session?: SessionServices,
  ) {
    this.#services = services;
    this.#zone = new ZoneAddress(apiUrl, session?.findZone);
    this.#session = session;
    this.#limiter = new RequestLimiter(services.slots, credentials.integrationCode, instanceId);
    this.#budget = services.budgets.of(instanceId);
    this.#telemetry = new RequestTelemetry(services.observer, instanceId);
    this.#headers = credentialHeaders(credentials);
    this.#redaction = new Redaction(Object.values(this.#headers));
  }

  /** Requests sent so far. */
  get apiCalls(): number {
    return this.#apiCalls;
  }

  /** @param path below the version, such as `Companies/entityInformation` */
  get(path: string, signal?: AbortSignal): Promise<JsonObject> {
    return this.#send({ method: 'GET', path, isWrite: false }, signal);
  }

  /**
   * Runs `{entity}/query` by POST, because URLs beyond 2,048 characters die in the vendor's web server (Autotask REST
   * reference, §2.2).
   */
  query(
    entity: string,
    body: object,
    signal?: AbortSignal,
    { kind = 'query', onBody }: { kind?: 'query' | 'query/count'; onBody?: OnBody | undefined } = {},
  ): Promise<JsonObject> {
    return this.#send(
      { method: 'POST', path: `${entity}/${kind}`, body: JSON.stringify(body), isWrite: false, onBody },
      signal,
    );
  }

  /**
   * Changes something. @param path of the collection, with its parent where the route matrix has one (Autotask REST
   * reference, §3.1) @param body JSON text @throws PsaOutcomeUnknownError unless it is certain that nothing was changed
   */
  write(
    method: WriteMethod,
    path: string,
    body: string | undefined,
    signal?: AbortSignal,
  ): Promise<JsonObject> {
    return this.#send({ method, path, body, isWrite: true }, signal);
  }

  async #send(outgoing: Outgoing, signal: AbortSignal | undefined): Promise<JsonObject> {
    const attempt: Attempt = {};
    try {
      return await this.#exchange(outgoing, attempt, signal);
    } catch (error) {
      if (!(await this.#isWorthTheOtherZone(error, attempt))) throw error;
    }
    const lastAttempt: Attempt = {};
    try {
      return await this.#exchange(outgoing, lastAttempt, signal);
    } catch (error) {
      await this.#isWorthTheOtherZone(error, lastAttempt);
      throw error;
    }
  }

  /** Also notes the rejection, so that these credentials are not sent again. */
  async #isWorthTheOtherZone(error: unknown, { usedUrl }: Attempt): Promise<boolean> {
    if (!(error instanceof PsaCredentialsRejectedError) || usedUrl === undefined) return false;
    return this.#zone.hasMovedAfter(error, usedUrl);
  }

  async #exchange(
    outgoing: Outgoing,
    attempt: Attempt,
    signal: AbortSignal | undefined,
  ): Promise<JsonObject> {
    try {
      await this.#passBudget(outgoing, signal);
      const run = (): Promise<JsonObject> => this.#converse(outgoing, attempt, signal);
      const body = await (this.#session === undefined ? run() : this.#session.circuit.run(run));
      attempt.record?.end(null);
      return body;
    } catch (error) {
      if (attempt.record !== undefined) attempt.record.end(error);
      else if (error instanceof ConnectorError) this.#telemetry.heldBack(outgoing.path, error);
      throw error;
    }
  }

  async #converse(
    outgoing: Outgoing,
    attempt: Attempt,
    signal: AbortSignal | undefined,
  ): Promise<JsonObject> {
    const request = `${outgoing.method} ${outgoing.path}`;
    const answer = await this.#sendInTurn(outgoing, attempt, signal).catch((error: unknown) => {
      throw outgoing.isWrite && attempt.sentAt !== undefined ? unansweredWrite(request, error) : error;
    });
    attempt.record?.answered(answer.status);
    if (answer.status === OK) outgoing.onBody?.(answer.body);
    // Whoever waited for this slot sends before the answer is read.
    await requestsHaveLeft();
    return this.#read(answer, request, outgoing, attempt);
  }

  /** An access check is not held up: it asks once, and people wait for it. */
  async #passBudget({ isSample }: Outgoing, signal: AbortSignal | undefined): Promise<void> {
    if (this.#session === undefined || isSample === true) return;
    const takeSample = async () =>
      readThreshold(
        await this.#send({ method: 'GET', path: USAGE_PATH, isWrite: false, isSample: true }, signal),
      );
    await this.#budget.admit({ purpose: this.#session.purpose, callsMade: this.#apiCalls, takeSample });
  }

  #sendInTurn(outgoing: Outgoing, attempt: Attempt, signal: AbortSignal | undefined): Promise<VendorAnswer> {
    const joinedAt = performance.now();
    const send = async (lost: AbortSignal): Promise<VendorAnswer> => {
      const waitMs = performance.now() - joinedAt;
      // Looked at once the slot is free: whoever waited may have been overtaken by a rejection, a move or the end of the allowance.
      if (this.#session !== undefined && outgoing.isSample !== true) {
        this.#budget.demand(this.#session.purpose);
      }
      const either = signal === undefined ? lost : eitherSignal(signal, lost);
      return this.#transmit(outgoing, await this.#zone.current(), { attempt, waitMs }, either);
    };
    return this.#limiter.run(outgoing.path, send, (error) => this.#restAfter(attempt, error, signal), signal);
  }

  async #read(
    answer: VendorAnswer,
    request: string,
    { path, isWrite }: Outgoing,
    { sentAt }: Attempt,
  ): Promise<JsonObject> {
    const now = this.#services.clock.now();
    try {
      const body = readAnswer(answer, { request, redaction: this.#redaction, now, isWrite });
      this.#budget.onAnswer();
      const usage = path === USAGE_PATH ? readThreshold(body) : null;
      if (usage !== null) await this.#budget.onSample(usage);
      return body;
    } catch (error) {
      if (error instanceof PsaRateLimitedError) await this.#budget.onRateLimited(error, sentAt ?? now);
      throw error;
    }
  }

  #restAfter({ sentAt }: Attempt, error: unknown, signal: AbortSignal | undefined): number {
    if (sentAt === undefined) return 0;
    const hasGivenUp = signal?.aborted === true || isTimeOut(error);
    const tookMs = this.#services.clock.now().getTime() - sentAt.getTime();
    const paceMs = this.#session === undefined ? 0 : this.#budget.paceMs(this.#session.purpose);
    return Math.max(this.#budget.restMs(), paceMs - tookMs, hasGivenUp ? UNANSWERED_REST_MS : 0);
  }

  #transmit(
    { method, path, body }: Outgoing,
    apiUrl: string,
    { attempt, waitMs }: { attempt: Attempt; waitMs: number },
    signal: AbortSignal,
  ): Promise<VendorAnswer> {
    attempt.usedUrl = apiUrl;
    const label = `${method} ${path}`;
    const url = new URL(`V1.0/${path}`, apiUrl);
    const message = {
      method,
      url,
      headers: {
        ...this.#headers,
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'User-Agent': USER_AGENT,
      },
      ...(body === undefined ? {} : { body }),
      label,
      onSending: () => {
        attempt.sentAt = this.#services.clock.now();
        this.#apiCalls += 1;
        this.#budget.onSending();
        attempt.record = this.#telemetry.start({ method, path, host: url.hostname, waitMs });
      },
    };
    return this.#services.transport.send(message, signal);
  }
}
