import { type Row, type RowChanges, type RowCondition, type RowValue, Table } from './table.js';

/** Ids from the first to the last, both included. */
export interface IdRange {
  readonly firstId: number;
  readonly lastId: number;
}

/** Rows that are made when they are asked for: their ids are `firstId` and the `count - 1` after it. */
export interface RowFactory {
  readonly firstId: number;
  readonly count: number;
  /** The values many rows share: the same object for each of them, so that its text is worked out once. */
  readonly shared: (id: number) => RowChanges;
  /** The values that are a row's own; the same for the same id, and of no field that is shared. */
  readonly own: (id: number) => RowChanges;
  /** Every object that `shared` gives, where that is known. */
  readonly kinds?: readonly RowChanges[];
  /** By field: which rows hold a value. They have to follow one another; undefined when none does. */
  readonly lookups: Readonly<Record<string, (value: RowValue) => IdRange | undefined>>;
}

/**
 * A table of a million rows that costs no memory: a row is made when it is read, and kept only once it was changed. Reads,
 * inserts, updates and removals answer exactly as those of an ordinary table with the same rows.
 */
export class GeneratedTable extends Table {
  /** Generated rows that were removed, or changed and so are kept. */
  private readonly gone = new Set<number>();

  constructor(private readonly factory: RowFactory) {
    super(factory.firstId + factory.count);
  }

  override get size(): number {
    return super.size + this.factory.count - this.gone.size;
  }

  /** Makes every row: for small worlds and for tests. */
  override all(): readonly Row[] {
    return [...this.rowsFrom(-Infinity)];
  }

  override get(id: number): Row | undefined {
    return super.get(id) ?? (this.isGenerated(id) ? this.make(id) : undefined);
  }

  override rowsFrom(id: number): Iterable<Row> {
    return this.merged(super.rowsFrom(id), [this.within(id)]);
  }

  override rowsWhereIn(field: string, values: ReadonlySet<RowValue>, fromId: number): Iterable<Row> {
    const lookup = this.factory.lookups[field];
    if (field === 'id') return super.rowsWhereIn(field, values, fromId);
    if (lookup === undefined) return this.rowsFrom(fromId);
    const ranges = [...values]
      .flatMap((value) => lookup(value) ?? [])
      .map((range) => this.within(fromId, range))
      .toSorted((left, right) => left.firstId - right.firstId);
    return this.merged(super.rowsWhereIn(field, values, fromId), ranges);
  }

  override countBetween(firstId: number, lastId: number): number {
    const inside = this.within(firstId, { firstId, lastId });
    let count = Math.max(0, inside.lastId - inside.firstId + 1);
    for (const id of this.gone) if (id >= firstId && id <= lastId) count -= 1;
    return super.countBetween(firstId, lastId) + count;
  }

  override where(field: string, value: RowValue): Row[] {
    const found: Row[] = [];
    for (const row of this.rowsWhereIn(field, new Set([value]), -Infinity)) {
      if ((row[field] ?? null) === value) found.push(row);
    }
    return found;
  }

  override insert(values: RowChanges): Row {
    const id = values['id'];
    if (typeof id === 'number' && this.isGenerated(id)) throw new RangeError(`id ${id} is taken`);
    return super.insert(values);
  }

  override update(id: number, changes: RowChanges): Row {
    if (!this.isGenerated(id)) return super.update(id, changes);
    const row = { ...this.make(id), ...changes };
    this.gone.add(id);
    return super.insert({ ...row, id });
  }

  override remove(id: number): void {
    if (this.isGenerated(id)) this.gone.add(id);
    else super.remove(id);
  }

  override mayHold({ fields, matches }: RowCondition): boolean {
    const { kinds } = this.factory;
    const isToldByKinds =
      fields !== null && kinds?.every((kind) => [...fields].every((name) => name in kind));
    if (kinds === undefined || isToldByKinds !== true) return true;
    return [...kinds, ...this.ownRows()].some((values) => matches({ id: 0, ...values }));
  }

  override sharedValues(id: number): RowChanges | undefined {
    return this.isGenerated(id) ? this.factory.shared(id) : undefined;
  }

  private make(id: number): Row {
    return { ...this.factory.shared(id), ...this.factory.own(id), id };
  }

  private isGenerated(id: number): boolean {
    const { firstId, count } = this.factory;
    return id >= firstId && id < firstId + count && Number.isInteger(id) && !this.gone.has(id);
  }

  /** The part of a range that is generated and starts at an id. */
  private within(fromId: number, range: IdRange = { firstId: -Infinity, lastId: Infinity }): IdRange {
    const { firstId, count } = this.factory;
    return {
      firstId: Math.max(firstId, range.firstId, Math.ceil(fromId)),
      lastId: Math.min(firstId + count - 1, Math.floor(range.lastId)),
    };
  }

  /** Kept rows and the generated ones of some ascending ranges, by id. */
  private *merged(kept: Iterable<Row>, ranges: readonly IdRange[]): Iterable<Row> {
    const own = kept[Symbol.iterator]();
    let next = own.next();
    for (const { firstId, lastId } of ranges) {
      for (let id = firstId; id <= lastId; id += 1) {
        while (next.done !== true && next.value.id < id) {
          yield next.value;
          next = own.next();
        }
        if (!this.gone.has(id)) yield this.make(id);
      }
    }
    for (; next.done !== true; next = own.next()) yield next.value;
  }
}
