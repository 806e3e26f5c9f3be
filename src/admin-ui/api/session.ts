import type { ApiClient } from './http-client.js';

/** Who is signed in, and what is embedded, generated or simulated in this installation. */
export interface Session {
  actor: { id: string; name: string; tier: 'csp' | 'reseller' | 'customer'; permissions: string[] };
  notices: string[];
}

export function getSession(client: ApiClient, signal?: AbortSignal): Promise<Session> {
  return client.get('session', signal === undefined ? {} : { signal });
}
