import type { Decimal } from 'decimal.js';
import { MoneyDecimal } from '../../kernel/money.js';

/** The third argument of a reviver (ES2026, in Node since 21); the compiler's library does not know it yet. */
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (this: void, text: string) => unknown };

const INTEGER = /^-?\d+(\.0+)?$/;

/**
 * Parses JSON without passing an amount through binary floating point: a number with a fraction, an exponent or more
 * digits than a double holds becomes a `MoneyDecimal`; every other number stays a number.
 * @throws SyntaxError; its message quotes the text, so do not show or log it.
 */
export function parseLosslessJson(text: string): unknown {
  return parseWithSource(text, (_key, value, context) => {
    if (typeof value !== 'number') return value;
    const source = context.source ?? String(value);
    return Number.isSafeInteger(value) && INTEGER.test(source) ? value : new MoneyDecimal(source);
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
