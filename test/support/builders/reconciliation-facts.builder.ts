import type { BilledLine, BilledUnits, ContractCharge } from '../../../src/contracts/domain/billed-month.js';
import type { BillTotal } from '../../../src/imports/domain/bill-totals.js';
import { currencyCode } from '../../../src/kernel/currency.js';
import { type LocalDate, localDate } from '../../../src/kernel/local-date.js';
import { money, MoneyDecimal } from '../../../src/kernel/money.js';
import { daysOf, type BillingMonth } from '../../../src/reconciliation/domain/billing-month.js';
import type {
  ExpectedSubscription,
  MonthContext,
  MonthFacts,
  SeatState,
} from '../../../src/reconciliation/domain/month-facts.js';
import { reconcileMonth } from '../../../src/reconciliation/domain/reconcile-month.js';

export const EUR = currencyCode('EUR');
export const CONTEXT: MonthContext = {
  days: daysOf('2026-11' as BillingMonth),
  currency: EUR,
  rates: { internal: EUR, rates: new Map([['USD', new MoneyDecimal('0.9')]]) },
  azure: 'charge',
  hasBill: false,
};
export const PERIOD = {
  startsOn: localDate('2026-01-01'),
  endsOn: localDate('2026-12-31'),
  periodType: 'monthly' as const,
};
export const day = (of: number): LocalDate => localDate(`2026-11-${String(of).padStart(2, '0')}`);

export function state(from: number, units: number, price = '10', cost = '7'): SeatState {
  return { from: day(from), units, unitPrice: money(price, EUR), unitCost: money(cost, EUR) };
}

export function subscription(change: Partial<ExpectedSubscription> = {}): ExpectedSubscription {
  return {
    subscriptionId: 'sub',
    customerId: 'contoso',
    customerName: 'Contoso',
    title: 'Exchange',
    kind: 'license',
    billingCycle: 'monthly',
    states: [state(1, 5)],
    charges: [],
    contractExternalId: '700',
    contract: PERIOD,
    isUnsettled: false,
    ...change,
  };
}

/** Prices a row as the vendor does: by days, with four decimals. */
export function row(
  from: number,
  to: number,
  units: number,
  price = '10',
  change: Partial<BilledUnits> = {},
): BilledUnits {
  const amount = new MoneyDecimal(price).times(units).times(to - from + 1);
  return {
    externalId: `${from}${to}`,
    startsOn: day(from),
    endsOn: day(to),
    units,
    price: amount.div(30).toDecimalPlaces(4),
    isPosted: false,
    items: [],
    ...change,
  };
}

export function line(rows: BilledUnits[], change: Partial<BilledLine> = {}): BilledLine {
  return {
    externalId: '9',
    contractExternalId: '700',
    contractName: 'Cloud',
    companyExternalId: '1',
    companyName: 'Contoso',
    customerId: 'contoso',
    serviceExternalId: '5',
    serviceName: 'Exchange',
    currency: 'EUR',
    unitPrice: new MoneyDecimal('10'),
    period: PERIOD,
    rows,
    ...change,
  };
}

export function charge(price: string, change: Partial<ContractCharge> = {}): ContractCharge {
  return {
    externalId: '40',
    contractExternalId: '700',
    name: 'Usage',
    chargedOn: day(30),
    price: new MoneyDecimal(price),
    currency: 'EUR',
    isBilled: false,
    items: [],
    ...change,
  };
}

export function seats(quantity: string, unitPrice = '7', change: Partial<BillTotal> = {}): BillTotal {
  return {
    customerId: 'contoso',
    customerName: 'Contoso',
    subscriptionId: 'sub',
    productName: 'Exchange',
    billClass: 'seats',
    source: 'nceReconciliation',
    currency: 'EUR',
    lines: 1,
    subtotal: new MoneyDecimal(quantity).times(unitPrice),
    chargeStart: day(1),
    chargeEnd: day(30),
    lastSeats: { quantity: new MoneyDecimal(quantity), unitPrice: new MoneyDecimal(unitPrice), from: day(1) },
    isAmbiguous: false,
    ...change,
  };
}

export interface Given {
  expected?: Partial<ExpectedSubscription>;
  line?: BilledLine | null;
  charges?: ContractCharge[];
  totals?: BillTotal[];
  context?: Partial<MonthContext>;
}

export function found({ expected = {}, line: own = null, charges = [], totals, context = {} }: Given) {
  const bill =
    totals === undefined
      ? null
      : { customerId: 'contoso', customerName: 'Contoso', subscriptionId: 'sub', totals };
  const facts: MonthFacts = {
    subscriptions: [{ expected: subscription(expected), actual: { line: own, charges }, bill }],
    strayLines: [],
    unknownSubjects: [],
  };
  return reconcileMonth(facts, { ...CONTEXT, ...context });
}

export const told = (given: Given) =>
  found(given).map(({ stage, kind, impact }) => `${stage} ${kind} ${impact.toFixed(2)}`);
