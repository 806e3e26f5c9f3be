import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { apiBaseUrl, createApiClient } from './api/http-client.js';
import type { ApiClient } from './api/http-client.js';
import type { ApiProblem } from './api/problem.js';
import { toProblem } from './api/problem.js';
import { endSession, findSignInOptions, getSession, openSession } from './api/session.js';
import type { Session, SignInMethod, SignInOptions, SignInProof } from './api/session.js';

/** Of this mount path alone: a host may have several installations. */
const tokenKey = (): string => `psa-connector.token:${window.location.pathname}`;

/** Why nobody is signed in: the start, a sign-out, or a session or token that is no longer accepted. */
export type SignedOutReason = 'start' | 'signedOut' | 'ended';

/** What goes with each call: the cookie of the host's session, or a token where the host has no session for us. */
type Credential = { kind: 'session' } | { kind: 'token'; token: string };

interface SessionState {
  /** Whether somebody is, or may be, signed in; the session says which. */
  hasCredential: boolean;
  reason: SignedOutReason;
  client: ApiClient | null;
  session: Session | null;
  problem: ApiProblem | null;
  /** Ways the host signs people in itself; null while unknown, empty where it takes API tokens alone. */
  methods: SignInMethod[] | null;
  /** What the button for the OpenID Connect provider says; null where there is none. */
  providerLabel: string | null;
  retry: () => void;
  /** Raises `ApiProblem` when this does not let in. */
  signIn: (proof: SignInProof) => Promise<void>;
  /** Raises `ApiProblem` when the session could not be ended. */
  signOut: () => Promise<void>;
}

const SessionContext = createContext<SessionState | null>(null);

function clientFor(credential: Credential, onUnauthorized?: () => void): ApiClient {
  return createApiClient({
    baseUrl: apiBaseUrl(document.baseURI),
    ...(credential.kind === 'token' ? { token: credential.token } : {}),
    ...(onUnauthorized === undefined ? {} : { onUnauthorized }),
  });
}

/** Where a browser keeps nothing for a page inside a frame: the token lives as long as the page. */
let unkeptToken: string | null = null;

function keptToken(): string | null {
  try {
    return window.sessionStorage.getItem(tokenKey());
  } catch {
    return unkeptToken;
  }
}

function keepToken(token: string | null): void {
  try {
    if (token === null) window.sessionStorage.removeItem(tokenKey());
    else window.sessionStorage.setItem(tokenKey(), token);
  } catch {
    unkeptToken = token;
  }
}

/** A token kept for this tab, else whatever session the browser has a cookie of. */
function storedCredential(): Credential {
  const token = keptToken();
  return token === null ? { kind: 'session' } : { kind: 'token', token };
}

/** How the host signs people in, asked once nobody is signed in. */
function useSignInOptions(isNeeded: boolean): SignInOptions | null {
  const [found, setFound] = useState<SignInOptions | null>(null);
  const isAsked = isNeeded && found === null;
  useEffect(() => {
    if (!isAsked) return undefined;
    const asking = new AbortController();
    findSignInOptions(clientFor({ kind: 'session' }), asking.signal).then(
      (options) => setFound(options),
      () => {
        // A host that cannot be reached says so when somebody tries to sign in.
        if (!asking.signal.aborted) setFound({ methods: [], hasPassword: false });
      },
    );
    return () => asking.abort();
  }, [isAsked]);
  return found;
}

/** Knows who is signed in, by the host's session or else by an API token kept for the tab, and notices when that ends. */
export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const queryClient = useQueryClient();
  const [credential, setCredential] = useState<Credential | null>(storedCredential);
  const [isKnown, setKnown] = useState(false);
  const [reason, setReason] = useState<SignedOutReason>('start');
  const options = useSignInOptions(credential === null);
  const methods = options?.methods ?? null;
  const providerLabel = options?.provider?.label ?? null;

  const leave = useCallback(
    (why: SignedOutReason) => {
      keepToken(null);
      setCredential(null);
      setReason(why);
      queryClient.clear();
    },
    [queryClient],
  );

  // Whoever opens the page without a session has not lost one.
  const client = useMemo(
    () =>
      credential === null
        ? null
        : clientFor(credential, () => leave(isKnown || credential.kind === 'token' ? 'ended' : 'start')),
    [credential, isKnown, leave],
  );

  const query = useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      if (client === null) return null;
      const session = await getSession(client, signal);
      setKnown(true);
      return session;
    },
    enabled: client !== null,
    staleTime: Infinity,
  });

  const signIn = useCallback(
    async (proof: SignInProof) => {
      const isOwn = methods === null || methods.length === 0;
      if (isOwn && !('token' in proof)) throw new TypeError('This host signs in with tokens alone');
      const next: Credential =
        isOwn && 'token' in proof ? { kind: 'token', token: proof.token } : { kind: 'session' };
      const trial = clientFor(next);
      if (!isOwn) await openSession(trial, proof);
      const session = await getSession(trial);
      queryClient.setQueryData(['session'], session);
      if (next.kind === 'token') keepToken(next.token);
      setKnown(true);
      setCredential(next);
    },
    [queryClient, methods],
  );

  const signOut = useCallback(async () => {
    if (credential?.kind === 'session' && client !== null) await endSession(client);
    leave('signedOut');
  }, [credential, client, leave]);

  const state = useMemo<SessionState>(
    () => ({
      hasCredential: credential !== null,
      reason,
      client,
      session: credential === null ? null : (query.data ?? null),
      problem: query.error === null ? null : toProblem(query.error),
      methods,
      providerLabel,
      retry: () => void query.refetch(),
      signIn,
      signOut,
    }),
    [credential, reason, client, query, methods, providerLabel, signIn, signOut],
  );
  return <SessionContext.Provider value={state}>{children}</SessionContext.Provider>;
}

export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (state === null) throw new Error('useSession needs a SessionProvider above');
  return state;
}

/** The API client of whoever is signed in. */
export function useApi(): ApiClient {
  const { client } = useSession();
  if (client === null) throw new Error('useApi is for pages behind the sign-in');
  return client;
}

/** What changes something about a connection, or through it: for the tiers that manage connections alone. */
const MANAGING = new Set([
  'connection:write',
  'sync:run',
  'mapping:write',
  'imports:write',
  'billing:approve',
  'reconciliation:close',
]);

/** Whether the signed-in actor may do this; the API decides in the end. */
export function useCan(permission: string): boolean {
  const { session } = useSession();
  if (session === null || !session.actor.permissions.includes(permission)) return false;
  return session.actor.tier !== 'customer' || !MANAGING.has(permission);
}
