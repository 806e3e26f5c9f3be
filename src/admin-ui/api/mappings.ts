import { findCompanies, findContracts, foundRecord, MOST_FOUND } from './contracts.js';
import * as api from './generated/api.js';
import type { MappingImport, Offer } from './generated/api.js';
import type { ApiClient } from './http-client.js';
import {
  fromCustomer,
  fromOffer,
  fromSubscription,
  type MappingCandidate,
  type MappingKind,
  type MappingOutcome,
  type MappingQuery,
  type MappingRow,
  type MappingSuggestion,
  type MappingTarget,
  offerKey,
  type SuggestionReason,
  type WantedMapping,
} from './mapping-rows.js';
import type { Page } from './page.js';

export type { MappingImport } from './generated/api.js';

/** The calls of one kind of mapping on one connection; every one raises `ApiProblem`. */
export interface MappingCalls {
  list(query: MappingQuery, signal: AbortSignal): Promise<Page<MappingRow>>;
  suggest(query: Omit<MappingQuery, 'state'>, signal: AbortSignal): Promise<Page<MappingSuggestion>>;
  findTargets(search: string, signal: AbortSignal): Promise<MappingTarget[]>;
  put(row: MappingRow, targetId: string): Promise<MappingRow>;
  exclude(row: MappingRow, reason: string): Promise<MappingRow>;
  remove(row: MappingRow): Promise<void>;
  /** At most `MOST_ACCEPTED` at once. */
  accept(wanted: readonly WantedMapping[]): Promise<MappingOutcome[]>;
  exportCsv(): Promise<Blob>;
  importCsv(text: string): Promise<MappingImport>;
}

export const MOST_ACCEPTED = 500;
const PAGE = 100;

function pageOf<From, To>({ items, nextCursor }: Page<From>, toItem: (item: From) => To): Page<To> {
  return { items: items.map(toItem), nextCursor };
}

function offerOf({ offer, name }: MappingRow): Offer {
  if (offer === null) throw new TypeError(`${name} is no offer`);
  return offer;
}

function removeByOf({ removeBy, name }: MappingRow): string {
  if (removeBy === null) throw new TypeError(`${name} has no mapping to remove`);
  return removeBy;
}

interface Scored {
  score: number;
  reasons: SuggestionReason[];
}

/** The best and the others, as one list. */
function candidatesOf<Found extends Scored>(
  best: Found & { alternatives: Found[] },
  targetOf: (found: Found) => { id: string; name: string },
): MappingCandidate[] {
  return [best, ...best.alternatives].map((found) => ({
    ...targetOf(found),
    score: found.score,
    reasons: found.reasons,
  }));
}

/** What became of each, by position: the API answers in the order it was asked. */
function outcomesOf(
  wanted: readonly WantedMapping[],
  items: readonly Omit<MappingOutcome, 'key'>[],
): MappingOutcome[] {
  return items.map(({ outcome, code, detail }, index) => ({
    key: wanted[index]?.row.key ?? '',
    outcome,
    code,
    detail,
  }));
}

function customerCalls(client: ApiClient, id: string): MappingCalls {
  return {
    list: async (query, signal) =>
      pageOf(await api.listCustomerMappings(client, id, { ...query, limit: PAGE }, signal), fromCustomer),
    suggest: async (query, signal) =>
      pageOf(await api.suggestCustomerMappings(client, id, { ...query, limit: PAGE }, signal), (found) => ({
        key: found.customerId,
        candidates: candidatesOf(found, ({ companyId, companyName }) => ({
          id: companyId,
          name: companyName,
        })),
      })),
    findTargets: async (search, signal) =>
      (await findCompanies(client, id, search, signal)).map((company) =>
        foundRecord(company, [company.number, company.type, company.currency]),
      ),
    put: async ({ key }, companyId) =>
      fromCustomer(await api.putCustomerMapping(client, id, { customerId: key, companyId })),
    exclude: async ({ key }, reason) =>
      fromCustomer(await api.putCustomerMapping(client, id, { customerId: key, excluded: true, reason })),
    remove: (row) => api.removeCustomerMapping(client, id, removeByOf(row)),
    accept: async (wanted) => {
      const items = wanted.map(({ row, targetId }) => ({ customerId: row.key, companyId: targetId }));
      return outcomesOf(wanted, (await api.acceptCustomerMappings(client, id, { items })).items);
    },
    exportCsv: () => api.exportCustomerMappings(client, id),
    importCsv: (text) => api.importCustomerMappings(client, id, text),
  };
}

