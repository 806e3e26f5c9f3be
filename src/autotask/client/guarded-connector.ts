import { constants } from 'node:crypto';
import { buildConnector } from 'undici';
import type { AllowedHosts } from './allowed-hosts.js';
import { publicLookup, type ResolveAll } from './public-address.js';

/** No connection came about, so nothing was sent. */
export class NotConnectedError extends Error {
  constructor(cause: unknown) {
    super('No connection came about', { cause });
    this.name = 'NotConnectedError';
  }
}

export interface ConnectorOptions {
  allowedHosts: AllowedHosts;
  timeoutMs: number;
  /** Name resolution; the system's unless told. */
  resolveAll?: ResolveAll | undefined;
}

/**
 * Opens connections, verifying certificates: to hosts the operator listed wherever they are, to all others only at public
 * addresses. Every failure is a NotConnectedError.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  const settings = {
    allowH2: false,
    timeout: options.timeoutMs,
    minVersion: 'TLSv1.2' as const,
    // The vendor's hosts lack secure renegotiation, and OpenSSL 3 then refuses to connect (Autotask REST reference,
    // §1.4). Certificates are verified as ever and this client never renegotiates.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  };
  const anywhere = buildConnector(settings);
  const publicOnly = buildConnector({ ...settings, lookup: publicLookup(options.resolveAll) });
  return (target, callback) => {
    const { protocol, hostname, port } = target;
    const url = new URL(`${protocol}//${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`);
    const connect = options.allowedHosts.lists(url) ? anywhere : publicOnly;
    connect(target, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      else callback(new NotConnectedError(error), null);
    });
  };
}
