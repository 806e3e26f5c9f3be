import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const KEY_ID = 'key-1';
const ALGORITHM = 'RS256';

/** What a person at the provider brings along, beside what every ID token holds. */
export type Claims = Record<string, unknown> & { sub: string };

/** Where the provider does not do as it should. */
export interface IssuerFaults {
  /** ID token claims that replace the right ones; undefined leaves one out. */
  claims?: Record<string, unknown>;
  /** Signs with a key that is not the published one. */
  signsWithOtherKey?: boolean;
  /** Answers the sign-in with this error. */
  refuses?: string;
  /** Answers the token request with status 500. */
  tokenFails?: boolean;
  /** Refuses the token request in words that repeat how the client signed in. */
  tokenEchoes?: boolean;
}

interface Grant {
  person: Claims;
  nonce: string | null;
  challenge: string | null;
  redirectUri: string;
}

/** An OpenID Connect provider: authorization code flow with PKCE, as strict about what it is sent as the real ones are. */
export class OidcIssuer {
  readonly #keys = newKeys();
  readonly #grants = new Map<string, Grant>();
  /** Paths of the requests so far. */
  readonly requests: string[] = [];
  /** Token requests that were answered with what they brought. */
  echoes = 0;
  person: Claims = { sub: 'person-1' };
  faults: IssuerFaults = {};

  private constructor(
    private readonly server: Server,
    readonly clientId: string,
    readonly clientSecret: string,
  ) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  /** @param clientSecret default: one nobody knows */
  static async start(clientSecret = randomBytes(16).toString('hex')): Promise<OidcIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OidcIssuer(server, 'psa-connector', clientSecret);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', this.url);
    this.requests.push(address.pathname);
    switch (address.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, this.description());
      case '/jwks': {
        const key = this.#keys.publicKey.export({ format: 'jwk' });
        return json(response, 200, { keys: [{ ...key, kid: KEY_ID, alg: ALGORITHM, use: 'sig' }] });
      }
      case '/authorize':
        return this.authorize(address.searchParams, response);
      case '/token':
        return this.token(request, new URLSearchParams(await textOf(request)), response);
      default:
        return json(response, 404, {});
    }
  }

  private description(): object {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [ALGORITHM],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** The person is signed in there already and agrees. */
  private authorize(asked: URLSearchParams, response: ServerResponse): void {
    const back = new URL(asked.get('redirect_uri') ?? '');
    if (asked.get('client_id') !== this.clientId || asked.get('response_type') !== 'code') {
      return json(response, 400, { error: 'invalid_request' });
    }
    back.searchParams.set('state', asked.get('state') ?? '');
    back.searchParams.set('iss', this.url);
    if (this.faults.refuses === undefined) {
      const code = randomBytes(16).toString('hex');
      this.#grants.set(code, {
        person: this.person,
        nonce: asked.get('nonce'),
        challenge: asked.get('code_challenge_method') === 'S256' ? asked.get('code_challenge') : null,
        redirectUri: asked.get('redirect_uri') ?? '',
      });
      back.searchParams.set('code', code);
    } else {
      back.searchParams.set('error', this.faults.refuses);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  private token(request: IncomingMessage, asked: URLSearchParams, response: ServerResponse): void {
    if (this.faults.tokenFails === true) return json(response, 500, 'no');
    if (this.faults.tokenEchoes === true) {
      this.echoes += 1;
      const heard = `${this.clientSecret} ${request.headers.authorization}`;
      return json(response, 400, { error: 'invalid_client', error_description: `Heard ${heard}` });
    }
    // Both parts are form-encoded before they are put together (RFC 6749, 2.3.1).
    const [, basic = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const given = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
    if (given[0] !== this.clientId || given[1] !== this.clientSecret) {
      return json(response, 401, { error: 'invalid_client' });
    }
    const code = asked.get('code') ?? '';
    const grant = this.#grants.get(code);
    // A code is good once.
    this.#grants.delete(code);
    const verifier = asked.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (grant?.challenge !== challenge || asked.get('redirect_uri') !== grant.redirectUri) {
      return json(response, 400, { error: 'invalid_grant' });
    }
    return json(response, 200, {
      access_token: randomBytes(16).toString('hex'),
      token_type: 'Bearer',
      expires_in: 60,
      id_token: this.idToken(grant),
    });
  }

  private idToken({ person, nonce }: Grant): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url,
      aud: this.clientId,
      iat: now,
      exp: now + 60,
      nonce,
      ...person,
      ...this.faults.claims,
    };
    return jwt(claims, this.faults.signsWithOtherKey === true ? newKeys().privateKey : this.#keys.privateKey);
  }
}

const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(claims: object, key: KeyObject): string {
  const signed = `${part({ alg: ALGORITHM, kid: KEY_ID })}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
