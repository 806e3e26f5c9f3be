import { Inject, Injectable } from '@nestjs/common';
import { utcDay } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { AZURE_PLAN_PRODUCT, keyText, type MappingScope } from '../domain/mapping.js';
import { MAPPING_FACTS_READER, type MappingFactsReader } from '../domain/mapping-facts.js';
import type { CustomerMappingRow, OfferMappingRow, SubscriptionMappingRow } from '../domain/mapping-rows.js';
import { MAPPING_STORE, type MappingStore } from '../domain/mapping-store.js';
import {
  type Candidate,
  CompanySuggestions,
  ServiceSuggestions,
  suggestContracts,
} from '../domain/mapping-suggestions.js';
import { MappingLists } from './mapping-lists.service.js';
import { OfferCatalogue } from './offer-catalogue.service.js';

/** An unmapped subject and what may be its counterpart, best first; at least one. */
export interface Suggestion<Row> {
  row: Row;
  candidates: Candidate[];
}

/** Suggests counterparts of what is unmapped, a page of unmapped subjects at a time. Binds nothing. */
@Injectable()
export class MappingSuggestions {
  constructor(
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader,
    @Inject(MAPPING_STORE) private readonly store: MappingStore,
    private readonly lists: MappingLists,
    private readonly catalogue: OfferCatalogue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param search a text anywhere in the row, as in the list of mappings */
  async forCustomers(
    scope: MappingScope,
    page: PageRequest,
    search?: string,
  ): Promise<Page<Suggestion<CustomerMappingRow>>> {
    const unmapped = await this.lists.customers(scope, { state: 'unmapped', search }, page);
    const ids = unmapped.items.map(({ customerId }) => customerId);
    const found = await this.source.findBillingAccounts(scope.tenantId, ids);
    const customers = new Map(found.map((customer) => [customer.id, customer]));
    const suggestions = new CompanySuggestions(await this.facts.freeCompanies(scope));
    return withCandidates(unmapped, ({ customerId }) => {
      const customer = customers.get(customerId);
      return customer === undefined ? [] : suggestions.for(customer);
    });
  }

  async forOffers(
    scope: MappingScope,
    page: PageRequest,
    search?: string,
  ): Promise<Page<Suggestion<OfferMappingRow>>> {
    const unmapped = await this.lists.offers(scope, { state: 'unmapped', search }, page);
    const bought = await this.catalogue.offersOf(scope.tenantId);
    const suggestions = new ServiceSuggestions(await this.facts.freeServices(scope));
    return withCandidates(unmapped, ({ offer }) => {
      const isAzurePlan = bought.get(keyText(offer))?.isAzurePlan ?? offer.productId === AZURE_PLAN_PRODUCT;
      return suggestions.for({ ...offer, isAzurePlan });
    });
  }

  /** Only for subscriptions whose customer and offer are mapped; the others cannot be bound yet. */
  async forSubscriptions(
    scope: MappingScope,
    page: PageRequest,
    search?: string,
  ): Promise<Page<Suggestion<SubscriptionMappingRow>>> {
    const unmapped = await this.lists.subscriptions(scope, { state: 'unmapped', search }, page);
    const ids = unmapped.items.map(({ subscriptionId }) => subscriptionId);
    const found = await this.source.findSubscriptions(scope.tenantId, ids);
    const candidatesOf = await this.contractChoices(scope, found);
    const subscriptions = new Map(found.map((subscription) => [subscription.id, subscription]));
    return withCandidates(unmapped, ({ subscriptionId }) => {
      const subscription = subscriptions.get(subscriptionId);
      return subscription === undefined ? [] : candidatesOf(subscription);
    });
  }

  private async contractChoices(
    scope: MappingScope,
    subscriptions: readonly Subscription[],
  ): Promise<(subscription: Subscription) => Candidate[]> {
    const { connectionId } = scope;
    const customerIds = [...new Set(subscriptions.map(({ customerId }) => customerId))];
    const offers = [...new Map(subscriptions.map(({ offer }) => [keyText(offer), offer])).values()];
    const [customers, mappedOffers] = await Promise.all([
      this.store.find('customer', connectionId, customerIds),
      this.store.find('offer', connectionId, offers),
    ]);
    const companyOf = new Map(customers.map(({ key, targetId }) => [key, targetId]));
    const serviceOf = new Map(mappedOffers.map(({ key, targetId }) => [keyText(key), targetId]));
    const today = utcDay(this.clock.now());
    const companyIds = customers.flatMap(({ targetId }) => targetId ?? []);
    const contracts = await this.facts.openContracts(scope, companyIds, today);
    const contractsOf = Map.groupBy(contracts, ({ companyExternalId }) => companyExternalId);
    return (subscription) => {
      const serviceExternalId = serviceOf.get(keyText(subscription.offer)) ?? null;
      const companyId = companyOf.get(subscription.customerId) ?? null;
      if (serviceExternalId === null || companyId === null) return [];
      if (subscription.unitPrice.currency !== scope.currency) return [];
      const choice = { contracts: contractsOf.get(companyId) ?? [], serviceExternalId, today };
      return suggestContracts(subscription, choice);
    };
  }
}

function withCandidates<Row>(
  { items, nextCursor }: Page<Row>,
  candidatesOf: (row: Row) => Candidate[],
): Page<Suggestion<Row>> {
  const suggestions = items.map((row) => ({ row, candidates: candidatesOf(row) }));
  return { items: suggestions.filter(({ candidates }) => candidates.length > 0), nextCursor };
}
