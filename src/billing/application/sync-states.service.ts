import { Inject, Injectable } from '@nestjs/common';
import type { SyncState, SyncStateReader } from '../../contracts/domain/mapping-listeners.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';

/** A subscription is synced while no change of it waits and no operation of it is unfinished. */
@Injectable()
export class SyncStates implements SyncStateReader {
  constructor(@Inject(LINE_STORE) private readonly lines: LineStore) {}

  async syncStatesOf(
    connectionId: string,
    subscriptionIds: readonly string[],
  ): Promise<Map<string, SyncState>> {
    const unsettled = await this.lines.unsettledSubscriptions(connectionId, subscriptionIds);
    return new Map(subscriptionIds.map((id) => [id, unsettled.has(id) ? 'outOfSync' : 'synced']));
  }
}
