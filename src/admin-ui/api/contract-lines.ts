import * as api from './generated/api.js';
import type { ContractLine } from './generated/api.js';
import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type { ContractLine } from './generated/api.js';

export function listContractLines(
  client: ApiClient,
  connectionId: string,
  request: { asOf: string; cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<ContractLine>> {
  const { asOf, cursor, signal } = request;
  return api.listContractLines(client, connectionId, { limit: 50, asOf, cursor }, signal);
}

/** All lines of the day as CSV. */
export function exportContractLines(client: ApiClient, connectionId: string, asOf: string): Promise<Blob> {
  return api.exportContractLines(client, connectionId, { asOf });
}
