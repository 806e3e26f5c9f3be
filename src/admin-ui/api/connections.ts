import type { AccessReport, CapabilitySet } from './access-report.js';
import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type ConnectionState = 'active' | 'attention' | 'disabled';

/** One Autotask instance in one currency; never contains a secret. */
export interface Connection {
  id: string;
  provider: 'autotask';
  alias: string;
  /** ISO 4217. */
  currency: string;
  state: ConnectionState;
  username: string;
  instance: { id: string; zoneName: string; apiUrl: string; webUrl: string };
  capabilities: CapabilitySet;
  accessReport: AccessReport | null;
  createdAt: string;
  createdBy: { id: string; name: string };
}

export interface CredentialsInput {
  username: string;
  secret: string;
  /** Absent: the host's configured tracking identifier. */
  integrationCode?: string;
}

export interface NewConnection {
  alias: string;
  currency: string;
  credentials: CredentialsInput;
}

export interface ConnectionChange {
  alias?: string;
  enabled?: boolean;
  credentials?: CredentialsInput;
}

function pathOf(id: string): string {
  return `connections/${encodeURIComponent(id)}`;
}

export function listConnections(
  client: ApiClient,
  request: { cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<Connection>> {
  return client.get('connections', {
    query: { limit: 200, cursor: request.cursor },
    signal: request.signal,
  });
}

export function getConnection(client: ApiClient, id: string, signal: AbortSignal): Promise<Connection> {
  return client.get(pathOf(id), { signal });
}

/** Asks Autotask whether the connection would work; saves nothing. */
export function testConnection(
  client: ApiClient,
  input: NewConnection,
): Promise<{ accessReport: AccessReport }> {
  return client.send('POST', 'connections/check', { provider: 'autotask', ...input });
}

export function createConnection(client: ApiClient, input: NewConnection): Promise<Connection> {
  return client.send('POST', 'connections', { provider: 'autotask', ...input });
}

export function updateConnection(
  client: ApiClient,
  id: string,
  change: ConnectionChange,
): Promise<Connection> {
  return client.send('PATCH', pathOf(id), change);
}

export function removeConnection(client: ApiClient, id: string): Promise<void> {
  return client.send('DELETE', pathOf(id));
}

export function recheckConnection(client: ApiClient, id: string): Promise<{ accessReport: AccessReport }> {
  return client.send('POST', `${pathOf(id)}/check`);
}
