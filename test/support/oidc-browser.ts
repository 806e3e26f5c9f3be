import { expect } from 'vitest';
import type { HostSession } from './host-session.js';

export const OIDC_START = '/psa/api/sign-in/oidc';

export interface Redirect {
  status: number;
  location: string;
  cookies: string[];
}

/** Follows one redirect as a browser does, with and for its cookies of the host. */
export async function go(session: HostSession, address: string): Promise<Redirect> {
  const cookie = [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const isHost = address.startsWith(session.origin);
  const response = await fetch(address, {
    redirect: 'manual',
    headers: isHost && cookie !== '' ? { cookie } : {},
  });
  for (const line of isHost ? response.headers.getSetCookie() : []) session.keep(line);
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    cookies: response.headers.getSetCookie(),
  };
}

/** To the provider and back; gives the address the host is asked with in the end. */
export async function toCallback(session: HostSession): Promise<string> {
  const start = await go(session, `${session.origin}${OIDC_START}`);
  expect(start.status).toBe(302);
  const provider = await go(session, start.location);
  return provider.location;
}

export async function throughProvider(session: HostSession): Promise<Redirect & { session: HostSession }> {
  const answer = await go(session, await toCallback(session));
  return { session, ...answer };
}
