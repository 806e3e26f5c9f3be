import * as api from './generated/api.js';
import type { Contract } from './generated/api.js';
import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type { Contract, ContractService, Money as Amount } from './generated/api.js';

export function listContracts(
  client: ApiClient,
  connectionId: string,
  request: { cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<Contract>> {
  return api.listContracts(client, connectionId, { limit: 25, cursor: request.cursor }, request.signal);
}
