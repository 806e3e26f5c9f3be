import type { LocalDate } from '../../kernel/local-date.js';
import type { OfferKey } from '../../ports/host/subscription-source.port.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';

/** The contract a subscription feeds, as last pulled. */
export interface MappedContract {
  name: string;
  companyExternalId: string;
  periodType: PeriodType;
  isActive: boolean;
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
}

/** Everything a mapped subscription is bound to on its connection. */
export interface MappedSubscription {
  mappingId: string;
  connectionId: string;
  tenantId: string;
  subscriptionId: string;
  customerId: string;
  companyExternalId: string;
  /** The offer as it was mapped; a subscription that changed its offer since then needs a mapping for the new one. */
  offer: OfferKey;
  serviceExternalId: string;
  contractExternalId: string;
  /** Null while the contract is not mirrored, because it was deleted in the PSA or is no longer visible. */
  contract: MappedContract | null;
}

/** Reads mappings that are not archived. */
export interface MappedSubscriptionReader {
  /** Those of the ids that the tenant has mapped, whatever the connection; ascending by subscription id. */
  bySubscriptions(tenantId: string, subscriptionIds: readonly string[]): Promise<MappedSubscription[]>;
  /** Of one connection, ascending by subscription id. @param afterId exclusive */
  byConnection(
    connectionId: string,
    afterId: string | undefined,
    limit: number,
  ): Promise<MappedSubscription[]>;
}

export const MAPPED_SUBSCRIPTION_READER = Symbol('MAPPED_SUBSCRIPTION_READER');
