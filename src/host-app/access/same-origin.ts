import type { IncomingRequest } from '../../index.js';

/**
 * Whether a browser says that our own page sent the request. A browser that says nothing (an old one, or no browser) passes here;
 * the token of the session decides then.
 */
export function isSameOrigin(headers: IncomingRequest['headers'], publicOrigin: string | null): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  if (typeof origin !== 'string') return false;
  if (publicOrigin !== null) return origin === publicOrigin;
  // Without a configured address the scheme is not known: TLS may end before us.
  return URL.canParse(origin) && new URL(origin).host === headers['host'];
}
