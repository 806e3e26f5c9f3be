import { Inject, Injectable } from '@nestjs/common';
import {
  MAPPED_SUBSCRIPTION_READER,
  type MappedSubscription,
  type MappedSubscriptionReader,
} from '../domain/mapped-subscription.js';

/** Rows read at once where every mapping of a connection is gone through. */
const BATCH = 500;

/** For scheduled work and billing: what mapped subscriptions are bound to. Checks no permission. */
@Injectable()
export class MappedSubscriptions {
  constructor(@Inject(MAPPED_SUBSCRIPTION_READER) private readonly reader: MappedSubscriptionReader) {}

  /** Those of the ids that the tenant has mapped, by id. */
  async bySubscriptions(
    tenantId: string,
    subscriptionIds: readonly string[],
  ): Promise<Map<string, MappedSubscription>> {
    const mapped = await this.reader.bySubscriptions(tenantId, subscriptionIds);
    return new Map(mapped.map((mapping) => [mapping.subscriptionId, mapping]));
  }

  /** One page of a connection, ascending by subscription id. @param afterId exclusive */
  byConnection(
    connectionId: string,
    afterId: string | undefined,
    limit: number,
  ): Promise<MappedSubscription[]> {
    return this.reader.byConnection(connectionId, afterId, limit);
  }

  /** Every mapping of a connection in batches, ascending by subscription id. */
  async *eachOfConnection(connectionId: string, batchSize = BATCH): AsyncGenerator<MappedSubscription[]> {
    let afterId: string | undefined;
    for (;;) {
      const batch = await this.reader.byConnection(connectionId, afterId, batchSize);
      if (batch.length > 0) yield batch;
      afterId = batch.at(-1)?.subscriptionId;
      if (batch.length < batchSize) return;
    }
  }
}
