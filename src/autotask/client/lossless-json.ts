import type { Decimal } from 'decimal.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { quoteFractions } from './quoted-fractions.js';

/** The third argument of a reviver (ES2026, in Node since 21); the compiler's library does not know it yet. */
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (this: void, text: string) => unknown };

const WHOLE_PART = String.raw`(?:0|[1-9]\d*)`;
/** Numbers that are not written as a whole number of at most 15 digits. */
const INEXACT = String.raw`-?(?:${WHOLE_PART}\.\d+(?:[eE][+-]?\d+)?|${WHOLE_PART}[eE][+-]?\d+|[1-9]\d{15,})`;
/** As the value of a member: behind a quotation mark that is not escaped, which ends the member's name. */
const INEXACT_MEMBER = new RegExp(String.raw`(?<!\\)"\s*:\s*(${INEXACT})(?=\s*[,}])`, 'g');
/** Anywhere else: in a list or alone. Also matches inside texts, which only makes parsing slower. */
const INEXACT_ELSEWHERE = new RegExp(String.raw`(?:[[,]|^)\s*${INEXACT}\s*(?:[,\]]|$)`);
const NAME_ENDING_IN_BACKSLASH = /\\"\s*:/;
const WHOLE = /^-?\d{1,15}$/;

/**
 * Parses JSON without passing an amount through binary floating point: a number with a fraction, an exponent or more than
 * 15 digits becomes the text of its digits, such as `"386.6450"`; every other number stays a number.
 *
 * Such members are put in quotation marks before the platform parses the text, because its own access to the source of
 * each number takes several times longer (see the README); that reads what this does not cover.
 * @throws SyntaxError; its message quotes the text, so do not show or log it.
 */
export function parseLosslessJson(text: string): unknown {
  const quoted = quoteFractions(text);
  if (quoted === null) return parseBySearch(text);
  try {
    return JSON.parse(quoted);
  } catch {
    return parseBySearch(text);
  }
}

function parseBySearch(text: string): unknown {
  const hasOddName = text.includes('\\"') && NAME_ENDING_IN_BACKSLASH.test(text);
  if (hasOddName || INEXACT_ELSEWHERE.test(text)) return parseBySource(text);
  try {
    return JSON.parse(text.replaceAll(INEXACT_MEMBER, '":"$1"'));
  } catch {
    // A text that begins like `:1.5,` looked like a member. Quotation marks inside it always end it too early, so what is
    // left is no JSON: nothing is ever read wrongly.
    return parseBySource(text);
  }
}

function parseBySource(text: string): unknown {
  return parseWithSource(text, (_key, value, context) => {
    if (typeof value !== 'number') return value;
    const source = context.source ?? String(value);
    return WHOLE.test(source) ? value : source;
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
