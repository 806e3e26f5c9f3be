import type { AuditOperation } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { ConnectorError } from '../../kernel/connector-error.js';
import type { Transaction } from '../../kernel/transaction.js';
import type {
  MappingExtras,
  MappingKeys,
  MappingKind,
  MappingScope,
  MappingWish,
  StoredMapping,
} from '../domain/mapping.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { MappingRefusedError } from '../domain/mapping.errors.js';

/** What the rules say about one wish, whoever else holds its target. */
export interface Judgement {
  refusal: ConnectorError | null;
  /** Name of the subject, for people. */
  label: string;
  /** Name of the PSA record. */
  targetName: string | null;
  extras: MappingExtras;
}

/** What the host's source told of a set of wishes. */
export interface PreparedSet {
  /** One judgement per wish, without a network call. */
  judge(tx: Transaction): Promise<Judgement[]>;
  /** Those that were asked for; empty where the wishes are about something else. */
  subscriptions: readonly Subscription[];
}

/** What a save changed. */
export interface SavedMapping<Key> {
  before: StoredMapping<Key> | null;
  after: StoredMapping<Key>;
}

/**
 * What is particular to one kind of mapping. `prepare` asks the host's source, so it runs before the transaction; what it returns then
 * serves inside it, without a network call.
 */
export interface MappingBinding<K extends MappingKind> {
  readonly kind: K;
  readonly operations: Readonly<Record<'create' | 'update' | 'delete', AuditOperation>>;
  /** Name of the target in requests and audit entries, such as `companyId`. */
  readonly targetField: string;
  /** Whether a PSA record holds one key only. */
  readonly isOneToOne: boolean;
  /** Extra columns that say what else a mapping rests on; a mapping that rests on something else is another one. */
  readonly restsOn: readonly string[];
  takenError(targetName: string): MappingRefusedError;
  /** Why a key that is bound to one target cannot be bound to another at once; null when it can. */
  rebindError(stored: StoredMapping<MappingKeys[K]>): MappingRefusedError | null;
  prepare(scope: MappingScope, wishes: readonly MappingWish<MappingKeys[K]>[]): Promise<PreparedSet>;
  /**
   * Tells others of what is about to be saved, or undone; runs in the transaction, after the save.
   * @param subscriptions what `prepare` read of those that are bound
   */
  announce?(
    tx: Transaction,
    context: UseCaseContext,
    scope: MappingScope,
    keys: readonly MappingKeys[K][],
    subscriptions: readonly Subscription[],
    change: () => Promise<void>,
  ): Promise<void>;
}

/** What became of one wish. */
export interface MappingResult<Key> {
  key: Key;
  outcome: 'created' | 'updated' | 'unchanged' | 'refused';
  error: ConnectorError | null;
}
