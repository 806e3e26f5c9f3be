import type { AccessReport } from '../../ports/psa/access-report.js';
import type { CapabilitySet } from '../../ports/psa/capabilities.js';
import type { Connection, ConnectionState } from '../domain/connection.js';
import { type PoliciesJson, policiesToJson } from '../domain/connection-policies.js';

/** A connection as it travels; never a secret, not even masked. */
export interface ConnectionResponse {
  id: string;
  provider: string;
  alias: string;
  currency: string;
  state: ConnectionState;
  username: string;
  instance: { id: string; zoneName: string; apiUrl: string; webUrl: string };
  capabilities: CapabilitySet;
  accessReport: AccessReport;
  policies: PoliciesJson;
  createdAt: string;
  createdBy: { id: string; name: string };
}

export function toResponse(connection: Connection): ConnectionResponse {
  const { id, provider, alias, currency, state, username, accessReport, createdAt, createdBy } = connection;
  const { id: instanceId, zoneName, apiUrl, webUrl } = connection.instance;
  return {
    id,
    provider,
    alias,
    currency,
    state,
    username,
    instance: { id: instanceId, zoneName, apiUrl, webUrl },
    capabilities: accessReport.capabilities,
    accessReport,
    policies: policiesToJson(connection.policies),
    createdAt: createdAt.toISOString(),
    createdBy,
  };
}
