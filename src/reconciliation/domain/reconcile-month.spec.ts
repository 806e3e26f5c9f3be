import { describe, expect, it } from 'vitest';
import { localDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import { reconcileMonth } from './reconcile-month.js';
import {
  charge,
  CONTEXT,
  day,
  EUR,
  found,
  type Given,
  line,
  PERIOD,
  row,
  seats,
  state,
  told,
} from '../../../test/support/builders/reconciliation-facts.builder.js';

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
});
