import { columnKey, type Field, FIELD_NAMES, FIELDS, IDENTITY_NAMES } from './bill-columns.js';
import type { ImportFormat } from './imported-line.js';

/** A line's values by field, whatever file it comes from; empty text where there is none. */
export interface RawLine {
  value(field: Field): string;
  /** The column's or member's own name; null where the file has none for the field. */
  column(field: Field): string | null;
  /** What tells the line apart from others beside the fields. */
  identity(): string;
}

const SEPARATOR = '\u001F';

/** FOCUS writes what is unknown as the word. */
const present = (text: string | undefined): string => {
  if (text === undefined) return '';
  const trimmed = text.trim();
  return trimmed === 'NULL' || trimmed === 'null' ? '' : trimmed;
};

/** Reads records of a CSV file by its columns; the same reader serves one record after the other. */
export class CsvLineReader implements RawLine {
  readonly #positions: Readonly<Record<Field, readonly number[]>>;
  readonly #identity: readonly number[];
  #fields: readonly string[] = [];

  constructor(
    private readonly columns: readonly string[],
    format: ImportFormat,
  ) {
    const keys = columns.map(columnKey);
    const positionsOf = (names: readonly string[]) =>
      names.flatMap((name) => keys.flatMap((key, index) => (key === name ? [index] : [])));
    const names = FIELD_NAMES[format];
    this.#positions = Object.fromEntries(
      FIELDS.map((field) => [field, positionsOf(names[field] ?? [])]),
    ) as unknown as Record<Field, readonly number[]>;
    this.#identity = positionsOf(IDENTITY_NAMES[format]);
  }

  of(fields: readonly string[]): this {
    this.#fields = fields;
    return this;
  }

  value(field: Field): string {
    for (const position of this.#positions[field]) {
      const text = present(this.#fields[position]);
      if (text !== '') return text;
    }
    return '';
  }

  column(field: Field): string | null {
    const [position] = this.#positions[field];
    return position === undefined ? null : (this.columns[position]?.trim() ?? null);
  }

  identity(): string {
    let text = '';
    for (const position of this.#identity) text += SEPARATOR + present(this.#fields[position]);
    return text;
  }
}

/** An item of a JSON file; its members may be others than those of the item before. */
export class JsonLine implements RawLine {
  readonly #byKey = new Map<string, { name: string; text: string }>();

  constructor(
    values: ReadonlyMap<string, string>,
    private readonly format: ImportFormat,
  ) {
    for (const [name, text] of values) this.#byKey.set(columnKey(name), { name, text: present(text) });
  }

  value(field: Field): string {
    for (const name of FIELD_NAMES[this.format][field] ?? []) {
      const text = this.#byKey.get(name)?.text ?? '';
      if (text !== '') return text;
    }
    return '';
  }

  column(field: Field): string | null {
    for (const name of FIELD_NAMES[this.format][field] ?? []) {
      const member = this.#byKey.get(name);
      if (member !== undefined) return member.name;
    }
    return null;
  }

  identity(): string {
    return IDENTITY_NAMES[this.format]
      .map((name) => SEPARATOR + (this.#byKey.get(name)?.text ?? ''))
      .join('');
  }
}
