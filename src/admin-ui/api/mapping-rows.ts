import type { FoundRecord } from './contracts.js';
import type {
  CustomerMapping,
  CustomerSuggestion,
  Offer,
  OfferMapping,
  SubscriptionMapping,
} from './generated/api.js';

export const MAPPING_KINDS = ['customers', 'offers', 'subscriptions'] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];
export type MappingState = CustomerMapping['state'];
export type SyncState = NonNullable<SubscriptionMapping['syncState']>;
export type SuggestionReason = CustomerSuggestion['reasons'][number];

/** One thing of the platform, mapped or not, the same for every kind. */
export interface MappingRow {
  /** Tells it from the others of its kind. */
  key: string;
  name: string;
  /** What tells apart those of one name. */
  note: string;
  state: MappingState;
  targetId: string | null;
  targetName: string | null;
  /** Why it is excluded. */
  reason: string | null;
  /** Only of mapped subscriptions. */
  syncState: SyncState | null;
  /** What removes the mapping; an offer has one only while it is mapped or excluded. */
  removeBy: string | null;
  offer: Offer | null;
}

/** A record of the PSA that may be the counterpart. */
export interface MappingCandidate {
  id: string;
  name: string;
  /** 0 to 1. */
  score: number;
  reasons: SuggestionReason[];
}

export interface MappingSuggestion {
  key: string;
  /** Best first. */
  candidates: MappingCandidate[];
}

/** A record of the PSA as a search finds it. */
export type MappingTarget = FoundRecord;

export interface MappingOutcome {
  key: string;
  outcome: 'accepted' | 'unchanged' | 'refused';
  code: string | null;
  detail: string | null;
}

export interface MappingQuery {
  state?: MappingState | undefined;
  search?: string | undefined;
  cursor?: string | undefined;
}

export interface WantedMapping {
  row: MappingRow;
  targetId: string;
}

export function offerKey({ productId, skuId, segment, term, billingCycle }: Offer): string {
  return [productId, skuId, segment, term, billingCycle].join('|');
}

export function offerNote({ productId, skuId, segment, term, billingCycle }: Offer): string {
  return [`${productId}:${skuId}`, segment, term, billingCycle].join(' · ');
}

export function fromCustomer(row: CustomerMapping): MappingRow {
  return {
    key: row.customerId,
    name: row.customerName,
    note: row.customerId,
    state: row.state,
    targetId: row.companyId,
    targetName: row.companyName,
    reason: row.reason,
    syncState: null,
    removeBy: row.customerId,
    offer: null,
  };
}

export function fromOffer(row: OfferMapping): MappingRow {
  return {
    key: offerKey(row.offer),
    name: row.offer.name,
    note: offerNote(row.offer),
    state: row.state,
    targetId: row.serviceId,
    targetName: row.serviceName,
    reason: row.reason,
    syncState: null,
    removeBy: row.mappingId,
    offer: row.offer,
  };
}

export function fromSubscription(row: SubscriptionMapping): MappingRow {
  return {
    key: row.subscriptionId,
    name: row.subscriptionName,
    note: [row.customerName, row.subscriptionId].filter((text) => text !== null).join(' · '),
    state: row.state,
    targetId: row.contractId,
    targetName: row.contractName,
    reason: row.reason,
    syncState: row.syncState,
    removeBy: row.subscriptionId,
    offer: row.offer,
  };
}
