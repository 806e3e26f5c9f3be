import type { Amount } from '../api/contracts.js';

interface Digits {
  value: bigint;
  decimals: number;
}

function digitsOf(text: string): Digits {
  const [whole = '0', fraction = ''] = text.split('.');
  return { value: BigInt(`${whole}${fraction}`), decimals: fraction.length };
}

function scaled({ value, decimals }: Digits, to: number): bigint {
  return value * 10n ** BigInt(to - decimals);
}

/** The sum of amounts of one currency, exactly. @throws RangeError for amounts of several currencies */
export function sumAmounts(amounts: readonly Amount[], currency: string): Amount {
  if (amounts.some((amount) => amount.currency !== currency)) {
    throw new RangeError(`Amounts of other currencies than ${currency} cannot be added up`);
  }
  const parts = amounts.map(({ amount }) => digitsOf(amount));
  const decimals = Math.max(2, ...parts.map((part) => part.decimals));
  const sum = parts.reduce((total, part) => total + scaled(part, decimals), 0n);
  const text = (sum < 0n ? -sum : sum).toString().padStart(decimals + 1, '0');
  const amount = `${sum < 0n ? '-' : ''}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  return { amount, currency };
}

export function isZero({ amount }: Amount): boolean {
  return /^-?0+(\.0+)?$/.test(amount);
}

export function isNegative(value: Amount): boolean {
  return value.amount.startsWith('-') && !isZero(value);
}
