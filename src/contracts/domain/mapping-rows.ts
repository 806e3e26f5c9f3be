import type { Offer, OfferKey } from '../../ports/host/subscription-source.port.js';
import { type MappingState, stateOf, type StoredMapping } from './mapping.js';
import type { SyncState } from './mapping-listeners.js';

interface Row {
  state: MappingState;
  /** Why it is excluded; null unless it is. */
  reason: string | null;
}

export interface CustomerMappingRow extends Row {
  customerId: string;
  customerName: string;
  companyId: string | null;
  companyName: string | null;
}

export interface OfferMappingRow extends Row {
  /** Null while the offer is neither mapped nor excluded. */
  mappingId: string | null;
  offer: Offer;
  serviceId: string | null;
  serviceName: string | null;
}

export interface SubscriptionMappingRow extends Row {
  subscriptionId: string;
  subscriptionName: string;
  /** Null where the host no longer knows the subscription. */
  offer: Offer | null;
  customerId: string | null;
  customerName: string | null;
  contractId: string | null;
  contractName: string | null;
  /** Null unless the subscription is mapped. */
  syncState: SyncState | null;
}

export interface MappingRows {
  customer: CustomerMappingRow;
  offer: OfferMappingRow;
  subscription: SubscriptionMappingRow;
}

/** A mapping with the PSA's name of its target. */
export interface NamedMapping<Key> extends StoredMapping<Key> {
  /** Null when the target is not mirrored any more, or there is none. */
  targetName: string | null;
}

export function toCustomerRow(
  { id, name }: { id: string; name: string },
  mapping: NamedMapping<string> | undefined,
): CustomerMappingRow {
  return {
    customerId: id,
    customerName: name,
    companyId: mapping?.targetId ?? null,
    companyName: mapping?.targetName ?? null,
    state: stateOf(mapping),
    reason: mapping?.excludedReason ?? null,
  };
}

export function toOfferRow(offer: Offer, mapping: NamedMapping<OfferKey> | undefined): OfferMappingRow {
  const { productId, skuId, name, segment, term, billingCycle } = offer;
  return {
    mappingId: mapping?.id ?? null,
    offer: { productId, skuId, name, segment, term, billingCycle },
    serviceId: mapping?.targetId ?? null,
    serviceName: mapping?.targetName ?? null,
    state: stateOf(mapping),
    reason: mapping?.excludedReason ?? null,
  };
}

export function toSubscriptionRow(
  subscription: Pick<SubscriptionMappingRow, 'subscriptionName' | 'offer' | 'customerId' | 'customerName'> & {
    id: string;
  },
  mapping: NamedMapping<string> | undefined,
  syncState: SyncState | undefined,
): SubscriptionMappingRow {
  const { id, subscriptionName, offer, customerId, customerName } = subscription;
  const state = stateOf(mapping);
  return {
    subscriptionId: id,
    subscriptionName,
    offer,
    customerId,
    customerName,
    contractId: mapping?.targetId ?? null,
    contractName: mapping?.targetName ?? null,
    state,
    reason: mapping?.excludedReason ?? null,
    syncState: state === 'mapped' ? (syncState ?? 'synced') : null,
  };
}

/** What to keep of a list; absent members keep everything. */
export interface MappingFilter {
  state?: MappingState | undefined;
  /** Part of an id or a name on either side, whatever the case. */
  search?: string | undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a row of any kind is wanted. */
export function isWanted(row: MappingRows[keyof MappingRows], { state, search }: MappingFilter): boolean {
  if (state !== undefined && row.state !== state) return false;
  if (search === undefined) return true;
  const { state: _, reason: __, offer, ...own } = { offer: null, ...row };
  const texts = [...Object.values(own), ...(offer === null ? [] : Object.values(offer))].filter(isText);
  const part = search.toLocaleLowerCase('en');
  return texts.some((text) => text.toLocaleLowerCase('en').includes(part));
}
