import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import * as openid from 'openid-client';
import type { OidcEnvironment } from '../../oidc-environment.js';
import { ACCESS_SETTINGS, type AccessSettings } from '../access-settings.js';
import { identityOf, type ProviderIdentity } from './provider-identity.js';

/** The provider does not answer, or not as a provider does; trying again later may help. */
export class ProviderUnavailableError extends Error {}

/** The provider, or what came back from it, does not let the person in. */
export class ProviderRefusedError extends Error {}

const TIMEOUT_SECONDS = 10;
/** The provider's own description is read again after this long. */
const DISCOVERED_FOR_MS = 3_600_000;

/** What one sign-in is recognised by; all made from one secret that only the browser keeps. */
function partsOf(secret: string): Record<'state' | 'nonce' | 'verifier', string> {
  const part = (name: string) => createHmac('sha256', secret).update(name).digest('base64url');
  return { state: part('state'), nonce: part('nonce'), verifier: part('code verifier') };
}

/** Authorization code flow with PKCE, state and nonce; ID tokens are verified with the provider's keys. */
@Injectable()
export class OidcProvider {
  #found: { configuration: Promise<openid.Configuration>; until: number } | null = null;
  readonly #settings: OidcEnvironment | null;

  constructor(@Inject(ACCESS_SETTINGS) { oidc }: AccessSettings) {
    this.#settings = oidc;
  }

  get settings(): OidcEnvironment | null {
    return this.#settings;
  }

  /** Where to send the browser. @throws ProviderUnavailableError */
  async authorizationUrl(secret: string, redirectUri: string): Promise<URL> {
    const { state, nonce, verifier } = partsOf(secret);
    const configuration = await this.configuration();
    return openid.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.demandSettings().scopes,
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /** Whether an answer belongs to the sign-in that was begun with this secret. */
  isAwaited(secret: string, answer: URL): boolean {
    return answer.searchParams.get('state') === partsOf(secret).state;
  }

  /**
   * Who came back.
   * @param answer the redirect address with the parameters the provider added
   * @throws ProviderUnavailableError, ProviderRefusedError
   */
  async identify(secret: string, answer: URL): Promise<ProviderIdentity> {
    const { state, nonce, verifier } = partsOf(secret);
    const configuration = await this.configuration();
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new ProviderRefusedError('no ID token');
      return identityOf(claims, this.demandSettings());
    } catch (error) {
      throw asProviderError(error);
    }
  }

  private configuration(): Promise<openid.Configuration> {
    if (this.#found !== null && this.#found.until > Date.now()) return this.#found.configuration;
    const found = { configuration: this.discover(), until: Date.now() + DISCOVERED_FOR_MS };
    this.#found = found;
    // A provider that is down is asked again the next time.
    found.configuration.catch(() => {
      if (this.#found === found) this.#found = null;
    });
    return found.configuration;
  }

  private async discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.demandSettings();
    const address = new URL(issuer);
    const execute = [openid.enableNonRepudiationChecks];
    // The environment allows it for this machine alone.
    if (address.protocol === 'http:') execute.push(openid.allowInsecureRequests);
    try {
      return await openid.discovery(address, clientId, undefined, secretAsAsked(clientSecret), {
        timeout: TIMEOUT_SECONDS,
        execute,
      });
    } catch (cause) {
      throw new ProviderUnavailableError('discovery', { cause });
    }
  }

  private demandSettings(): OidcEnvironment {
    if (this.#settings === null) throw new Error('No OpenID Connect provider is set');
    return this.#settings;
  }
}

/** In the body where the provider takes it there, else in the header, which every provider must take. */
function secretAsAsked(secret: string): openid.ClientAuth {
  const inBody = openid.ClientSecretPost(secret);
  const inHeader = openid.ClientSecretBasic(secret);
  return (server, client, body, headers) => {
    const takes = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (takes.includes('client_secret_basic') ? inHeader : inBody)(server, client, body, headers);
  };
}

/** Answers that cannot be read and times that run out are the provider's trouble; everything else is a no. */
function asProviderError(error: unknown): Error {
  if (error instanceof ProviderRefusedError || error instanceof ProviderUnavailableError) return error;
  if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError) {
    return new ProviderRefusedError(error.error, { cause: error });
  }
  const code = error instanceof openid.ClientError ? error.code : undefined;
  const isTheirs = code === undefined || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM';
  return isTheirs
    ? new ProviderUnavailableError('token', { cause: error })
    : new ProviderRefusedError(code, { cause: error });
}
