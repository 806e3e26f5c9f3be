import type { Decimal } from 'decimal.js';
import { DateTime } from 'luxon';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { Remembered } from '../../kernel/remembered.js';
import { PsaRecordMalformedError } from '../../ports/psa/psa.errors.js';

const NUMERIC = /^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/;

/** Most values kept of each kind, and the longest text that is kept as what one was written as: they stay as long as the process lives. */
const MAX_KEPT = 4_096;
const MAX_KEPT_LENGTH = 64;

/**
 * Decimals by what they were written as. Prices come from a price list, so a pull meets the same ones again and again; making
 * one takes longer than reading the whole rest of a row. Decimals do not change, so rows may share them.
 */
const DECIMALS = new Remembered<string | number, Decimal>(MAX_KEPT);

/** Days by what they were written as, for the same reason: a pull has as many rows for each as there are contract services. */
const DAYS = new Remembered<string, LocalDate>(MAX_KEPT);

/** Instants, in milliseconds, by what they were written as: what is posted together has the same one. */
const INSTANTS = new Remembered<string, number>(MAX_KEPT);

/** Digits before and behind the point that an amount may have: far more than any has, and few enough to be written out and stored. */
const MAX_DIGITS = 1000;

/** One for all: it has no sign, which `-0` would have, and an id must not. */
const NOTHING = new MoneyDecimal(0);

const SPACE = 0x20;
const DELETE = 0x7f;

/** How the vendor writes an instant; other forms of ISO 8601 are read too, more slowly. */
const USUAL_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

/**
 * Reads the members of one vendor row. Names are matched whatever their case, numbers may be numbers or the text of their
 * digits (see `lossless-json.ts`), and `null`, `""` and an absent member are the same (Autotask REST reference,
 * §2.6). Every method raises PsaRecordMalformedError naming entity, id and field when the value does not fit.
 */
export class RowReader {
  readonly #entity: string;
  readonly #row: Readonly<Record<string, unknown>>;
  /** By name in lower case; made for the first member that is not spelt as we ask for it. */
  #members: ReadonlyMap<string, unknown> | undefined;

