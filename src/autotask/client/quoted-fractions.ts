const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACE = 0x7d;

/** As many digits may be too many for a double. */
const LONG = 16;
const EXPONENT = /\d[eE][+-]?\d/;

/**
 * JSON text whose numbers with a fraction, as members of objects, are put in quotation marks; null where the text holds
 * anything that needs a closer look: an exponent, a long number, a fraction in a list. It only looks around each decimal
 * point, which takes half the time of a search that looks at every character (see `lossless-json.ts`, which looks closer).
 *
 * What comes back need not be JSON: a text that begins like `:1.5,` looks like a member.
 */
export function quoteFractions(text: string): string | null {
  if (hasLongNumber(text) || EXPONENT.test(text)) return null;
  const pieces: string[] = [];
  let copied = 0;
  for (let point = text.indexOf('.'); point !== -1; point = text.indexOf('.', point + 1)) {
    const start = startOfNumber(text, point);
    if (start === point) continue;
    const before = skipSpace(text, start - 1, -1);
    const code = text.charCodeAt(before);
    if (code !== COLON) {
      // An entry of a list, the whole text, or words such as "May 4, 12.5": not to be told apart from here.
      if (code === OPENING_BRACKET || code === COMMA || before < 0) return null;
      continue;
    }
    const name = skipSpace(text, before - 1, -1);
    if (text.charCodeAt(name) !== QUOTE) continue;
    if (text.charCodeAt(name - 1) === BACKSLASH || hasLeadingZero(text, start, point)) return null;
    const end = endOfDigits(text, point + 1);
    const after = text.charCodeAt(skipSpace(text, end, 1));
    if (end === point + 1 || (after !== COMMA && after !== CLOSING_BRACE)) continue;
    pieces.push(text.slice(copied, start), text.slice(start, end));
    copied = end;
  }
  pieces.push(text.slice(copied));
  return pieces.join('"');
}

/** Looks at every sixteenth character only: sixteen digits in a row cannot hide between two of them. */
function hasLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let start = at;
    while (isDigit(text.charCodeAt(start - 1))) start -= 1;
    if (endOfDigits(text, at) - start >= LONG) return true;
  }
  return false;
}

function startOfNumber(text: string, point: number): number {
  let start = point;
  while (isDigit(text.charCodeAt(start - 1))) start -= 1;
  return start < point && text.charCodeAt(start - 1) === MINUS ? start - 1 : start;
}

function hasLeadingZero(text: string, start: number, point: number): boolean {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  return text.charCodeAt(first) === ZERO && point - first > 1;
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function skipSpace(text: string, from: number, step: 1 | -1): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 32 || (code >= 9 && code <= 13); code = text.charCodeAt(at)) {
    at += step;
  }
  return at;
}

/** False beyond either end, where a code is not a number. */
function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
