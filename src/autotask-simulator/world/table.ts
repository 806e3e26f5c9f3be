import { MoneyDecimal } from '../../kernel/money.js';

/** A user-defined field as the vendor carries it: the value is text whatever the field's type. */
export interface UserDefinedValue {
  readonly name: string;
  readonly value: string | null;
}

/** Date-times are ISO text ending in `Z`, amounts are decimals, ids and counts are numbers. */
export type RowValue = string | number | boolean | MoneyDecimal | null | readonly UserDefinedValue[];

/** One record. Members the entity's metadata does not name are the simulator's own and never shown to a client. */
export type Row = { readonly id: number } & Readonly<Record<string, RowValue>>;

/** A value as text: numbers and decimals by their digits, empty and structured values as the empty text. */
export function textOf(value: RowValue | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || MoneyDecimal.isDecimal(value) ? value.toString() : '';
}

/** Changed values of a record. */
export type RowChanges = Readonly<Record<string, RowValue>>;

/** What rows are looked for by. */
export interface RowCondition {
  readonly matches: (row: Row) => boolean;
  /** Names of the fields it looks at; null where that is not known. */
  readonly fields: ReadonlySet<string> | null;
}

/**
 * Records of one entity, kept in ascending id order so that a page after an id starts with a binary search instead of a
 * scan. Rows are immutable: change them through `update`, which also keeps the look-ups by field right.
 */
export class Table {
  private rows: Row[] = [];
  private lastId: number;
  private readonly idsByField = new Map<string, Map<RowValue, Set<number>>>();

  constructor(firstId = 1) {
    this.lastId = firstId - 1;
  }

  get size(): number {
    return this.rows.length;
  }

  /** Every row, by ascending id. */
  all(): readonly Row[] {
    return this.rows;
  }

  get(id: number): Row | undefined {
    const row = this.rows[this.positionOf(id)];
    return row?.id === id ? row : undefined;
  }

  /** The rows from an id on, ascending; the start is found without looking at the rows before it. */
  *rowsFrom(id: number): Iterable<Row> {
    for (let position = this.positionOf(id); position < this.rows.length; position += 1) {
      const row = this.rows[position];
      if (row !== undefined) yield row;
    }
  }

  /**
   * Rows from an id on, ascending, among them every one whose field holds one of the values; there may be others, so the
   * caller still tests them.
   */
  rowsWhereIn(field: string, values: ReadonlySet<RowValue>, fromId: number): Iterable<Row> {
    const ids = field === 'id' ? [...values].filter(isNumber) : this.idsWhereIn(field, values);
    return ids
      .filter((id) => id >= fromId)
      .toSorted((left, right) => left - right)
      .flatMap((id) => this.get(id) ?? []);
  }

  /** Number of rows whose id lies between the two, both included. */
  countBetween(firstId: number, lastId: number): number {
    return Math.max(0, this.positionOf(lastId + 1) - this.positionOf(firstId));
  }

  /** Rows that were inserted or changed one by one; all of them, where none is generated. */
  ownRows(): readonly Row[] {
    return this.rows;
  }

  /** False where no row can match, which is told without looking at each. */
  mayHold(_condition: RowCondition): boolean {
    return true;
  }

  /** Values a row has in common with others, by an object that stands for them; undefined for a row of its own. */
  sharedValues(_id: number): RowChanges | undefined {
    return undefined;
  }

  private idsWhereIn(field: string, values: ReadonlySet<RowValue>): number[] {
    const index = this.indexOf(field);
    return [...values].flatMap((value) => [...(index.get(value) ?? [])]);
  }

  /** Position of the first row whose id is at least `id`. */
  private positionOf(id: number): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.rows[middle]?.id ?? Infinity) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Rows whose field holds exactly this value, by ascending id; the first call for a field builds its index. */
  where(field: string, value: RowValue): Row[] {
    const ids = this.indexOf(field).get(value);
    if (ids === undefined) return [];
    return [...ids].toSorted((left, right) => left - right).flatMap((id) => this.get(id) ?? []);
  }

  /** Adds a record under its own id, or the next free one when it has none. */
  insert(values: RowChanges): Row {
    const id = typeof values['id'] === 'number' ? values['id'] : this.lastId + 1;
    if (this.get(id) !== undefined) throw new RangeError(`id ${id} is taken`);
    const row: Row = { ...values, id };
    this.rows.splice(this.positionOf(id), 0, row);
    this.lastId = Math.max(this.lastId, id);
    this.reindex(undefined, row);
    return row;
  }

  /**
   * Replaces the named values of one record.
   *
   * @throws RangeError when there is no such id.
   */
  update(id: number, changes: RowChanges): Row {
    const position = this.positionOf(id);
    const before = this.rows[position];
    if (before?.id !== id) throw new RangeError(`there is no record ${id}`);
    const after: Row = { ...before, ...changes, id };
    this.rows[position] = after;
    this.reindex(before, after);
    return after;
  }

  /** Removes a record as a person would in the vendor's own interface; unknown ids are ignored. */
  remove(id: number): void {
    const position = this.positionOf(id);
    const row = this.rows[position];
    if (row?.id !== id) return;
    this.rows.splice(position, 1);
    this.reindex(row, undefined);
  }

  private indexOf(field: string): Map<RowValue, Set<number>> {
    const known = this.idsByField.get(field);
    if (known !== undefined) return known;
    const index = new Map<RowValue, Set<number>>();
    for (const row of this.rows) addTo(index, row[field] ?? null, row.id);
    this.idsByField.set(field, index);
    return index;
  }

  private reindex(before: Row | undefined, after: Row | undefined): void {
    for (const [field, index] of this.idsByField) {
      if (before !== undefined) index.get(before[field] ?? null)?.delete(before.id);
      if (after !== undefined) addTo(index, after[field] ?? null, after.id);
    }
  }
}

function isNumber(value: RowValue): value is number {
  return typeof value === 'number';
}

function addTo(index: Map<RowValue, Set<number>>, value: RowValue, id: number): void {
  const ids = index.get(value);
  if (ids === undefined) index.set(value, new Set([id]));
  else ids.add(id);
}