  constructor(entity: string, row: unknown) {
    this.#entity = entity;
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new PsaRecordMalformedError(entity, '(unknown)', 'the row', 'is not an object');
    }
    this.#row = row as Record<string, unknown>;
  }

  /** The row's own id as text; 0 is an id, the tenant's own company has it. */
  id(): string {
    return this.reference('id');
  }

  /** A required id of this or another row. */
  reference(field: string): string {
    return this.optionalReference(field) ?? this.#fail(field, 'is missing');
  }

  optionalReference(field: string): string | null {
    const plain = this.#value(field);
    if (typeof plain === 'number' && plain > 0 && Number.isSafeInteger(plain)) return String(plain);
    const value = this.optionalDecimal(field);
    if (value === null) return null;
    return value.isInteger() && !value.isNegative() ? value.toFixed() : this.#fail(field, 'is not an id');
  }

  text(field: string): string {
    return this.optionalText(field) ?? this.#fail(field, 'is missing');
  }

  /** Trimmed; null when there is nothing in it. */
  optionalText(field: string): string | null {
    const value = this.#value(field);
    if (value === null) return null;
    return typeof value === 'string' ? value.trim() : this.#fail(field, 'is not text');
  }

  decimal(field: string): Decimal {
    return this.optionalDecimal(field) ?? this.#fail(field, 'is missing');
  }

  optionalDecimal(field: string): Decimal | null {
    const value = this.#value(field);
    if (value === null) return null;
    if (typeof value !== 'number' && typeof value !== 'string') return this.#fail(field, 'is not a number');
    const known = DECIMALS.get(value);
    if (known !== undefined) return known;
    if (typeof value === 'string' && !NUMERIC.test(value)) return this.#fail(field, 'is not a number');
    const decimal = new MoneyDecimal(typeof value === 'string' ? value.trim() : value);
    if (!isStorable(decimal)) return this.#fail(field, 'is out of range');
    return keep(DECIMALS, value, decimal.isZero() ? NOTHING : decimal);
  }

  /** Only a stated yes is true: `true`, `1` or `"true"`; some entities use integers (Autotask REST reference, §10 no. 14). */
  flag(field: string): boolean {
    const value = this.#value(field);
    const plain = typeof value === 'string' ? value.trim().toLowerCase() : value;
    if (plain === true || plain === 'true' || plain === 1 || plain === '1') return true;
    const isNo = plain === null || plain === false || plain === 'false' || plain === 0 || plain === '0';
    return isNo ? false : this.#fail(field, 'is neither true nor false');
  }

  /** A date-only field: comes as midnight UTC and is not to be converted (Autotask REST reference, §2.6). */
  day(field: string): LocalDate {
    const text = this.text(field);
    const known = DAYS.get(text);
    if (known !== undefined) return known;
    const day = text.slice(0, 10);
    if (!isLocalDate(day)) return this.#fail(field, 'is not a date');
    return keep(DAYS, text, day);
  }

  /** A date-only field that may be empty. */
  optionalDay(field: string): LocalDate | null {
    return this.#value(field) === null ? null : this.day(field);
  }

  /** A required date-time field. */
  instant(field: string): Date {
    return this.optionalInstant(field) ?? this.#fail(field, 'is missing');
  }

  /** An optional id where the vendor writes 0 for none (seen on `invoiceID`, Autotask REST reference, §7.17). */
  optionalNonZeroReference(field: string): string | null {
    const reference = this.optionalReference(field);
    return reference === '0' ? null : reference;
  }

  /** A date-time field; UTC where it names no offset. */
  optionalInstant(field: string): Date | null {
    const text = this.optionalText(field);
    if (text === null) return null;
    const known = INSTANTS.get(text);
    if (known !== undefined) return new Date(known);
    const instant = this.#instantOf(field, text);
    const year = instant.getUTCFullYear();
    // What lies beyond is written in a form the database does not know, or the database has no such year.
    if (year < 1 || year > 9999) return this.#fail(field, 'is out of range');
    keep(INSTANTS, text, instant.getTime());
    return instant;
  }

  #instantOf(field: string, text: string): Date {
    const usual = USUAL_INSTANT.test(text) ? new Date(text) : null;
    // A day that does not exist, such as 30 February, would become another one: luxon tells.
    if (usual !== null && !Number.isNaN(usual.getTime()) && usual.getUTCDate() === Number(text.slice(8, 10)))
      return usual;
    const instant = DateTime.fromISO(text, { zone: 'utc' });
    return instant.isValid ? instant.toJSDate() : this.#fail(field, 'is not a time');
  }

  /** A pick-list value as its text, such as `"7"`: a number in the row, text in the metadata (§10 no. 12). */
  optionalPick(field: string): string | null {
    const value = this.#value(field);
    if (value === null) return null;
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number') return String(value);
    return this.#fail(field, 'is not a pick-list value');
  }

  #value(field: string): unknown {
    const value = this.#member(field);
    if (typeof value !== 'string') return value ?? null;
    // Most texts begin with a character that shows; only the others need a closer look.
    const first = value.charCodeAt(0);
    return (first > SPACE && first < DELETE) || value.trim() !== '' ? value : null;
  }

  #member(field: string): unknown {
    const value = this.#row[field];
    // JSON has no undefined: the member is spelt otherwise, or absent.
    return value === undefined ? this.#inAnyCase().get(field.toLowerCase()) : value;
  }

  #inAnyCase(): ReadonlyMap<string, unknown> {
    this.#members ??= new Map(
      Object.entries(this.#row).map(([name, value]) => [name.toLowerCase(), value] as const),
    );
    return this.#members;
  }

  #fail(field: string, problem: string): never {
    const id = this.#member('id');
    const shown = typeof id === 'number' || typeof id === 'string' ? String(id) : '(unknown)';
    throw new PsaRecordMalformedError(this.#entity, shown, field, problem);
  }
}

function isStorable(decimal: Decimal): boolean {
  return decimal.isFinite() && Math.abs(decimal.e) <= MAX_DIGITS && decimal.decimalPlaces() <= MAX_DIGITS;
}

function keep<K extends string | number, V>(values: Remembered<K, V>, key: K, value: V): V {
  return typeof key === 'string' && key.length > MAX_KEPT_LENGTH ? value : values.keep(key, value);
}
