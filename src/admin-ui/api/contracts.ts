import * as api from './generated/api.js';
import type { Company, Contract } from './generated/api.js';
import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export type { Contract, ContractService, Money as Amount } from './generated/api.js';

/** A mirrored record as a search shows it. */
export interface FoundRecord {
  id: string;
  name: string;
  /** What tells it from others of the same name. */
  note: string;
}

/** How many records a search brings at most. */
export const MOST_FOUND = 50;

export function listContracts(
  client: ApiClient,
  connectionId: string,
  request: { cursor?: string | undefined; signal: AbortSignal },
): Promise<Page<Contract>> {
  return api.listContracts(client, connectionId, { limit: 25, cursor: request.cursor }, request.signal);
}

export function getContract(
  client: ApiClient,
  connectionId: string,
  contractId: string,
  signal: AbortSignal,
): Promise<Contract> {
  return api.getContract(client, connectionId, contractId, signal);
}

/** Companies with the text in their name or number; the first by name where nothing is searched for. */
export async function findCompanies(
  client: ApiClient,
  connectionId: string,
  search: string,
  signal: AbortSignal,
): Promise<Company[]> {
  return (await api.listCompanies(client, connectionId, { search, limit: MOST_FOUND }, signal)).items;
}

/** Contracts with the text in their name or number; the first by name where nothing is searched for. */
export async function findContracts(
  client: ApiClient,
  connectionId: string,
  search: string,
  signal: AbortSignal,
): Promise<Contract[]> {
  return (await api.listContracts(client, connectionId, { search, limit: MOST_FOUND }, signal)).items;
}

/** @param facts that tell the record from others of the same name; empty ones are left out */
export function foundRecord(
  { externalId, name }: { externalId: string; name: string },
  facts: readonly (string | null)[],
): FoundRecord {
  return { id: externalId, name, note: facts.filter(Boolean).join(' · ') };
}
