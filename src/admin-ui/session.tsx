import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { apiBaseUrl, createApiClient } from './api/http-client.js';
import type { ApiClient } from './api/http-client.js';
import type { ApiProblem } from './api/problem.js';
import { toProblem } from './api/problem.js';
import { getSession } from './api/session.js';
import type { Session } from './api/session.js';

const TOKEN_KEY = 'psa-connector.token';

/** Why nobody is signed in: the start, a sign-out, or a token that is no longer accepted. */
export type SignedOutReason = 'start' | 'signedOut' | 'ended';

interface SessionState {
  token: string | null;
  reason: SignedOutReason;
  client: ApiClient | null;
  session: Session | null;
  problem: ApiProblem | null;
  retry: () => void;
  /** Verifies the token and keeps it; raises `ApiProblem` when it is not accepted. */
  signIn: (token: string) => Promise<void>;
  signOut: () => void;
}

const SessionContext = createContext<SessionState | null>(null);

/** Keeps the API token for the browser tab (never longer) and ends the session when the API refuses it. */
export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const queryClient = useQueryClient();
  const [token, setToken] = useState(() => window.sessionStorage.getItem(TOKEN_KEY));
  const [reason, setReason] = useState<SignedOutReason>('start');

  const leave = useCallback(
    (why: SignedOutReason) => {
      window.sessionStorage.removeItem(TOKEN_KEY);
      setToken(null);
      setReason(why);
      queryClient.clear();
    },
    [queryClient],
  );

  const client = useMemo(
    () =>
      token === null
        ? null
        : createApiClient({
            baseUrl: apiBaseUrl(document.baseURI),
            token,
            onUnauthorized: () => leave('ended'),
          }),
    [token, leave],
  );

  const query = useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => (client === null ? null : getSession(client, signal)),
    enabled: client !== null,
    staleTime: Infinity,
  });

  const signIn = useCallback(
    async (candidate: string) => {
      const trial = createApiClient({ baseUrl: apiBaseUrl(document.baseURI), token: candidate });
      const session = await getSession(trial);
      queryClient.setQueryData(['session'], session);
      window.sessionStorage.setItem(TOKEN_KEY, candidate);
      setToken(candidate);
    },
    [queryClient],
  );

  const state = useMemo<SessionState>(
    () => ({
      token,
      reason,
      client,
      session: token === null ? null : (query.data ?? null),
      problem: query.error === null ? null : toProblem(query.error),
      retry: () => void query.refetch(),
      signIn,
      signOut: () => leave('signedOut'),
    }),
    [token, reason, client, query, signIn, leave],
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

/** Whether the signed-in actor may do this; the API decides in the end. */
export function useCan(permission: string): boolean {
  const { session } = useSession();
  if (session === null || !session.actor.permissions.includes(permission)) return false;
  return permission !== 'connection:write' || session.actor.tier !== 'customer';
}
