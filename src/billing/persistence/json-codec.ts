import type { Decimal } from 'decimal.js';
import { currencyCode } from '../../kernel/currency.js';
import { type Money, money, MoneyDecimal, type MoneyJson } from '../../kernel/money.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { LineValues } from '../domain/line-timeline.js';
import type { PlanStep } from '../domain/plan-step.js';

interface ValuesJson {
  units: number;
  unitPrice: string | null;
  unitCost: string | null;
}

type StepJson = Omit<PlanStep, 'before' | 'after' | 'impact' | 'impactPerPeriod'> & {
  before: ValuesJson;
  after: ValuesJson;
  impact: MoneyJson;
  impactPerPeriod: MoneyJson;
};

/** A step as it is kept: every amount as text, because JSON numbers are floats. */
export function toStepJson(step: PlanStep): StepJson {
  return {
    ...step,
    before: toValues(step.before),
    after: toValues(step.after),
    impact: toMoney(step.impact),
    impactPerPeriod: toMoney(step.impactPerPeriod),
  };
}

export function fromStepJson(json: object): PlanStep {
  const step = json as StepJson;
  return {
    ...step,
    before: fromValues(step.before),
    after: fromValues(step.after),
    impact: fromMoney(step.impact),
    impactPerPeriod: fromMoney(step.impactPerPeriod),
  };
}

type SubscriptionJson = Omit<Subscription, 'unitCost' | 'unitPrice' | 'listPrice' | 'erpPrice'> &
  Record<'unitCost' | 'unitPrice', MoneyJson> &
  Record<'listPrice' | 'erpPrice', MoneyJson | null>;

export function toSubscriptionJson(subscription: Subscription): SubscriptionJson {
  const { unitCost, unitPrice, listPrice, erpPrice } = subscription;
  return {
    ...subscription,
    unitCost: toMoney(unitCost),
    unitPrice: toMoney(unitPrice),
    listPrice: listPrice === null ? null : toMoney(listPrice),
    erpPrice: erpPrice === null ? null : toMoney(erpPrice),
  };
}

export function fromSubscriptionJson(json: object): Subscription {
  const subscription = json as SubscriptionJson;
  const { unitCost, unitPrice, listPrice, erpPrice } = subscription;
  return {
    ...subscription,
    unitCost: fromMoney(unitCost),
    unitPrice: fromMoney(unitPrice),
    listPrice: listPrice === null ? null : fromMoney(listPrice),
    erpPrice: erpPrice === null ? null : fromMoney(erpPrice),
  };
}

export function toValues({ units, unitPrice, unitCost }: LineValues): ValuesJson {
  return { units, unitPrice: unitPrice?.toFixed() ?? null, unitCost: unitCost?.toFixed() ?? null };
}

export function fromValues(json: object): LineValues {
  const { units, unitPrice, unitCost } = json as ValuesJson;
  return { units, unitPrice: decimalOrNull(unitPrice), unitCost: decimalOrNull(unitCost) };
}

function decimalOrNull(text: string | null): Decimal | null {
  return text === null ? null : new MoneyDecimal(text);
}

function toMoney({ amount, currency }: Money): MoneyJson {
  return { amount: amount.toFixed(), currency };
}

function fromMoney({ amount, currency }: MoneyJson): Money {
  return money(amount, currencyCode(currency));
}
