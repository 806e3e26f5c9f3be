import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import { type ExchangeRates, toInternalAmount } from '../../kernel/exchange-rates.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal, roundMoney } from '../../kernel/money.js';
import type { BillingLine } from './billing-line.js';
import { type ChargeItem, importedKeysOf, IMPORTED, monthOf, toldOf } from './charge-item.js';
import type { PlanRefusal } from './plan-step.js';
import type { Settled } from './settlement.js';

/** What is still to be billed of an amount; negative where too much was. */
export interface ChargeNeed {
  key: string;
  /** Null where the amount is no longer told by any source. */
  item: ChargeItem | null;
  line: BillingLine;
  month: LocalDate;
  /** Customer currency, rounded. */
  price: Decimal;
  /** Internal currency, rounded. */
  cost: Decimal;
  /** Of the whole amount; what was billed of it is in it. */
  total: Amounts;
}

interface Amounts {
  price: Decimal;
  cost: Decimal;
}

/** Why an amount cannot be reckoned. */
export type NeedProblem = Pick<PlanRefusal, 'code'> & { item: ChargeItem; line: BillingLine; why: string };

export interface ChargeNeeds {
  needs: ChargeNeed[];
  problems: NeedProblem[];
}

interface Reckoning {
  currency: CurrencyCode;
  rates: ExchangeRates;
}

/**
 * What of each amount is not decided yet. Each amount is rounded once, to the decimals of its currency; a bundle is the sum of them, so the
 * order in which they are reported never matters.
 */
export function needsOf(
  items: readonly { item: ChargeItem; line: BillingLine }[],
  settled: ReadonlyMap<string, Settled>,
  reckoning: Reckoning,
): ChargeNeeds {
  const result: ChargeNeeds = { needs: [], problems: [] };
  for (const { item, line } of items) {
    const total = totalOf(item, reckoning);
    if ('code' in total) {
      result.problems.push({ ...total, item, line });
      continue;
    }
    const known = settled.get(item.key);
    if (known?.told === toldOf(item)) continue;
    const price = total.price.minus(known?.price ?? 0);
    const cost = total.cost.minus(known?.cost ?? 0);
    if (price.isZero() && cost.isZero()) continue;
    result.needs.push({
      key: item.key,
      item,
      line,
      month: monthOf(item.servicePeriod.to),
      price,
      cost,
      total,
    });
  }
  return result;
}

/** Imported amounts that were billed and that a corrected file no longer has: they are given back. */
export function withdrawnNeeds(
  told: ReadonlySet<string>,
  settled: ReadonlyMap<string, Settled & { month: LocalDate; line: BillingLine | null }>,
  customerIds: ReadonlySet<string> | null,
): ChargeNeed[] {
  const prefixes = customerIds === null ? [IMPORTED] : [...customerIds].map(importedKeysOf);
  const nothing = { price: new MoneyDecimal(0), cost: new MoneyDecimal(0) };
  return [...settled].flatMap(([key, { price, cost, told: last, month, line }]) => {
    // What was told last is that it is gone: whatever became of that, it is decided.
    if (last === '') return [];
    const isGone = !told.has(key) && prefixes.some((prefix) => key.startsWith(prefix));
    if (!isGone || line === null || (price.isZero() && cost.isZero())) return [];
    return [{ key, item: null, line, month, price: price.negated(), cost: cost.negated(), total: nothing }];
  });
}

function totalOf(
  { source, quantity, unitPrice, unitCost }: ChargeItem,
  { currency, rates }: Reckoning,
): Amounts | { code: PlanRefusal['code']; why: string } {
  // What a bill says is converted like every cost; what the platform says is a price in the customer's currency or a mistake.
  const price =
    source === 'recorded' && unitPrice.currency !== currency
      ? null
      : toCurrency(quantity.times(unitPrice.amount), unitPrice.currency, currency, rates);
  if (price === null && source !== 'recorded') {
    const why = `the instance has no exchange rate from ${unitPrice.currency} to ${currency}.`;
    return { code: 'billing.cost_currency_unknown', why };
  }
  if (price === null) {
    const why = `it is in ${unitPrice.currency}, the connection bills in ${currency}.`;
    return { code: 'billing.currency_mismatch', why };
  }
  const cost = toInternalAmount(money(quantity.times(unitCost.amount), unitCost.currency), rates);
  if (cost === null) {
    const why = `the instance has no exchange rate for ${unitCost.currency}.`;
    return { code: 'billing.cost_currency_unknown', why };
  }
  return { price: roundMoney(money(price, currency)).amount, cost: roundMoney(cost).amount };
}

/** By way of the internal currency, not rounded; null where the instance has no rate. */
function toCurrency(
  amount: Decimal,
  from: CurrencyCode,
  to: CurrencyCode,
  { internal, rates }: ExchangeRates,
): Decimal | null {
  if (from === to) return amount;
  const one = new MoneyDecimal(1);
  const [rateFrom, rateTo] = [from, to].map((code) => (code === internal ? one : rates.get(code)));
  return rateFrom === undefined || rateTo === undefined ? null : amount.times(rateFrom).dividedBy(rateTo);
}
