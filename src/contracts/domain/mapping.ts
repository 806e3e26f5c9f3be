import type { CurrencyCode } from '../../kernel/currency.js';
import type { BillingCycle, OfferKey } from '../../ports/host/subscription-source.port.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';

export const MAPPING_STATES = ['mapped', 'unmapped', 'excluded'] as const;
export type MappingState = (typeof MAPPING_STATES)[number];

export const MAPPING_KINDS = ['customer', 'offer', 'subscription'] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];

/** What each kind of mapping is about: a customer's id, an offer, a subscription's id. */
export interface MappingKeys {
  customer: string;
  offer: OfferKey & { name?: string | undefined };
  subscription: string;
}

/** Which connection, and what its rules need to know of it. */
export interface MappingScope {
  connectionId: string;
  tenantId: string;
  rootTenantId: string;
  currency: CurrencyCode;
  /** ISO 4217; null when the instance did not tell. */
  internalCurrency: string | null;
}

/** What somebody wants: bind a key to a PSA record, or keep it out of the PSA for a reason; exactly one of both is null. */
export interface MappingWish<Key> {
  key: Key;
  targetId: string | null;
  excludedReason: string | null;
}

/** Columns beside key and target, by name. */
export type MappingExtras = Readonly<Record<string, string | null>>;

/** A mapping as stored, not archived. */
export interface StoredMapping<Key> extends MappingWish<Key> {
  id: string;
  extras: MappingExtras;
}

export function stateOf(mapping: Pick<MappingWish<unknown>, 'targetId'> | undefined): MappingState {
  if (mapping === undefined) return 'unmapped';
  return mapping.targetId === null ? 'excluded' : 'mapped';
}

/** Members of an offer in the order of its text and its columns. */
export const OFFER_PARTS = ['productId', 'skuId', 'segment', 'term', 'billingCycle'] as const;

/** One text per key; two offers have the same text exactly when they are the same offer. */
export function keyText(key: string | OfferKey): string {
  return typeof key === 'string' ? key : JSON.stringify(OFFER_PARTS.map((part) => key[part]));
}

/**
 * The period a service or contract must have to bill this cycle. Autotask knows no period of three years, so an offer billed once in
 * three years fits nothing; it is billed as a one-time charge instead.
 */
const PERIOD_OF_CYCLE: Readonly<Record<BillingCycle, PeriodType | null>> = {
  monthly: 'monthly',
  annual: 'yearly',
  triennial: null,
};

export function periodOf(cycle: BillingCycle): PeriodType | null {
  return PERIOD_OF_CYCLE[cycle];
}

/** Product id of the Azure plan in Microsoft's catalogue, for offers nobody has bought yet. */
export const AZURE_PLAN_PRODUCT = 'DZH318Z0BPS6';
