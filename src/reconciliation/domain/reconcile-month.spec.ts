import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BilledLine, BilledUnits, ContractCharge } from '../../contracts/domain/billed-month.js';
import type { BillTotal } from '../../imports/domain/bill-totals.js';
import { currencyCode } from '../../kernel/currency.js';
import { type LocalDate, localDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import { daysOf, type BillingMonth } from './billing-month.js';
import type { ExpectedSubscription, MonthContext, MonthFacts, SeatState } from './month-facts.js';
import { reconcileMonth } from './reconcile-month.js';

const EUR = currencyCode('EUR');
const CONTEXT: MonthContext = {
  days: daysOf('2026-11' as BillingMonth),
  currency: EUR,
  rates: { internal: EUR, rates: new Map([['USD', new MoneyDecimal('0.9')]]) },
  azure: 'charge',
  hasBill: false,
};
const PERIOD = {
  startsOn: localDate('2026-01-01'),
  endsOn: localDate('2026-12-31'),
  periodType: 'monthly' as const,
};
const day = (of: number): LocalDate => localDate(`2026-11-${String(of).padStart(2, '0')}`);

function state(from: number, units: number, price = '10', cost = '7'): SeatState {
  return { from: day(from), units, unitPrice: money(price, EUR), unitCost: money(cost, EUR) };
}

function subscription(change: Partial<ExpectedSubscription> = {}): ExpectedSubscription {
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
function row(
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

function line(rows: BilledUnits[], change: Partial<BilledLine> = {}): BilledLine {
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

function charge(price: string, change: Partial<ContractCharge> = {}): ContractCharge {
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

function seats(quantity: string, unitPrice = '7', change: Partial<BillTotal> = {}): BillTotal {
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

interface Given {
  expected?: Partial<ExpectedSubscription>;
  line?: BilledLine | null;
  charges?: ContractCharge[];
  totals?: BillTotal[];
  context?: Partial<MonthContext>;
}

function found({ expected = {}, line: own = null, charges = [], totals, context = {} }: Given) {
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

const told = (given: Given) =>
  found(given).map(({ stage, kind, impact }) => `${stage} ${kind} ${impact.toFixed(2)}`);

describe('reconcileMonth', () => {
  it.each<[string, Given, string[]]>([
    ['seats that are the same', { line: line([row(1, 30, 5)]) }, ['units matched 0.00']],
    [
      'seats that changed on the same day',
      { expected: { states: [state(1, 5), state(11, 8)] }, line: line([row(1, 10, 5), row(11, 30, 8)]) },
      ['units matched 0.00'],
    ],
    ['seats nobody bills', { line: null }, ['units missingInAutotask -50.00']],
    [
      'seats of a subscription that ended',
      { expected: { states: [] }, line: line([row(1, 30, 5)]) },
      ['units missingAtMicrosoft 50.00'],
    ],
    [
      'more seats from the middle of the month on',
      { line: line([row(1, 15, 5), row(16, 30, 8)]) },
      ['units differentQuantity 15.00'],
    ],
    [
      'a change that came a day late',
      { expected: { states: [state(1, 5), state(10, 8)] }, line: line([row(1, 10, 5), row(11, 30, 8)]) },
      ['units differentDate -1.00'],
    ],
    ['another price', { line: line([row(1, 30, 5, '9.50')]) }, ['units differentPrice -2.50']],
    [
      'other seats at another price, apart',
      { line: line([row(1, 30, 8, '9')]) },
      ['units differentPrice -8.00', 'units differentQuantity 30.00'],
    ],
    [
      'a line in another currency',
      { line: line([row(1, 30, 5)], { currency: 'USD' }) },
      ['units differentCurrency 0.00'],
    ],
    [
      'a change in a posted period, which is a row beside it',
      {
        expected: { states: [state(1, 5), state(16, 8)] },
        line: line([
          row(1, 30, 5, '10', {
            isPosted: true,
            items: [{ externalId: '1', price: new MoneyDecimal(50), invoice: null }],
          }),
          row(16, 30, 8, '10', { price: new MoneyDecimal(15) }),
        ]),
      },
      ['units matched 0.00'],
    ],
    [
      'charges that are the same',
      {
        expected: {
          states: [],
          charges: [{ description: 'Usage', kind: 'usage', price: money('12.34', EUR), reference: 'a' }],
        },
        charges: [charge('12.34')],
      },
      ['charges matched 0.00'],
    ],
    [
      'a charge nobody made',
      {
        expected: {
          states: [],
          charges: [{ description: 'Usage', kind: 'usage', price: money('12.34', EUR), reference: 'a' }],
        },
      },
      ['charges missingInAutotask -12.34'],
    ],
    [
      'a charge of nothing',
      { expected: { states: [] }, charges: [charge('3')] },
      ['charges missingAtMicrosoft 3.00'],
    ],
    [
      'a charge moved to another month',
      {
        expected: {
          states: [],
          charges: [{ description: 'Usage', kind: 'usage', price: money('5', EUR), reference: 'a' }],
        },
        charges: [charge('5', { chargedOn: localDate('2026-12-03') })],
      },
      ['charges differentDate -5.00'],
    ],
    [
      'a billing item of another amount, on a void invoice',
      {
        line: line([
          row(1, 30, 5, '10', {
            isPosted: true,
            items: [
              {
                externalId: '1',
                price: new MoneyDecimal('45'),
                invoice: { externalId: '2', number: 'INV-2', isVoided: true },
              },
            ],
          }),
        ]),
      },
      ['billingItem differentPrice -5.00', 'invoice missingInAutotask -45.00', 'units matched 0.00'],
    ],
    [
      'a bill with the same seats and price',
      { line: line([row(1, 30, 5)]), totals: [seats('5')] },
      ['bill matched 0.00', 'units matched 0.00'],
    ],
    [
      'a bill with other seats at another price',
      { line: line([row(1, 30, 5)]), totals: [seats('6', '7.50')] },
      ['bill differentPrice -3.00', 'bill differentQuantity -7.00', 'units matched 0.00'],
    ],
    [
      'a bill in another currency',
      { line: line([row(1, 30, 5)]), totals: [seats('5', '7', { currency: 'USD' })] },
      ['bill differentCurrency 0.00', 'units matched 0.00'],
    ],
    [
      'a bill without it',
      { line: line([row(1, 30, 5)]), context: { hasBill: true } },
      ['bill missingAtMicrosoft 35.00', 'units matched 0.00'],
    ],
    [
      'an Azure month billed by price',
      {
        expected: {
          kind: 'azurePlan',
          states: [state(1, 1, '0', '0')],
          charges: [{ description: 'Usage', kind: 'usage', price: money('80', EUR), reference: 'a' }],
        },
        line: line([row(1, 30, 1, '80')]),
        context: { azure: 'priceReset' },
      },
      ['units matched 0.00'],
    ],
  ])('finds %s', (_, given, findings) => {
    expect(told(given)).toEqual(findings);
  });

  it('says what, why and what to do, of something under way as well', () => {
    const [waiting] = found({ expected: { isUnsettled: true }, line: line([row(1, 30, 8)]) });
    expect(waiting?.explanation.what).toContain('5 from 2026-11-01');
    expect(waiting?.explanation.what).toContain('8 from 2026-11-01');
    expect(waiting?.explanation.why).toContain('Operations');
    const [byHand] = found({ line: line([row(1, 30, 8)]) });
    expect(byHand?.explanation.why).toContain('by hand');
  });

  it('shows what Microsoft bills and nobody does, at the instance’s rate, but not what is excluded or another connection’s', () => {
    const subject = {
      customerId: 'contoso',
      customerName: 'Contoso',
      subscriptionId: 'other',
      totals: [seats('2', '10', { currency: 'USD', subscriptionId: 'other' })],
    };
    const bindings = ['unmapped', 'excluded', 'elsewhere'] as const;
    const unknownSubjects = bindings.map((binding) => ({ ...subject, binding }));
    const findings = reconcileMonth({ subscriptions: [], strayLines: [], unknownSubjects }, CONTEXT);
    expect(findings.map(({ kind, impact }) => `${kind} ${impact.toFixed(2)}`)).toEqual([
      'missingInAutotask -18.00',
    ]);
  });

  it('shows a mapped service without a subscription, and goes past the end of a contract that is billed once', () => {
    const once = { ...PERIOD, endsOn: day(10), periodType: 'one_time' as const };
    const stray = { ...line([row(1, 10, 2)], { period: once }), customerName: 'Contoso' };
    const [finding] = reconcileMonth(
      { subscriptions: [], strayLines: [stray], unknownSubjects: [] },
      CONTEXT,
    );
    expect(finding).toMatchObject({ kind: 'missingAtMicrosoft', stage: 'units', subscriptionId: null });
  });

  it('moves exactly what both sides differ by, whatever the seats, prices and days are', () => {
    const changes = fc
      .uniqueArray(
        fc.record({ from: fc.integer({ min: 1, max: 30 }), units: fc.nat(20), cents: fc.nat(5_000) }),
        {
          selector: ({ from }) => from,
          maxLength: 6,
        },
      )
      .map((all) => all.toSorted((left, right) => left.from - right.from));
    fc.assert(
      fc.property(changes, changes, (wanted, there) => {
        const priceOf = (cents: number) => new MoneyDecimal(cents).div(100).toFixed(2);
        const states = wanted.map(({ from, units, cents }) => state(from, units, priceOf(cents)));
        const rows = there.map(({ from, units, cents }, index) =>
          row(from, (there[index + 1]?.from ?? 31) - 1, units, priceOf(cents)),
        );
        const findings = found({ expected: { states }, line: line(rows) });
        const impact = findings.reduce((sum, finding) => sum.plus(finding.impact), new MoneyDecimal(0));
        const owed = wanted.reduce((sum, { from, units, cents }, index) => {
          const days = (wanted[index + 1]?.from ?? 31) - from;
          return sum.plus(new MoneyDecimal(cents).div(100).times(units).times(days).div(30));
        }, new MoneyDecimal(0));
        const billed = rows.reduce((sum, { price }) => sum.plus(price ?? 0), new MoneyDecimal(0));
        expect(impact.toFixed(2)).toBe(billed.toDecimalPlaces(2).minus(owed.toDecimalPlaces(2)).toFixed(2));
        const amounts = findings.reduce(
          (sum, { expectedAmount }) => sum.plus(expectedAmount ?? 0),
          new MoneyDecimal(0),
        );
        if (findings.length > 0) expect(amounts.toFixed(2)).toBe(owed.toFixed(2));
      }),
    );
  });
});
