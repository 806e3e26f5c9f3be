import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { Connection, ConnectionState } from '../domain/connection.js';
import { ConnectionNotFoundError } from '../domain/connection.errors.js';
import {
  CONNECTION_STORE,
  type ConnectionListKey,
  type ConnectionScope,
  type ConnectionStore,
} from '../domain/connection-store.js';

const BATCH = 200;

/** Finds connections: for callers only those of their own tenant, for scheduled work all. */
@Injectable()
export class ConnectionDirectory {
  constructor(@Inject(CONNECTION_STORE) private readonly store: ConnectionStore) {}

  /** @throws ConnectionNotFoundError also for a connection of another tenant, so that ids cannot be probed */
  async get({ actor }: UseCaseContext, id: string): Promise<Connection> {
    const connection = isId(id) ? await this.store.find(id) : null;
    if (connection === null || connection.tenantId !== actor.tenantId) throw new ConnectionNotFoundError();
    return connection;
  }

  /** Whether there is such a connection in the tenant. */
  async isOwn(tenantId: string, id: string): Promise<boolean> {
    return isId(id) && (await this.store.findScope(id))?.tenantId === tenantId;
  }

  /** The part of a connection that lists of its records need. @throws ConnectionNotFoundError as `get` */
  async getScope({ actor }: UseCaseContext, id: string): Promise<ConnectionScope> {
    const scope = isId(id) ? await this.store.findScope(id) : null;
    if (scope === null || scope.tenantId !== actor.tenantId) throw new ConnectionNotFoundError();
    return scope;
  }

  list(
    { actor }: UseCaseContext,
    page: PageRequest,
    after: ConnectionListKey | undefined,
  ): Promise<Page<Connection>> {
    return this.store.list(actor.tenantId, page, after);
  }

  /** For scheduled work: null when the connection was removed meanwhile. */
  findForWork(id: string): Promise<Connection | null> {
    return this.store.find(id);
  }

  /** For scheduled work: whether it may go on, because the connection was neither removed nor disabled meanwhile. */
  async isForWork(id: string): Promise<boolean> {
    const scope = await this.store.findScope(id);
    return scope !== null && scope.state !== 'disabled';
  }

  /** For scheduled work: whether this caller is the first, of all replicas, to start the check of this tick. */
  claimScheduledCheck(tx: Transaction, id: string, scheduledFor: Date): Promise<boolean> {
    return this.store.claimScheduledCheck(tx, id, scheduledFor);
  }

  /** For scheduled work: connections of every tenant in one of these states. */
  async *eachInStates(states: readonly ConnectionState[]): AsyncGenerator<Connection> {
    let afterId: string | undefined;
    for (;;) {
      const batch = await this.store.listInStates(states, afterId, BATCH);
      yield* batch;
      afterId = batch.at(-1)?.id;
      if (batch.length < BATCH) return;
    }
  }
}
