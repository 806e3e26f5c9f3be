import type { Decimal } from 'decimal.js';
import { MoneyDecimal } from '../../kernel/money.js';

/** The third argument of a reviver (ES2026, in Node since 21); the compiler's library does not know it yet. */
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (this: void, text: string) => unknown };

const WHOLE_PART = String.raw`(?:0|[1-9]\d*)`;
const EXPONENT = String.raw`[eE][+-]?\d`;
/** Numbers written with an exponent or with more than 15 digits. */
const INEXACT = String.raw`-?(?:${WHOLE_PART}(?:\.\d+)?${EXPONENT}+|[1-9]\d{15,}(?:\.\d+)?|(?=[\d.]{17})${WHOLE_PART}\.\d+)`;
/** As the value of a member: behind a quotation mark that is not escaped, which ends the member's name. */
const INEXACT_MEMBER = new RegExp(String.raw`(?<!\\)"\s*:\s*(${INEXACT})(?=\s*[,}])`, 'g');
/** Anywhere else: in a list or alone. Also matches inside texts, which only makes parsing slower. */
const INEXACT_ELSEWHERE = new RegExp(String.raw`(?:[[,]|^)\s*${INEXACT}\s*(?:[,\]]|$)`);
const NAME_ENDING_IN_BACKSLASH = /\\"\s*:/;
const HAS_EXPONENT = new RegExp(String.raw`\d${EXPONENT}`);
const EXACT = /^-?(?:\d{1,15}|(?=[\d.]{3,16}$)\d+\.\d+)$/;

/** As many digits may be too many for a double. */
const LONG = 16;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Parses JSON without losing a digit of an amount: a number with an exponent or more than 15 digits becomes the text of its digits, such
 * as `"12345678901234567890"`. Every other one stays a number, which is exact: a double holds 15 digits and gives the very same ones back.
 *
 * The platform's own access to the source of each number takes several times longer (see the README); it reads what is left over.
 * @throws SyntaxError; its message quotes the text, so do not show or log it.
 */
export function parseLosslessJson(text: string): unknown {
  return HAS_EXPONENT.test(text) || mayHoldLongNumber(text) ? parseBySearch(text) : JSON.parse(text);
}

/** Looks at every sixteenth character only: sixteen digits in a row, with or without a point, cannot hide between two of them. */
function mayHoldLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isOfNumber(text.charCodeAt(at))) continue;
    let [start, end] = [at, at + 1];
    while (isOfNumber(text.charCodeAt(start - 1))) start -= 1;
    while (isOfNumber(text.charCodeAt(end))) end += 1;
    if (end - start >= LONG) return true;
  }
  return false;
}

/** False beyond either end, where a code is not a number. */
function isOfNumber(code: number): boolean {
  return (code >= ZERO && code <= NINE) || code === POINT;
}

/** Puts such members in quotation marks before the platform parses the text. */
function parseBySearch(text: string): unknown {
  const hasOddName = text.includes('\\"') && NAME_ENDING_IN_BACKSLASH.test(text);
  if (hasOddName || INEXACT_ELSEWHERE.test(text)) return parseBySource(text);
  try {
    return JSON.parse(text.replaceAll(INEXACT_MEMBER, '":"$1"'));
  } catch {
    // A text that begins like `:1e5,` looked like a member. Quotation marks inside it always end it too early, so what is
    // left is no JSON: nothing is ever read wrongly.
    return parseBySource(text);
  }
}

function parseBySource(text: string): unknown {
  return parseWithSource(text, (_key, value, context) => {
    if (typeof value !== 'number') return value;
    const source = context.source ?? String(value);
    return EXACT.test(source) ? value : source;
  });
}

/** A JSON integer of any size for use inside `JSON.stringify`; an id beyond a double's range is written digit by digit. */
export function jsonInteger(digits: string): unknown {
  if (!/^\d+$/.test(digits)) throw new RangeError(`'${digits}' is not a whole number`);
  return rawJson(digits.replace(/^0+(?=\d)/, ''));
}

/** A decimal as a JSON number for use inside `JSON.stringify`: its very digits, never by way of a double. */
export function jsonDecimal(value: Decimal): unknown {
  const exact = new MoneyDecimal(value);
  if (!exact.isFinite()) throw new RangeError(`'${exact.toString()}' is not a number that JSON can hold`);
  return rawJson(exact.isZero() ? '0' : exact.toFixed());
}
