const MAX_LENGTH = 200;
const REPLACEMENT = '[secret]';
/** Escapes are escaped again on the way, but not without end; a bound keeps matching linear. */
const TIMES = '{0,4}';
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** Makes vendor texts fit for errors and logs: the credentials' values are taken out first, then the text is shortened. */
export class Redaction {
  readonly #secrets: readonly string[];
  /** Made for the first text, because it takes milliseconds and most sessions see none; null where there is nothing to take out. */
  #pattern: RegExp | null | undefined;

  /** @param secrets plain values that must not be seen; empty ones are ignored */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** One line of at most 200 characters without any of the secrets. */
  shorten(text: string): string {
    if (this.#pattern === undefined) this.#pattern = patternOfAll(this.#secrets);
    const clean = this.#pattern === null ? text : text.replaceAll(this.#pattern, REPLACEMENT);
    const line = clean.replaceAll(/\s+/g, ' ').trim();
    return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
  }
}

function patternOfAll(secrets: readonly string[]): RegExp | null {
  // The longest first: one secret can be the beginning of another.
  const given = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
  const patterns = [...new Set(given.flatMap(patternsOf))];
  return patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'giu');
}

/** Patterns of a secret as it is and as its bytes are written, each sign in any of the forms a server can echo it in. */
function patternsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const padding = `(?:${formsOf('=')})${TIMES}`;
  return [
    patternOf(secret),
    patternOf(bytes.toString('base64').replace(/=+$/, '')) + padding,
    patternOf(bytes.toString('base64url')) + padding,
    patternOf(bytes.toString('hex')),
  ];
}

function patternOf(text: string): string {
  return Array.from(text, (sign) => `(?:${formsOf(sign)})`).join('');
}

/**
 * One sign as it is, in JSON, HTML or a URL, or read in the wrong character set. The vendor's ASP.NET writes `+ & < > ' "` and all but
 * ASCII as \uXXXX (System.Text.Json's default encoder), other servers write any sign so, and a proxy may escape once more.
 */
function formsOf(sign: string): string {
  const bytes = Buffer.from(sign, 'utf8');
  const units = Array.from({ length: sign.length }, (_, at) => hex(sign.charCodeAt(at), 4));
  const codePoint = sign.codePointAt(0) ?? 0;
  const short = JSON.stringify(sign).slice(1, -1);
  const entity = NAMED_ENTITIES[sign];
  const forms = [
    `\\\\${TIMES}${literal(sign)}`,
    units.map((unit) => `\\\\\\\\${TIMES}u${unit}`).join(''),
    units.map((unit) => `%(?:25)${TIMES}u${unit}`).join(''),
    [...bytes].map((byte) => `%(?:25)${TIMES}${hex(byte, 2)}`).join(''),
    [...bytes].map((byte) => `\\\\\\\\${TIMES}x${hex(byte, 2)}`).join(''),
    `&(?:amp;)${TIMES}#(?:0{0,6}${codePoint}|x0{0,6}${codePoint.toString(16)});`,
    ...(entity === undefined ? [] : [`&(?:amp;)${TIMES}${entity};`]),
    // "\n" and its like; a quotation mark and a backslash are the first form.
    ...(/^\\[bfnrt]$/.test(short) ? [`\\\\\\\\${TIMES}${short.slice(1)}`] : []),
    ...(sign === ' ' ? [literal('+')] : []),
    ...(codePoint < 0x80 ? [] : [Array.from(bytes.toString('latin1'), literal).join('')]),
  ];
  return forms.join('|');
}

/** A sign in a pattern with the flag `u`, whatever it means there. */
function literal(sign: string): string {
  return `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