function offerCalls(client: ApiClient, id: string): MappingCalls {
  return {
    list: async (query, signal) =>
      pageOf(await api.listOfferMappings(client, id, { ...query, limit: PAGE }, signal), fromOffer),
    suggest: async (query, signal) =>
      pageOf(await api.suggestOfferMappings(client, id, { ...query, limit: PAGE }, signal), (found) => ({
        key: offerKey(found.offer),
        candidates: candidatesOf(found, ({ serviceId, serviceName }) => ({
          id: serviceId,
          name: serviceName,
        })),
      })),
    findTargets: async (search, signal) =>
      (await api.listServices(client, id, { search, limit: MOST_FOUND }, signal)).items.map((service) =>
        foundRecord(service, [service.sku, service.periodType]),
      ),
    put: async (row, serviceId) =>
      fromOffer(await api.putOfferMapping(client, id, { offer: offerOf(row), serviceId })),
    exclude: async (row, reason) =>
      fromOffer(await api.putOfferMapping(client, id, { offer: offerOf(row), excluded: true, reason })),
    remove: (row) => api.removeOfferMapping(client, id, removeByOf(row)),
    accept: async (wanted) => {
      const items = wanted.map(({ row, targetId }) => ({ offer: offerOf(row), serviceId: targetId }));
      return outcomesOf(wanted, (await api.acceptOfferMappings(client, id, { items })).items);
    },
    exportCsv: () => api.exportOfferMappings(client, id),
    importCsv: (text) => api.importOfferMappings(client, id, text),
  };
}

function subscriptionCalls(client: ApiClient, id: string): MappingCalls {
  return {
    list: async (query, signal) =>
      pageOf(
        await api.listSubscriptionMappings(client, id, { ...query, limit: PAGE }, signal),
        fromSubscription,
      ),
    suggest: async (query, signal) =>
      pageOf(
        await api.suggestSubscriptionMappings(client, id, { ...query, limit: PAGE }, signal),
        (found) => ({
          key: found.subscriptionId,
          candidates: candidatesOf(found, ({ contractId, contractName }) => ({
            id: contractId,
            name: contractName,
          })),
        }),
      ),
    findTargets: async (search, signal) =>
      (await findContracts(client, id, search, signal)).map((contract) =>
        foundRecord(contract, [contract.company.name, contract.number, contract.periodType]),
      ),
    put: async ({ key }, contractId) =>
      fromSubscription(await api.putSubscriptionMapping(client, id, { subscriptionId: key, contractId })),
    exclude: async ({ key }, reason) =>
      fromSubscription(
        await api.putSubscriptionMapping(client, id, { subscriptionId: key, excluded: true, reason }),
      ),
    remove: (row) => api.removeSubscriptionMapping(client, id, removeByOf(row)),
    accept: async (wanted) => {
      const items = wanted.map(({ row, targetId }) => ({ subscriptionId: row.key, contractId: targetId }));
      return outcomesOf(wanted, (await api.acceptSubscriptionMappings(client, id, { items })).items);
    },
    exportCsv: () => api.exportSubscriptionMappings(client, id),
    importCsv: (text) => api.importSubscriptionMappings(client, id, text),
  };
}

const CALLS: Record<MappingKind, (client: ApiClient, connectionId: string) => MappingCalls> = {
  customers: customerCalls,
  offers: offerCalls,
  subscriptions: subscriptionCalls,
};

export function mappingCalls(client: ApiClient, connectionId: string, kind: MappingKind): MappingCalls {
  return CALLS[kind](client, connectionId);
}
