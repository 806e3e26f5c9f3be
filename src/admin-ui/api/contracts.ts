import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

/** A decimal amount as text, such as `12.50`, with its ISO 4217 currency. */
export interface Amount {
  amount: string;
  currency: string;
}

export interface ContractService {
  externalId: string;
  serviceId: string;
  name: string;
  units: number;
  unitPrice: Amount | null;
  unitCost: Amount | null;
}

/** A contract as last read from the PSA, with what is in force today. */
export interface Contract {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  periodType: string | null;
  /** `YYYY-MM-DD`. */
  startsOn: string | null;
  endsOn: string | null;
  company: { externalId: string; name: string };
  services: ContractService[];
}

export function listContracts(
  client: ApiClient,
  connectionId: string,
  request: { cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<Contract>> {
  return client.get(`connections/${encodeURIComponent(connectionId)}/contracts`, {
    query: { limit: 25, cursor: request.cursor },
    signal: request.signal,
  });
}
