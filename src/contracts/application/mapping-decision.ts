import type { ConnectorError } from '../../kernel/connector-error.js';
import {
  keyText,
  type MappingKeys,
  type MappingKind,
  type MappingWish,
  type StoredMapping,
} from '../domain/mapping.js';
import type { Judgement, MappingBinding, MappingResult, SavedMapping } from './mapping-binding.js';

/** What an audit entry tells of one wish. */
interface Note<Key> {
  key: Key;
  label: string;
  targetName: string | null;
  wish: MappingWish<Key>;
  /** Null when the wish was refused. */
  change: SavedMapping<Key> | null;
  isNew: boolean;
  error: ConnectorError | null;
}

/**
 * Decides a set of wishes one after the other, each seeing what the ones before it took. Pure: it is given what is stored, and tells
 * what to save.
 */
export class Decision<K extends MappingKind> {
  readonly results: MappingResult<MappingKeys[K]>[] = [];
  readonly notes: Note<MappingKeys[K]>[] = [];
  /** What to save, by key; a key that is wished for twice is saved once. */
  readonly changes = new Map<string, SavedMapping<MappingKeys[K]>>();
  readonly #current: Map<string, StoredMapping<MappingKeys[K]>>;
  readonly #holders: Map<string, string>;

  constructor(
    private readonly binding: MappingBinding<K>,
    stored: readonly StoredMapping<MappingKeys[K]>[],
    holders: readonly StoredMapping<MappingKeys[K]>[],
    private readonly dependents: ReadonlyMap<string, number>,
    private readonly inUse: (dependents: number) => ConnectorError,
    private readonly newId: () => string,
  ) {
    this.#current = new Map(stored.map((mapping) => [keyText(mapping.key), mapping]));
    this.#holders = new Map(holders.map((mapping) => [mapping.targetId ?? '', keyText(mapping.key)]));
  }

  take(wish: MappingWish<MappingKeys[K]>, judgement: Judgement | undefined): void {
    if (judgement === undefined) throw new TypeError('Every wish needs a judgement');
    const text = keyText(wish.key);
    const before = this.#current.get(text) ?? null;
    if (before !== null && this.isSame(before, wish, judgement)) {
      this.results.push({ key: wish.key, outcome: 'unchanged', error: null });
      return;
    }
    const { label, targetName, extras } = judgement;
    const error = this.refusalOf(wish, before, judgement);
    const note = { key: wish.key, label, targetName, wish, isNew: before === null, error };
    if (error !== null) {
      this.results.push({ key: wish.key, outcome: 'refused', error });
      this.notes.push({ ...note, change: null });
      return;
    }
    const after: StoredMapping<MappingKeys[K]> = { ...wish, id: before?.id ?? this.newId(), extras };
    const change = { before, after };
    this.results.push({ key: wish.key, outcome: before === null ? 'created' : 'updated', error: null });
    this.notes.push({ ...note, change });
    this.remember(text, change);
  }

  /** A mapping that could not be made today, but stands as it is asked for, is left alone. */
  private isSame(
    before: StoredMapping<MappingKeys[K]>,
    { targetId, excludedReason }: MappingWish<MappingKeys[K]>,
    { refusal, extras }: Judgement,
  ): boolean {
    return (
      before.targetId === targetId &&
      before.excludedReason === excludedReason &&
      (refusal !== null || this.binding.restsOn.every((name) => before.extras[name] === extras[name]))
    );
  }

  private refusalOf(
    { key, targetId }: MappingWish<MappingKeys[K]>,
    before: StoredMapping<MappingKeys[K]> | null,
    { refusal, targetName }: Judgement,
  ): ConnectorError | null {
    if (refusal !== null) return refusal;
    const isRebound = before !== null && before.targetId !== null && before.targetId !== targetId;
    if (isRebound) {
      const dependents = this.dependents.get(before.id) ?? 0;
      if (dependents > 0) return this.inUse(dependents);
      const rebind = targetId === null ? null : this.binding.rebindError(before);
      if (rebind !== null) return rebind;
    }
    const holder = targetId === null ? undefined : this.#holders.get(targetId);
    const isTaken = holder !== undefined && holder !== keyText(key);
    return isTaken ? this.binding.takenError(targetName ?? targetId ?? '') : null;
  }

  private remember(text: string, { before, after }: SavedMapping<MappingKeys[K]>): void {
    this.changes.set(text, { before: this.changes.get(text)?.before ?? before, after });
    this.#current.set(text, after);
    if (!this.binding.isOneToOne) return;
    if (before?.targetId != null) this.#holders.delete(before.targetId);
    if (after.targetId !== null) this.#holders.set(after.targetId, text);
  }
}
