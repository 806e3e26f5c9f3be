import type { OidcEnvironment } from '../oidc-environment.js';
import type { PasswordCost } from './password-hash.js';

/** What the host's access needs to know; made from the environment. */
export interface AccessSettings {
  /** Digest of the bootstrap token, or null when only accounts and API tokens sign in. */
  bootstrapDigest: Buffer | null;
  /** Whether cookies are for TLS only. */
  hasSecureCookies: boolean;
  /** Origin of the admin UI as browsers see it, or null to take it from the request. */
  publicOrigin: string | null;
  /** What the sign-in page offers first: in an evaluation nobody has an account yet. */
  usualMethod: 'password' | 'token';
  /** Cost of new password hashes. */
  passwordCost: PasswordCost;
  /** OpenID Connect provider people sign in through, or null. */
  oidc: OidcEnvironment | null;
  /** Path of the admin UI. */
  uiPath: string;
  /** A session ends after this long without a request. */
  sessionIdleMs: number;
  /** A session ends this long after its sign-in, whatever happens. */
  sessionMaxMs: number;
}

export const ACCESS_SETTINGS = Symbol('ACCESS_SETTINGS');
/** Token of the data source of the host's own tables. */
export const HOST_DATA_SOURCE = Symbol('HOST_DATA_SOURCE');
