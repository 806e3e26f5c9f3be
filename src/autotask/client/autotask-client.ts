import { PsaCredentialsRejectedError } from '../../ports/psa/psa.errors.js';
import type { Secret } from '../../kernel/secret.js';
import type { Clock } from '../../ports/host/clock.port.js';
import type { EntityLimiter } from './entity-limiter.js';
import { type JsonObject, readAnswer, type SignInFailure } from './failure-table.js';
import type { HttpTransport } from './http-transport.js';
import { Redaction } from './redaction.js';

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

export const USER_AGENT = 'nestjs-psa-connector';

/** The authenticated conversation with one Autotask database. Sends each request once; repeating is the caller's decision. */
export class AutotaskClient {
  readonly #services: ClientServices;
  readonly #baseUrl: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #redaction: Redaction;
  #apiCalls = 0;

  /**
   * @param apiUrl of the zone, ends with `/`, without the version
   * @throws PsaCredentialsRejectedError when a value holds characters that no HTTP header can carry
   */
  constructor(services: ClientServices, apiUrl: string, credentials: AutotaskCredentials) {
    this.#services = services;
    this.#baseUrl = `${apiUrl}V1.0/`;
    this.#headers = credentialHeaders(credentials);
    this.#redaction = new Redaction(Object.values(this.#headers));
  }

  /** Requests sent so far. */
  get apiCalls(): number {
    return this.#apiCalls;
  }

  /** @param path below the version, such as `Companies/entityInformation` */
  get(path: string, signal?: AbortSignal): Promise<JsonObject> {
    return this.#send('GET', path, undefined, signal);
  }

  /**
   * Runs `{entity}/query` by POST, because URLs beyond 2,048 characters die in the vendor's web server (Autotask REST
   * reference, §2.2).
   */
  query(entity: string, body: object, signal?: AbortSignal): Promise<JsonObject> {
    return this.#send('POST', `${entity}/query`, JSON.stringify(body), signal);
  }

  async #send(method: 'GET' | 'POST', path: string, body: string | undefined, signal?: AbortSignal) {
    const { transport, limiter, clock } = this.#services;
    const label = `${method} ${path}`;
    const message = {
      method,
      url: new URL(path, this.#baseUrl),
      headers: {
        ...this.#headers,
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'User-Agent': USER_AGENT,
      },
      ...(body === undefined ? {} : { body }),
      label,
      onSending: () => {
        this.#apiCalls += 1;
      },
    };
    const answer = await limiter.run(
      path.split('/')[0] ?? path,
      () => transport.send(message, signal),
      signal,
    );
    return readAnswer(answer, { request: label, redaction: this.#redaction, now: clock.now() });
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
