import { PsaCredentialsRejectedError } from '../../ports/psa/psa.errors.js';
import type { Secret } from '../../kernel/secret.js';
import type { Clock } from '../../ports/host/clock.port.js';
import type { EntityLimiter } from './entity-limiter.js';
import {
  type JsonObject,
  readAnswer,
  type SignInFailure,
  unansweredWrite,
  type VendorAnswer,
} from './failure-table.js';
import type { HttpTransport } from './http-transport.js';
import type { InstanceCircuit } from './instance-circuits.js';
import { Redaction } from './redaction.js';
import { type FindZone, ZoneAddress } from './zone-address.js';

export interface AutotaskCredentials {
  username: string;
  secret: Secret;
  /** Tracking identifier. */
  integrationCode: Secret;
}

export interface ClientServices {
  transport: HttpTransport;
  limiter: EntityLimiter;
  clock: Clock;
}

/** What a session adds to the bare conversation. */
export interface SessionServices {
  circuit: InstanceCircuit;
  findZone: FindZone;
}

export type WriteMethod = 'POST' | 'PATCH' | 'DELETE';

interface Outgoing {
  method: 'GET' | WriteMethod;
  /** Below the version, such as `Companies/entityInformation`. */
  path: string;
  body?: string | undefined;
  isWrite: boolean;
}

/** What became of sending a request once. */
interface Attempt {
  usedUrl?: string;
  isSending?: boolean;
}

export const USER_AGENT = 'nestjs-psa-connector';

/**
 * The authenticated conversation with one Autotask database. Sends each request once; repeating is the caller's decision,
 * except for a session's request that went to a zone the user has left.
 */
export class AutotaskClient {
  readonly #services: ClientServices;
  readonly #zone: ZoneAddress;
  readonly #circuit: InstanceCircuit | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #redaction: Redaction;
  #apiCalls = 0;

  /**
   * @param apiUrl of the zone, ends with `/`, without the version
   * @param session absent for an access check, which asks once and decides nothing by what happened before
   * @throws PsaCredentialsRejectedError when a value holds characters that no HTTP header can carry
   */
  constructor(
    services: ClientServices,
    apiUrl: string,
    credentials: AutotaskCredentials,
    session?: SessionServices,
  ) {
    this.#services = services;
    this.#zone = new ZoneAddress(apiUrl, session?.findZone);
    this.#circuit = session?.circuit;
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
    kind: 'query' | 'query/count' = 'query',
  ): Promise<JsonObject> {
    return this.#send(
      { method: 'POST', path: `${entity}/${kind}`, body: JSON.stringify(body), isWrite: false },
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

  #exchange(outgoing: Outgoing, attempt: Attempt, signal: AbortSignal | undefined): Promise<JsonObject> {
    const { path, isWrite } = outgoing;
    const request = `${outgoing.method} ${path}`;
    const run = async (): Promise<JsonObject> => {
      // Looked up once the slot is free: whoever waited may have been overtaken by a rejection or a move.
      const send = async () => this.#transmit(outgoing, await this.#zone.current(), attempt, signal);
      const answer = await this.#services.limiter
        .run(path.split('/')[0] ?? path, send, signal)
        .catch((error: unknown) => {
          throw isWrite && attempt.isSending === true ? unansweredWrite(request, error) : error;
        });
      const now = this.#services.clock.now();
      return readAnswer(answer, { request, redaction: this.#redaction, now, isWrite });
    };
    return this.#circuit === undefined ? run() : this.#circuit.run(run);
  }

  #transmit(
    { method, path, body }: Outgoing,
    apiUrl: string,
    attempt: Attempt,
    signal: AbortSignal | undefined,
  ): Promise<VendorAnswer> {
    attempt.usedUrl = apiUrl;
    const label = `${method} ${path}`;
    const message = {
      method,
      url: new URL(`V1.0/${path}`, apiUrl),
      headers: {
        ...this.#headers,
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'User-Agent': USER_AGENT,
      },
      ...(body === undefined ? {} : { body }),
      label,
      onSending: () => {
        attempt.isSending = true;
        this.#apiCalls += 1;
      },
    };
    return this.#services.transport.send(message, signal);
  }
}

/** Names of the vendor's three headers (Autotask REST reference, §1.3). */
function credentialHeaders(credentials: AutotaskCredentials): Record<string, string> {
  return {
    UserName: sendable(credentials.username, 'The user name', 'unspecified'),
    Secret: sendable(credentials.secret.reveal(), 'The secret', 'unspecified'),
    ApiIntegrationCode: sendable(
      credentials.integrationCode.reveal(),
      'The tracking identifier',
      'integration_code',
    ),
  };
}

/** Checked here because the HTTP client would only say that some header is invalid. */
function sendable(value: string, what: string, reason: SignInFailure): string {
  const isSendable = value.trim() !== '' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  if (isSendable) return value;
  const problem = value.trim() === '' ? 'is empty' : 'holds characters that cannot be sent to Autotask';
  throw new PsaCredentialsRejectedError(`${what} ${problem}.`, { context: { reason } });
}
