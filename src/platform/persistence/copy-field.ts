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

/** A text as a field of `COPY` in text format. */
export function copyField(text: string | null): string {
  if (text === null) return COPY_NULL;
  if (!UNUSUAL.test(text)) return text;
  return storableText(text).replaceAll(SPECIAL, (character) => ESCAPES[character] ?? character);
}
