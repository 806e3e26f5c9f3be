import * as api from './generated/api.js';
import type { ContractLine } from './generated/api.js';
import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type { ContractLine } from './generated/api.js';

/** Which lines: those of a day, of one contract or company where one is given. */
export interface LineChoice {
  /** `YYYY-MM-DD` */
  asOf: string;
  contractId?: string | undefined;
  companyId?: string | undefined;
}

export function listContractLines(
  client: ApiClient,
  connectionId: string,
  request: LineChoice & { cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<ContractLine>> {
  const { signal, ...query } = request;
  return api.listContractLines(client, connectionId, { limit: 50, ...query }, signal);
}

/** All lines of the choice as CSV. */
export function exportContractLines(
  client: ApiClient,
  connectionId: string,
  choice: LineChoice,
): Promise<Blob> {
  return api.exportContractLines(client, connectionId, { ...choice });
}
