import { useCallback, useSyncExternalStore } from 'react';

/**
 * The address after `#`, such as `/audit-logs?outcome=failed`. The hash is used because the host decides the mount path and serves
 * one page; filters stay inside it (wouter's own hash hook would move them before the `#`, where a reload reaches the server).
 */
function currentHash(): string {
  return `/${window.location.hash.replace(/^#?\/?/, '')}`;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  window.addEventListener('popstate', listener);
  return () => {
    window.removeEventListener('hashchange', listener);
    window.removeEventListener('popstate', listener);
  };
}

export function hashPath(hash: string): string {
  return hash.split('?', 1)[0] ?? '/';
}

export function hashQuery(hash: string): URLSearchParams {
  const start = hash.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : hash.slice(start + 1));
}

interface NavigateOptions {
  replace?: boolean;
}

/** Goes to an address of ours, such as `/connectors`. */
export function navigateHash(to: string, options: NavigateOptions = {}): void {
  const url = new URL(window.location.href);
  url.hash = to;
  if (options.replace === true) window.history.replaceState(null, '', url);
  else window.history.pushState(null, '', url);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Location hook for wouter's `Router`: the path without the query. */
export function useHashPath(): [string, (to: string, options?: NavigateOptions) => void] {
  return [hashPath(useSyncExternalStore(subscribe, currentHash)), navigateHash];
}

useHashPath.hrefs = (href: string): string => `#${href}`;

/** The query inside the hash, and a function that replaces it without a new history entry. */
export function useHashQuery(): [URLSearchParams, (query: URLSearchParams) => void] {
  const hash = useSyncExternalStore(subscribe, currentHash);
  const replaceQuery = useCallback((query: URLSearchParams) => {
    const text = query.toString();
    const path = hashPath(currentHash());
    navigateHash(text === '' ? path : `${path}?${text}`, { replace: true });
  }, []);
  return [hashQuery(hash), replaceQuery];
}
