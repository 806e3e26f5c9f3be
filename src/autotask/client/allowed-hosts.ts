import { PsaHostNotAllowedError } from '../../ports/psa/psa.errors.js';

/**
 * The vendor's own hosts. The list of zones grows (a live tenant uses a number no published list has), so numbers are
 * not enumerated (Autotask REST reference, §1.2).
 */
const VENDOR_HOST = /^(webservices\d*|prde|pres)\.autotask\.net$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

/** Decides where requests, and with them the credentials, may go. */
export class AllowedHosts {
  readonly #extra: ReadonlySet<string>;

  /** @param extra `host:port`, or `host` for the default port of its protocol */
  constructor(extra: readonly string[], discoveryUrl: string) {
    const discovery = new URL(discoveryUrl);
    // The vendor's own discovery host needs no listing, and must not count as one: a listed host may be private.
    const isVendors = isVendorHost(discovery);
    this.#extra = new Set([
      ...extra.map((entry) => entry.trim().toLowerCase()),
      ...(isVendors ? [] : [discovery.host, withPort(discovery)]),
    ]);
  }

  /** @throws PsaHostNotAllowedError when the URL's host is not on the list, or plain HTTP would leave this machine. */
  check(url: URL): void {
    if (!this.#allows(url)) throw new PsaHostNotAllowedError(url.host);
  }

  /** Whether the operator named this host, who may have put it on a private network. */
  lists(url: URL): boolean {
    return this.#extra.has(url.host) || this.#extra.has(withPort(url));
  }

  #allows(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) return false;
    return isVendorHost(url) || (url.protocol in DEFAULT_PORTS && this.lists(url));
  }
}

function isVendorHost(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && VENDOR_HOST.test(url.hostname);
}

function withPort(url: URL): string {
  return `${url.hostname}:${url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? '') : url.port}`;
}
