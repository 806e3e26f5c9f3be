import type { OfferKey } from '../../ports/host/subscription-source.port.js';
import type { MappingKeys, MappingKind } from '../domain/mapping.js';

/** Where a kind of mapping is kept. Column names are ours alone, never a caller's. */
export interface MappingTable<Key> {
  name: string;
  /** What identifies the subject within a connection. */
  keyColumns: readonly string[];
  keyValues(key: Key): string[];
  toKey(row: Record<string, string>): Key;
  target: string;
  /** Mirror table that holds the targets. */
  mirror: string;
  extraColumns: readonly { name: string; type: 'text' | 'uuid' }[];
}

const OFFER_COLUMNS = ['product_id', 'sku_id', 'segment', 'term', 'billing_cycle'] as const;

function toOffer(row: Record<string, string>): MappingKeys['offer'] {
  return {
    productId: row['product_id'] ?? '',
    skuId: row['sku_id'] ?? '',
    segment: row['segment'] ?? '',
    term: row['term'] as OfferKey['term'],
    billingCycle: row['billing_cycle'] as OfferKey['billingCycle'],
    name: row['offer_name'],
  };
}

export const MAPPING_TABLES: { readonly [K in MappingKind]: MappingTable<MappingKeys[K]> } = {
  customer: {
    name: 'customer_mapping',
    keyColumns: ['customer_id'],
    keyValues: (id) => [id],
    toKey: (row) => row['customer_id'] ?? '',
    target: 'company_external_id',
    mirror: 'psa_company',
    extraColumns: [],
  },
  offer: {
    name: 'offer_mapping',
    keyColumns: OFFER_COLUMNS,
    keyValues: (offer) => [offer.productId, offer.skuId, offer.segment, offer.term, offer.billingCycle],
    toKey: toOffer,
    target: 'service_external_id',
    mirror: 'psa_service',
    extraColumns: [{ name: 'offer_name', type: 'text' }],
  },
  subscription: {
    name: 'subscription_mapping',
    keyColumns: ['subscription_id'],
    keyValues: (id) => [id],
    toKey: (row) => row['subscription_id'] ?? '',
    target: 'contract_external_id',
    mirror: 'psa_contract',
    extraColumns: [
      { name: 'root_tenant_id', type: 'text' },
      { name: 'customer_id', type: 'text' },
      { name: 'customer_mapping_id', type: 'uuid' },
      { name: 'offer_mapping_id', type: 'uuid' },
    ],
  },
};
