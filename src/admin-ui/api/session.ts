import type { ApiClient } from './http-client.js';
import { toProblem } from './problem.js';

/** Who is signed in, and what is embedded, generated or simulated in this installation. */
export interface Session {
  actor: { id: string; name: string; tier: 'csp' | 'reseller' | 'customer'; permissions: string[] };
  notices: string[];
}

export type SignInMethod = 'password' | 'token';

export type SignInProof = { userName: string; password: string } | { token: string };

export function getSession(client: ApiClient, signal?: AbortSignal): Promise<Session> {
  return client.get('session', signal === undefined ? {} : { signal });
}

/** How a host signs people in, and whether whoever is signed in has a password to change. */
export interface SignInOptions {
  /** The usual way first; none where the host leaves that to itself and takes API tokens. */
  methods: SignInMethod[];
  hasPassword: boolean;
  /** OpenID Connect provider people sign in through; a host before it was offered tells none. */
  provider?: { label: string } | null;
}

/** Why the host sent the browser back from the provider without a session. */
export type ProviderOutcome = 'refused' | 'throttled' | 'unavailable';

/** Where the browser goes to sign in through the provider, relative to the page. */
export const PROVIDER_SIGN_IN = 'api/sign-in/oidc';

export async function findSignInOptions(client: ApiClient, signal: AbortSignal): Promise<SignInOptions> {
  try {
    return await client.get<SignInOptions>('sign-in', { signal });
  } catch (error) {
    if (toProblem(error).status === 404) return { methods: [], hasPassword: false };
    throw error;
  }
}

/** Opens a session; the host answers with its cookies. */
export function openSession(client: ApiClient, proof: SignInProof): Promise<unknown> {
  return client.send('POST', 'sign-in', proof);
}

/** Ends the session; one that has ended already is as good. */
export async function endSession(client: ApiClient): Promise<void> {
  try {
    await client.send('POST', 'sign-out');
  } catch (error) {
    const { status } = toProblem(error);
    // 404: a host with a session of its own and no way to end it from here.
    if (status !== 401 && status !== 404) throw error;
  }
}

export function changeOwnPassword(
  client: ApiClient,
  passwords: { currentPassword: string; newPassword: string },
): Promise<void> {
  return client.send('PUT', 'own-password', passwords);
}
