import * as api from './generated/api.js';
import type { AccessReport, Connection, ConnectionChange } from './generated/api.js';
import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type { Connection, ConnectionChange } from './generated/api.js';

export type ConnectionState = Connection['state'];
export type CredentialsInput = api.Credentials;
/** What a person types; the provider is ours to name. */
export type NewConnection = Omit<api.NewConnection, 'provider'>;

export function listConnections(
  client: ApiClient,
  request: { cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<Connection>> {
  return api.listConnections(client, { limit: 200, cursor: request.cursor }, request.signal);
}

export function getConnection(client: ApiClient, id: string, signal: AbortSignal): Promise<Connection> {
  return api.getConnection(client, id, signal);
}

/** Asks Autotask whether the connection would work; saves nothing. */
export function testConnection(
  client: ApiClient,
  input: NewConnection,
): Promise<{ accessReport: AccessReport }> {
  return api.testConnection(client, { provider: 'autotask', ...input });
}

export function createConnection(client: ApiClient, input: NewConnection): Promise<Connection> {
  return api.createConnection(client, { provider: 'autotask', ...input });
}

export function updateConnection(
  client: ApiClient,
  id: string,
  change: ConnectionChange,
): Promise<Connection> {
  return api.updateConnection(client, id, change);
}

export function removeConnection(client: ApiClient, id: string): Promise<void> {
  return api.removeConnection(client, id);
}

export function recheckConnection(client: ApiClient, id: string): Promise<{ accessReport: AccessReport }> {
  return api.checkConnection(client, id);
}
