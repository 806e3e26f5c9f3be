import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import type { MappingScope } from '../domain/mapping.js';
import { SYNC_STATE_READER, type SyncState, type SyncStateReader } from '../domain/mapping-listeners.js';
import { type NamedMapping, type SubscriptionMappingRow, toSubscriptionRow } from '../domain/mapping-rows.js';

/** Rows about subscriptions, with the names of their customers and whether they are in sync: two reads for any number of them. */
@Injectable()
export class SubscriptionRows {
  constructor(
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Optional() @Inject(SYNC_STATE_READER) private readonly syncStates: SyncStateReader | null,
  ) {}

  async ofSubscriptions(
    scope: MappingScope,
    subscriptions: readonly Subscription[],
    mappings: ReadonlyMap<string, NamedMapping<string>>,
  ): Promise<SubscriptionMappingRow[]> {
    const names = await this.customerNames(scope, subscriptions);
    const states = await this.statesOf(scope, [...mappings.keys()]);
    return subscriptions.map((subscription) => {
      const { id, customerId, offer, friendlyName } = subscription;
      const customerName = names.get(customerId) ?? customerId;
      const known = { id, offer, customerId, customerName, subscriptionName: friendlyName ?? offer.name };
      return toSubscriptionRow(known, mappings.get(id), states.get(id));
    });
  }

  async ofMappings(
    scope: MappingScope,
    mappings: readonly NamedMapping<string>[],
  ): Promise<SubscriptionMappingRow[]> {
    const ids = mappings.map(({ key }) => key);
    const found = await this.source.findSubscriptions(scope.tenantId, ids);
    const byId = new Map(mappings.map((mapping) => [mapping.key, mapping]));
    const rows = await this.ofSubscriptions(scope, found, byId);
    const rowsById = new Map(rows.map((row) => [row.subscriptionId, row]));
    return mappings.map(
      (mapping) => rowsById.get(mapping.key) ?? toSubscriptionRow(gone(mapping.key), mapping, undefined),
    );
  }

  private async customerNames(
    { tenantId }: MappingScope,
    subscriptions: readonly Subscription[],
  ): Promise<Map<string, string>> {
    const ids = [...new Set(subscriptions.map(({ customerId }) => customerId))];
    const customers = ids.length === 0 ? [] : await this.source.findBillingAccounts(tenantId, ids);
    return new Map(customers.map(({ id, name }) => [id, name]));
  }

  private async statesOf({ connectionId }: MappingScope, ids: string[]): Promise<Map<string, SyncState>> {
    return (await this.syncStates?.syncStatesOf(connectionId, ids)) ?? new Map<string, SyncState>();
  }
}

/** A subscription the host no longer knows. */
function gone(id: string) {
  return { id, subscriptionName: id, offer: null, customerId: null, customerName: null };
}
