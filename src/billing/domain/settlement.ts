import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { LINE_LEFT } from './billing-line.js';

/** What a step bills of one amount beside the seats; text, because it is kept as JSON. */
export interface SettledAmount {
  /** Key of the charge item. */
  key: string;
  /** Customer currency, signed. */
  price: string;
  /** Internal currency, signed. */
  cost: string;
  /** What was told of it then: while that is the same nothing is billed anew, whatever rates and margin rules have become. */
  told: string;
}

/** Which amounts of which month a step settles. */
export interface Settlement {
  /** First day of the month. */
  month: LocalDate;
  amounts: SettledAmount[];
}

export interface Settled {
  price: Decimal;
  cost: Decimal;
  /** As it was told last. */
  told: string;
}

/** Why an operation was dismissed that a person had planned again. */
export const PLANNED_AGAIN = 'billing.planned_again';

/** Nobody gave these up: what they were for is billed on another contract, or by another operation. */
const BILLED_ELSEWHERE: ReadonlySet<string | undefined> = new Set([LINE_LEFT, PLANNED_AGAIN]);

/**
 * What has been decided of each amount, whatever it was billed by: charges, changed charges or prices of a month. Amounts of an operation that
 * failed count, because a person decides about it; what a person gave up, and what was refused, counts only where nobody is asked.
 */
export function settledAmounts(
  operations: readonly {
    state: string;
    error?: { code: string } | null;
    step: { rule?: string; settles?: Settlement | undefined };
  }[],
  isNobodyAsked: boolean,
): Map<string, Settled> {
  const settled = new Map<string, Settled>();
  for (const { state, error, step } of operations) {
    const isGivenUp = state === 'dismissed' && !BILLED_ELSEWHERE.has(error?.code);
    const isOffered = state === 'dismissed' || step.rule === 'refused';
    const isCounted = isOffered ? isNobodyAsked && (isGivenUp || state !== 'dismissed') : true;
    if (step.settles === undefined || !isCounted) continue;
    for (const { key, price, cost, told } of step.settles.amounts) {
      const known = settled.get(key);
      settled.set(key, {
        price: new MoneyDecimal(price).plus(known?.price ?? 0),
        cost: new MoneyDecimal(cost).plus(known?.cost ?? 0),
        told,
      });
    }
  }
  return settled;
}

/** Both together; what cancels out stays, so that the sum of all operations is the sum of their parts. */
export function combined(
  first: Settlement | undefined,
  second: Settlement | undefined,
): Settlement | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const sums = settledAmounts(
    [first, second].map((settles) => ({ state: 'pending', step: { settles } })),
    true,
  );
  const amounts = [...sums].map(([key, { price, cost, told }]) => ({
    key,
    price: price.toFixed(),
    cost: cost.toFixed(),
    told,
  }));
  return { month: second.month, amounts };
}

/**
 * Changes when anything about the amounts of these operations does. How far one has come that was sent once says nothing new: else
 * nothing could be decided while a month of charges is on its way.
 */
export function settlementVersion(
  operations: readonly { id: string; state: string; version: number; attempts: number }[],
): string {
  return operations
    .map(({ id, state, version, attempts }) => {
      const isUnsent = state === 'pending' && attempts === 0;
      const standing = isUnsent || state === 'failed' || state === 'dismissed' ? state : 'sent';
      return `${id} ${standing} ${version}`;
    })
    .toSorted()
    .join();
}
