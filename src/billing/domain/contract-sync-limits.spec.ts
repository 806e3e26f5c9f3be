import { describe, expect, it } from 'vitest';
import {
  contractOfTheYear,
  emptyContract,
  plan,
  SERVICE,
  state,
  told,
  TODAY,
} from '../../../test/support/billing/line-plan-case.js';
import { day, VendorContract } from '../../../test/support/billing/vendor-model.js';
import { currencyCode } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { planContractSync } from './contract-sync-plan.js';
import type { DesiredLine } from './desired-line.js';

describe('what planContractSync leaves alone, refuses and finds its way around', () => {
  it('writes nothing for billing cycle, friendly name and auto-renew, and says so', () => {
    const changes = [
      state(2, '2026-03-10', { billingCycle: 'annual', friendlyName: 'New', autoRenew: false }),
    ];
    const { steps, refusals } = plan({ changes });
    expect(steps).toEqual([]);
    expect(refusals).toMatchObject([
      {
        code: 'billing.unsupported',
        detail: expect.stringContaining('the billing cycle and the friendly name and auto-renew'),
      },
    ]);
  });

  it('never writes a price that is for another period than the contract is billed by', () => {
    const yearly = { billingCycle: 'annual', unitPrice: new MoneyDecimal('110') } as const;
    const { steps, refusals } = plan({ changes: [state(2, '2026-03-10', yearly)] });
    expect(steps).toEqual([]);
    expect(refusals).toMatchObject([
      { code: 'billing.unsupported' },
      { code: 'billing.period_mismatch', revision: 2, written: { state: 2, terms: 1 } },
    ]);
  });

  it('writes nothing of another offer, and goes on once it is the old one again or is cancelled', () => {
    const seats = state(2, '2026-03-05', { quantity: 6 });
    const other = state(3, '2026-03-10', { offer: 'other', quantity: 7, unitPrice: new MoneyDecimal('20') });
    const { steps, refusals } = plan({ changes: [seats, other] });
    expect(steps).toMatchObject([{ effectiveOn: '2026-03-05', after: { units: 6 } }]);
    expect(refusals).toMatchObject([
      { code: 'billing.offer_changed', revision: 3, written: { state: 2, terms: 2 } },
    ]);
    const back = state(4, '2026-03-12', { quantity: 4 });
    expect(told({ changes: [other, back] })).toMatchObject({ steps: [{ units: [5, 4] }], refusals: [] });
    const cancelled = state(4, '2026-03-12', { offer: 'other', status: 'cancelled' });
    expect(told({ changes: [other, cancelled] })).toMatchObject({ steps: [{ units: [5, 0] }], refusals: [] });
  });

  it('goes on with seats while a price for another period is refused, and with prices once it fits again', () => {
    const yearly = { billingCycle: 'annual', unitPrice: new MoneyDecimal('110') } as const;
    const seats = [
      state(2, '2026-03-10', yearly),
      state(3, '2026-03-12', { ...yearly, quantity: 7 }),
      state(4, '2026-03-14', { quantity: 7, unitPrice: new MoneyDecimal('11') }),
    ];
    expect(told({ changes: seats.slice(0, 2) })).toMatchObject({
      steps: [{ kind: 'adjustUnits', units: [5, 7], price: ['10', '10'] }],
      refusals: ['billing.unsupported', 'billing.period_mismatch'],
    });
    expect(told({ changes: seats })).toMatchObject({
      steps: [
        { effectiveOn: '2026-03-01', kind: 'adjustPrice', price: ['10', '11'] },
        { effectiveOn: '2026-03-12', units: [5, 7] },
      ],
      refusals: ['billing.unsupported', 'billing.unsupported'],
    });
  });

  it('makes no line without a price, and none at a price for another period', () => {
    const yearly = state(2, '2026-03-10', { billingCycle: 'annual', unitPrice: new MoneyDecimal('110') });
    for (const known of [null, state(1, '2026-01-01', { quantity: 0 })]) {
      const refused = plan({ changes: [yearly], known, vendor: emptyContract() });
      expect(refused.steps).toEqual([]);
      expect(refused.refusals.at(-1)).toMatchObject({ code: 'billing.period_mismatch' });
    }
    const changes = [state(2, '2026-03-10')];
    const known = state(1, '2026-01-01', { quantity: 0 });
    expect(told({ changes, known, vendor: emptyContract() }).steps).toMatchObject([
      { kind: 'addService', units: [0, 5], price: [null, '10'] },
    ]);
  });

  it('refuses a change after the end of the contract', () => {
    const changes = [state(2, '2027-01-10', { quantity: 8 })];
    expect(told({ changes })).toEqual({ steps: [], refusals: ['billing.contract_ended'] });
  });

  it.each([
    ['in the last period, until it ends', '2026-12-10', 'periodEnd'],
    ['after the end of the contract', '2027-01-10', 'sameDay'],
  ] as const)('has nothing to write for a cancellation %s', (_, effectiveOn, cancel) => {
    const changes = [state(2, effectiveOn, { status: 'cancelled' })];
    expect(told({ changes, policy: { cancel } })).toEqual({ steps: [], refusals: [] });
  });

  it.each([
    ['before it', true],
    ['together with it', false],
  ])('does not carry on what was cancelled %s when the contract is extended', (_, isKnown) => {
    const vendor = contractOfTheYear();
    const other = vendor.addLine('502', 20, 15);
    vendor.adjust(other, day('2026-01-01'), 3);
    const line = (subscriptionId: string, serviceExternalId: string, lineExternalId: string) => ({
      connectionId: 'connection',
      accountId: 'account',
      subscriptionId,
      kind: 'license' as const,
      contractExternalId: vendor.externalId,
      serviceExternalId,
      lineExternalId,
      foreignLineExternalIds: [],
    });
    const cancelled = state(2, '2026-12-10', { status: 'cancelled' });
    const term = { startsOn: day('2027-01-01'), commitmentEndsOn: day('2027-12-31'), quantity: 3 };
    const renewed = state(2, '2027-01-01', {
      ...term,
      unitPrice: new MoneyDecimal(20),
      unitCost: new MoneyDecimal(15),
    });
    const desired: DesiredLine[] = [
      {
        ...line('a', SERVICE, '9001'),
        known: isKnown ? cancelled : state(1, '2026-01-01'),
        changes: isKnown ? [] : [cancelled],
      },
      {
        ...line('b', '502', '9002'),
        known: {
          ...renewed,
          ...state(1, '2026-01-01'),
          unitPrice: renewed.unitPrice,
          unitCost: renewed.unitCost,
          quantity: 3,
        },
        changes: [renewed],
      },
    ];
    const policy = {
      decrease: 'sameDay',
      cancel: 'periodEnd',
      currency: currencyCode('EUR'),
      costCurrency: currencyCode('EUR'),
    } as const;
    const { steps, refusals } = planContractSync(desired, [vendor.state(TODAY)], policy, TODAY);
    expect(refusals).toEqual([]);
    expect(steps).toMatchObject([
      { kind: 'extendContract', subscriptionId: 'b', contractEndsOn: '2027-12-31' },
      {
        kind: 'adjustUnits',
        subscriptionId: 'a',
        effectiveOn: '2027-01-01',
        before: { units: 5 },
        after: { units: 0 },
        rule: 'cancel.periodEnd',
        waitsForExtension: true,
      },
    ]);
    for (const step of steps) vendor.apply(step);
    const again = planContractSync(desired, [vendor.state(TODAY)], policy, TODAY);
    expect(again.steps).toEqual([]);
  });

  it('tells costs apart by the digits of the currency they are in', () => {
    const vendor = new VendorContract('7001', day('2026-01-01'), day('2026-12-31'), 'monthly');
    vendor.adjust(vendor.addLine(SERVICE, 1000, '7'), day('2026-01-01'), 1);
    const known = state(1, '2026-01-01', { quantity: 1, unitPrice: new MoneyDecimal(1000) });
    const changes = [{ ...known, revision: 2, unitCost: new MoneyDecimal('7.04') }];
    const { steps } = plan({ changes, known, vendor, currency: 'JPY', costCurrency: 'USD' });
    expect(steps).toMatchObject([{ kind: 'adjustPrice', after: { unitCost: new MoneyDecimal('7.04') } }]);
  });

  it('takes the line that is ours when a service is on the contract twice, and refuses to guess', () => {
    const vendor = contractOfTheYear();
    const second = vendor.addLine(SERVICE, 10, 7);
    const changes = [state(2, '2026-03-10', { quantity: 8 })];
    const refused = plan({ changes, vendor });
    expect(refused.steps).toEqual([]);
    expect(refused.refusals).toMatchObject([
      { code: 'billing.line_ambiguous', detail: expect.stringMatching(/9001 and 9002/) },
    ]);
    expect(plan({ changes, vendor, lineExternalId: second.externalId }).steps).toMatchObject([
      { lineExternalId: '9002' },
    ]);
    expect(plan({ changes, vendor, foreign: ['9002'] }).steps).toMatchObject([{ lineExternalId: '9001' }]);
  });

  it('adds the service where the contract lacks it, with its price from the first day', () => {
    const vendor = new VendorContract('7001', day('2026-01-01'), day('2026-12-31'), 'monthly');
    const changes = [state(1, '2026-03-10', { quantity: 3 })];
    expect(told({ changes, known: null, vendor }).steps).toEqual([
      {
        kind: 'addService',
        effectiveOn: '2026-03-10',
        units: [0, 3],
        price: [null, '10'],
        impact: '291.29',
        rule: 'mapping.difference',
      },
    ]);
  });

  it('plans the difference of a new mapping from the current period on, and nothing when it is equal', () => {
    expect(told({ changes: [state(1, '2026-01-01')], known: null }).steps).toEqual([]);
    expect(told({ changes: [state(1, '2026-01-01', { quantity: 9 })], known: null }).steps).toMatchObject([
      { effectiveOn: '2026-03-01', units: [5, 9], rule: 'mapping.difference' },
    ]);
  });

  it('uses the next free day when the day has an adjustment already', () => {
    const vendor = contractOfTheYear();
    vendor.adjust(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-03-10'), 3);
    const known = state(2, '2026-03-10', { quantity: 8 });
    const { steps } = plan({ changes: [state(3, '2026-03-10', { quantity: 6 })], known, vendor });
    expect(steps).toMatchObject([
      {
        effectiveOn: '2026-03-11',
        rule: 'date.nextFreeDay',
        reason: expect.stringContaining('2026-03-10 already has an adjustment'),
      },
    ]);
  });

  it('steps periods from a start on the 31st and clamps short months', () => {
    const vendor = new VendorContract('7001', day('2026-01-31'), day('2027-01-30'), 'monthly');
    vendor.adjust(vendor.addLine(SERVICE, 10, 7), day('2026-01-31'), 5);
    const changes = [state(2, '2026-03-10', { unitPrice: new MoneyDecimal(12) })];
    expect(plan({ changes, vendor }).steps).toMatchObject([
      { effectiveOn: '2026-02-28', period: { startsOn: '2026-02-28', endsOn: '2026-03-30' } },
    ]);
  });

  it('prorates a year, and three years of it', () => {
    const yearly = new VendorContract('7001', day('2026-01-01'), day('2028-12-31'), 'yearly');
    yearly.adjust(yearly.addLine(SERVICE, 365, 7), day('2026-01-01'), 1);
    const known = state(1, '2026-01-01', { quantity: 1, unitPrice: new MoneyDecimal(365) });
    const changes = [{ ...known, revision: 2, effectiveOn: day('2026-12-30'), quantity: 2 }];
    // 2 of 365 days, then 2027 and 2028 whole
    expect(told({ changes, known, vendor: yearly }).steps).toMatchObject([
      { impact: '732', effectiveOn: '2026-12-30' },
    ]);
  });

  it.each([
    ['JPY', '1000', '2129'],
    ['KWD', '1.235', '2.629'],
    ['EUR', '1.23', '2.62'],
  ])('rounds once to the decimals of %s', (currency, price, impact) => {
    const vendor = new VendorContract('7001', day('2026-03-01'), day('2026-03-31'), 'monthly');
    vendor.adjust(vendor.addLine(SERVICE, price, 7), day('2026-03-01'), 5);
    const known = state(1, '2026-03-01', { unitPrice: new MoneyDecimal(price), commitmentEndsOn: null });
    const changes = [{ ...known, revision: 2, effectiveOn: day('2026-03-10'), quantity: 8 }];
    expect(told({ changes, known, vendor, currency }).steps).toMatchObject([{ impact }]);
  });
});
