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

/**
 * What has been decided of each amount, whatever it was billed by: charges, changed charges or prices of a month. Amounts of an operation that
 * failed count, because a person decides about it; those of a dismissed one count only where nobody is asked, and then only if a person
 * gave it up: one that had to be given up because its contract service was left is billed on the next.
 */
export function settledAmounts(
  operations: readonly {
    state: string;
    error?: { code: string } | null;
    step: { settles?: Settlement | undefined };
  }[],
  isDismissedIncluded: boolean,
): Map<string, Settled> {
  const settled = new Map<string, Settled>();
  for (const { state, error, step } of operations) {
    const isCounted = state !== 'dismissed' || (isDismissedIncluded && error?.code !== LINE_LEFT);
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

/** Changes when anything about the amounts of these operations does. */
export function settlementVersion(
  operations: readonly { id: string; state: string; version: number; attempts: number }[],
): string {
  return operations
    .map(({ id, state, version, attempts }) => `${id} ${state} ${version} ${attempts}`)
    .toSorted()
    .join();
}
