import type { CurrencyCode } from '../../kernel/currency.js';
import { type Money, money, MoneyDecimal } from '../../kernel/money.js';
import type { PlanStep } from './plan-step.js';

/** What the steps move together. */
export function totalOf(steps: readonly PlanStep[], currency: CurrencyCode): Money {
  const sum = steps.reduce((total, { impact }) => total.plus(impact.amount), new MoneyDecimal(0));
  return money(sum, currency);
}

/** How much the steps move, up or down: what one takes off does not make room for what another adds. */
export function movedBy(steps: readonly PlanStep[], currency: CurrencyCode): Money {
  const sum = steps.reduce((total, { impact }) => total.plus(impact.amount.abs()), new MoneyDecimal(0));
  return money(sum, currency);
}

/** Whether an amount, up or down, is more than a limit allows; a limit in another currency is taken as passed. */
export function isAbove({ amount, currency }: Money, limit: Money | null): boolean {
  if (limit === null || amount.isZero()) return false;
  return limit.currency !== currency || amount.abs().greaterThan(limit.amount);
}
