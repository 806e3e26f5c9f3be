import type { Decimal } from 'decimal.js';
import { Remembered } from '../../kernel/remembered.js';

/** NULL in the text format of `COPY`. */
export const COPY_NULL = String.raw`\N`;

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '\t': String.raw`\t`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
};
/** What needs a second look: special to `COPY`, or not storable. */
const UNUSUAL = /[\\\t\n\r\0\ud800-\udfff]/;

/** Postgres cannot hold NUL or lone surrogates in a text; one such record must not keep all others from being stored. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Texts of the instants written last, by their milliseconds: what is posted together has the same one, and making it takes long. */
const INSTANTS = new Remembered<number, string>(4_096);

/** An instant as a field of `COPY`. */
export function copyInstant(instant: Date | null): string {
  if (instant === null) return COPY_NULL;
  const time = instant.getTime();
  return INSTANTS.get(time) ?? INSTANTS.keep(time, instant.toISOString());
}

/** Texts of amounts: a pull shares the decimals of a price list among many rows. */
const AMOUNTS = new WeakMap<Decimal, string>();

/** A decimal as a field of `COPY`: all of its digits. */
export function copyAmount(amount: Decimal | null): string {
  if (amount === null) return COPY_NULL;
  let text = AMOUNTS.get(amount);
  if (text === undefined) AMOUNTS.set(amount, (text = amount.toFixed()));
  return text;
}

/** A text as a field of `COPY` in text format. */
export function copyField(text: string | null): string {
  if (text === null) return COPY_NULL;
  if (!UNUSUAL.test(text)) return text;
  return storableText(text).replaceAll(SPECIAL, (character) => ESCAPES[character] ?? character);
}
