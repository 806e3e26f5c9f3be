import type { Transaction } from '../../kernel/transaction.js';
import type { MappedSubscription } from './mapped-subscription.js';
import type { NamedMapping } from './mapping-rows.js';
import type { MappingKeys, MappingKind, MappingScope, MappingState, StoredMapping } from './mapping.js';

/** Who changed a mapping, and when. */
export interface MappingChangeStamp {
  at: Date;
  by: { id: string; name: string };
}

/** Mappings of one connection that are not archived. Reads see the transaction where one is given. */
export interface MappingStore {
  /** Keeps every other writer of mappings in the tenant tree waiting until the transaction ends. */
  lockTree(tx: Transaction, rootTenantId: string): Promise<void>;
  find<K extends MappingKind>(
    kind: K,
    connectionId: string,
    keys: readonly MappingKeys[K][],
    tx?: Transaction,
  ): Promise<NamedMapping<MappingKeys[K]>[]>;
  findById<K extends MappingKind>(
    kind: K,
    connectionId: string,
    id: string,
    tx: Transaction,
  ): Promise<StoredMapping<MappingKeys[K]> | null>;
  /** Mappings that hold these PSA records. */
  findByTargets<K extends MappingKind>(
    kind: K,
    connectionId: string,
    targetIds: readonly string[],
    tx: Transaction,
  ): Promise<StoredMapping<MappingKeys[K]>[]>;
  /** Ascending by key. @param after key of the last row seen */
  list<K extends MappingKind>(
    kind: K,
    connectionId: string,
    state: Exclude<MappingState, 'unmapped'>,
    after: readonly string[] | undefined,
    limit: number,
  ): Promise<NamedMapping<MappingKeys[K]>[]>;
  /** How many mapped subscriptions rest on each of these mappings of customers or offers. */
  countDependents(
    tx: Transaction,
    kind: 'customer' | 'offer',
    mappingIds: readonly string[],
  ): Promise<Map<string, number>>;
  /** Those of the subscriptions that are mapped on another connection of the tenant tree. */
  takenElsewhere(
    tx: Transaction,
    scope: MappingScope,
    subscriptionIds: readonly string[],
  ): Promise<Set<string>>;
  /** What these subscriptions are bound to on the connection. */
  bound(
    tx: Transaction,
    connectionId: string,
    subscriptionIds: readonly string[],
  ): Promise<MappedSubscription[]>;
  /** Inserts new mappings and changes those that are there, in one statement. @throws MappingRefusedError */
  save<K extends MappingKind>(
    tx: Transaction,
    kind: K,
    scope: MappingScope,
    mappings: readonly StoredMapping<MappingKeys[K]>[],
    stamp: MappingChangeStamp,
  ): Promise<void>;
  remove(tx: Transaction, kind: MappingKind, id: string): Promise<void>;
  /** Archives every mapping of a connection; gives how many of each kind. */
  archive(tx: Transaction, connectionId: string, at: Date): Promise<Record<MappingKind, number>>;
}

export const MAPPING_STORE = Symbol('MAPPING_STORE');
