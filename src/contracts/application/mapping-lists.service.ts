import { Inject, Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor, type Page, type PageRequest, toPage } from '../../kernel/page.js';
import {
  type BillingAccount,
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { keyText, type MappingKeys, type MappingScope, type MappingState } from '../domain/mapping.js';
import {
  type CustomerMappingRow,
  isWanted,
  type MappingFilter,
  type MappingRows,
  type NamedMapping,
  type OfferMappingRow,
  type SubscriptionMappingRow,
  toCustomerRow,
  toOfferRow,
} from '../domain/mapping-rows.js';
import { MAPPING_STORE, type MappingStore } from '../domain/mapping-store.js';
import { OfferCatalogue } from './offer-catalogue.service.js';
import { scanPages } from './scan-pages.js';
import { SubscriptionRows } from './subscription-rows.service.js';

/** Rows read at once where every mapping of a kind is needed. */
const BATCH = 500;

type Listed = Exclude<MappingState, 'unmapped'>;

/**
 * What is mapped and what is not. Mapped and excluded rows come from the mappings, so that one whose subject the host has dropped can
 * still be seen and removed; the others come from the host's source.
 */
@Injectable()
export class MappingLists {
  constructor(
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MAPPING_STORE) private readonly store: MappingStore,
    private readonly catalogue: OfferCatalogue,
    private readonly subscriptionRows: SubscriptionRows,
  ) {}

  /** Ascending by customer id. */
  customers(
    scope: MappingScope,
    filter: MappingFilter,
    page: PageRequest,
  ): Promise<Page<CustomerMappingRow>> {
    const { state } = filter;
    const read = async (request: PageRequest): Promise<Page<CustomerMappingRow>> => {
      if (state === 'mapped' || state === 'excluded') {
        const mappings = await this.mappings('customer', scope, state, request);
        return { ...mappings, items: await this.rowsOfCustomerMappings(scope, mappings.items) };
      }
      const customers = await this.source.readBillingAccounts(scope.tenantId, request);
      return { ...customers, items: await this.rowsOfCustomers(scope, customers.items) };
    };
    return scan(page, filter, read, ({ customerId }) => customerId);
  }

  async customer(scope: MappingScope, customerId: string): Promise<CustomerMappingRow | null> {
    const customers = await this.source.findBillingAccounts(scope.tenantId, [customerId]);
    return (await this.rowsOfCustomers(scope, customers))[0] ?? null;
  }

  /** By name; there are few enough offers to go through all of them. */
  async offers(
    scope: MappingScope,
    filter: MappingFilter,
    page: PageRequest,
  ): Promise<Page<OfferMappingRow>> {
    const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor, 2);
    const rows = (await this.allOffers(scope))
      .filter((row) => isWanted(row, filter))
      .map((row) => ({ row, key: sortKey(row) }))
      .toSorted((left, right) => compare(left.key, right.key))
      .filter(({ key }) => after === undefined || compare(key, [after[0] ?? '', after[1] ?? '']) > 0);
    const found = toPage(rows, page.limit, ({ key }) => key);
    return { items: found.items.map(({ row }) => row), nextCursor: found.nextCursor };
  }

  async offer(scope: MappingScope, key: MappingKeys['offer']): Promise<OfferMappingRow | null> {
    const [mapping] = await this.store.find('offer', scope.connectionId, [key]);
    return mapping === undefined ? null : toOfferRow(nameOf(mapping.key), mapping);
  }

  /** Ascending by subscription id. */
  subscriptions(
    scope: MappingScope,
    filter: MappingFilter,
    page: PageRequest,
  ): Promise<Page<SubscriptionMappingRow>> {
    const { state } = filter;
    const read = async (request: PageRequest): Promise<Page<SubscriptionMappingRow>> => {
      if (state === 'mapped' || state === 'excluded') {
        const mappings = await this.mappings('subscription', scope, state, request);
        return { ...mappings, items: await this.subscriptionRows.ofMappings(scope, mappings.items) };
      }
      const subscriptions = await this.source.readSubscriptions(scope.tenantId, request);
      return { ...subscriptions, items: await this.rowsOfSubscriptions(scope, subscriptions.items) };
    };
    return scan(page, filter, read, ({ subscriptionId }) => subscriptionId);
  }

  async subscription(scope: MappingScope, subscriptionId: string): Promise<SubscriptionMappingRow | null> {
    const found = await this.source.findSubscriptions(scope.tenantId, [subscriptionId]);
    return (await this.rowsOfSubscriptions(scope, found))[0] ?? null;
  }

  private async rowsOfCustomers(
    { connectionId }: MappingScope,
    customers: readonly BillingAccount[],
  ): Promise<CustomerMappingRow[]> {
    const ids = customers.map(({ id }) => id);
    const mappings = byKey(await this.store.find('customer', connectionId, ids));
    return customers.map((customer) => toCustomerRow(customer, mappings.get(customer.id)));
  }

  private async rowsOfCustomerMappings(
    { tenantId }: MappingScope,
    mappings: readonly NamedMapping<string>[],
  ): Promise<CustomerMappingRow[]> {
    const ids = mappings.map(({ key }) => key);
    const customers = await this.source.findBillingAccounts(tenantId, ids);
    const names = new Map(customers.map(({ id, name }) => [id, name]));
    return mappings.map((mapping) =>
      toCustomerRow({ id: mapping.key, name: names.get(mapping.key) ?? mapping.key }, mapping),
    );
  }

  private async rowsOfSubscriptions(
    scope: MappingScope,
    subscriptions: readonly Subscription[],
  ): Promise<SubscriptionMappingRow[]> {
    const ids = subscriptions.map(({ id }) => id);
    const mappings = byKey(await this.store.find('subscription', scope.connectionId, ids));
    return this.subscriptionRows.ofSubscriptions(scope, subscriptions, mappings);
  }

  private async allOffers(scope: MappingScope): Promise<OfferMappingRow[]> {
    const bought = await this.catalogue.offersOf(scope.tenantId);
    const mappings = byKey([
      ...(await this.allMappings('offer', scope, 'mapped')),
      ...(await this.allMappings('offer', scope, 'excluded')),
    ]);
    const notBought = [...mappings].filter(([text]) => !bought.has(text)).map(([, mapping]) => mapping);
    return [
      ...[...bought].map(([text, offer]) => toOfferRow(offer, mappings.get(text))),
      ...notBought.map((mapping) => toOfferRow(nameOf(mapping.key), mapping)),
    ];
  }

  private async allMappings(
    kind: 'offer',
    scope: MappingScope,
    state: Listed,
  ): Promise<NamedMapping<MappingKeys['offer']>[]> {
    const found: NamedMapping<MappingKeys['offer']>[] = [];
    for (;;) {
      const last = found.at(-1);
      const after = last === undefined ? undefined : (JSON.parse(keyText(last.key)) as string[]);
      const batch = await this.store.list(kind, scope.connectionId, state, after, BATCH);
      found.push(...batch);
      if (batch.length < BATCH) return found;
    }
  }

  private async mappings<K extends 'customer' | 'subscription'>(
    kind: K,
    { connectionId }: MappingScope,
    state: Listed,
    { limit, cursor }: PageRequest,
  ): Promise<Page<NamedMapping<MappingKeys[K]>>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, 1);
    const rows = await this.store.list(kind, connectionId, state, after, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return { items, nextCursor: isMore ? encodeCursor([keyText(last.key)]) : null };
  }
}

/** By name, then by what tells apart offers of one name. */
function sortKey({ offer }: OfferMappingRow): [string, string] {
  return [offer.name, keyText(offer)];
}

function nameOf(key: MappingKeys['offer']): OfferMappingRow['offer'] {
  return { ...key, name: key.name ?? `${key.productId}:${key.skuId}` };
}

function byKey<Key extends MappingKeys[keyof MappingKeys]>(
  mappings: readonly NamedMapping<Key>[],
): Map<string, NamedMapping<Key>> {
  return new Map(mappings.map((mapping) => [keyText(mapping.key), mapping]));
}

function compare(left: readonly [string, string], right: readonly [string, string]): number {
  if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
  if (left[1] === right[1]) return 0;
  return left[1] < right[1] ? -1 : 1;
}

function scan<Row extends MappingRows[keyof MappingRows]>(
  page: PageRequest,
  filter: MappingFilter,
  read: (request: PageRequest) => Promise<Page<Row>>,
  keyOf: (row: Row) => string,
): Promise<Page<Row>> {
  const keepsAll = filter.search === undefined && filter.state !== 'unmapped';
  return scanPages(page, { read, keyOf, keepsAll, isWanted: (row) => isWanted(row, filter) });
}
