import type { Amount } from './contracts.js';
import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

/** What a contract bills of one service or bundle on a day. */
export interface ContractLine {
  contract: { externalId: string; name: string; number: string | null };
  company: { externalId: string; name: string };
  kind: string;
  externalId: string;
  name: string;
  /** `YYYY-MM-DD`. */
  startsOn: string;
  endsOn: string;
  units: number;
  unitPrice: Amount | null;
  internalUnitPrice: Amount | null;
  unitCost: Amount | null;
  isPosted: boolean;
}

function pathOf(connectionId: string): string {
  return `connections/${encodeURIComponent(connectionId)}/contract-lines`;
}

export function listContractLines(
  client: ApiClient,
  connectionId: string,
  request: { asOf: string; cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<ContractLine>> {
  return client.get(pathOf(connectionId), {
    query: { limit: 50, asOf: request.asOf, cursor: request.cursor },
    signal: request.signal,
  });
}

/** All lines of the day as CSV. */
export function exportContractLines(client: ApiClient, connectionId: string, asOf: string): Promise<Blob> {
  return client.getFile(`${pathOf(connectionId)}/export.csv`, { query: { asOf } });
}
