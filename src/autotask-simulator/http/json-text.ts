import { MoneyDecimal } from '../../kernel/money.js';

const MONEY_DECIMALS = 4;

/** JSON that is written already; `toJsonText` takes it as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}

const amountTexts = new WeakMap<MoneyDecimal, string>();

/** An amount as a JSON number of at least four decimals; remembered, since rows share and repeat their amounts. */
export function amountText(amount: MoneyDecimal | number): string {
  if (typeof amount === 'number') {
    return Number.isSafeInteger(amount) ? `${amount}.0000` : amountText(new MoneyDecimal(amount));
  }
  const known = amountTexts.get(amount);
  if (known !== undefined) return known;
  const [whole, decimals = ''] = amount.toFixed().split('.');
  const text = `${whole}.${decimals.padEnd(MONEY_DECIMALS, '0')}`;
  amountTexts.set(amount, text);
  return text;
}

/**
 * JSON text of a value, with decimals written digit by digit as JSON numbers of at least four decimals (`386.6450`), the
 * way the vendor serialises amounts (Autotask REST reference, §2.6).
 */
export function toJsonText(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof JsonText) return value.text;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (MoneyDecimal.isDecimal(value)) return amountText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return arrayText(value);
  let members = '';
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined)
      members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${toJsonText(member)}`;
  }
  return `{${members}}`;
}

/** Adds up instead of joining, which would copy the text of every row of a page once more. */
function arrayText(items: readonly unknown[]): string {
  let text = '';
  for (const item of items) text += (text === '' ? '' : ',') + toJsonText(item);
  return `[${text}]`;
}

const MAKE_DECIMALS = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined
    ? new MoneyDecimal(context.source)
    : value;

/**
 * Parses JSON so that a number with a fraction becomes a decimal made from its digits, never from the binary float. The
 * third argument of a reviver is not in the TypeScript library yet; every supported Node passes it.
 *
 * @throws SyntaxError when the text is no JSON.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, MAKE_DECIMALS);
}
