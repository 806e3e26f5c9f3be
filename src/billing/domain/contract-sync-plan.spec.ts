import { describe, expect, it } from 'vitest';
import { day, VendorContract } from '../../../test/support/billing/vendor-model.js';
import { currencyCode } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { SubscriptionKind } from '../../ports/host/subscription-source.port.js';
import { planContractSync } from './contract-sync-plan.js';
import type { TargetPolicy } from './dated-targets.js';
import type { BillableState, DesiredLine } from './desired-line.js';

const TODAY = day('2026-03-20');
const SERVICE = '501';

function state(revision: number, effectiveOn: string, changes: Partial<BillableState> = {}): BillableState {
  return {
    revision,
    effectiveOn: day(effectiveOn),
    quantity: 5,
    status: 'active',
    unitPrice: new MoneyDecimal('10'),
    unitCost: new MoneyDecimal('7'),
    startsOn: day('2026-01-01'),
    commitmentEndsOn: day('2026-12-31'),
    billingCycle: 'monthly',
    friendlyName: 'Seats',
    autoRenew: true,
    ...changes,
  };
}

interface Case {
  changes: BillableState[];
  known?: BillableState | null;
  policy?: Partial<TargetPolicy>;
  kind?: SubscriptionKind;
  currency?: string;
  vendor?: VendorContract;
  lineExternalId?: string | null;
  foreign?: string[];
}

/** A contract of the year 2026, billed by the month, with five seats at 10 since January. */
function contractOfTheYear(): VendorContract {
  const vendor = new VendorContract('7001', day('2026-01-01'), day('2026-12-31'), 'monthly');
  vendor.adjust(vendor.addLine(SERVICE, 10, 7), day('2026-01-01'), 5);
  return vendor;
}

function plan({ changes, known = state(1, '2026-01-01'), policy, kind, currency, vendor, ...rest }: Case) {
  const contract = vendor ?? contractOfTheYear();
  const desired: DesiredLine = {
    connectionId: 'connection',
    accountId: 'account',
    subscriptionId: 'subscription',
    kind: kind ?? 'license',
    contractExternalId: contract.externalId,
    serviceExternalId: SERVICE,
    lineExternalId: rest.lineExternalId ?? null,
    foreignLineExternalIds: rest.foreign ?? [],
    known,
    changes,
  };
  return planContractSync(
    [desired],
    [contract.state(TODAY)],
    { decrease: 'sameDay', cancel: 'sameDay', ...policy, currency: currencyCode(currency ?? 'EUR') },
    TODAY,
  );
}

/** What a step says that a person would look at. */
function told(case_: Case) {
  const { steps, refusals } = plan(case_);
  return {
    steps: steps.map(({ kind, effectiveOn, before, after, impact, rule }) => ({
      kind,
      effectiveOn,
      units: [before.units, after.units],
      price: [before.unitPrice?.toFixed() ?? null, after.unitPrice?.toFixed() ?? null],
      impact: impact.amount.toFixed(),
      rule,
    })),
    refusals: refusals.map(({ code }) => code),
  };
}

describe('planContractSync', () => {
  it('changes units on the day of the change and prorates the impact by days', () => {
    expect(told({ changes: [state(2, '2026-03-10', { quantity: 8 })] })).toEqual({
      steps: [
        {
          kind: 'adjustUnits',
          effectiveOn: '2026-03-10',
          units: [5, 8],
          price: ['10', '10'],
          // 22 of 31 days of March and nine months
          impact: '291.29',
          rule: 'quantity.sameDay',
        },
      ],
      refusals: [],
    });
  });

  it('says whose line, which period and what a full period costs', () => {
    expect(plan({ changes: [state(2, '2026-03-10', { quantity: 8 })] }).steps[0]).toMatchObject({
      identity: 'connection/account/subscription/2026-03-10',
      lineExternalId: '9001',
      period: { startsOn: '2026-03-01', endsOn: '2026-03-31', isPosted: false },
      impactPerPeriod: { amount: new MoneyDecimal(30), currency: 'EUR' },
      reason: 'The quantity changed from 5 to 8 on 2026-03-10.',
    });
  });

  it('merges several changes of one day to the last', () => {
    const changes = [state(2, '2026-03-10', { quantity: 8 }), state(3, '2026-03-10', { quantity: 6 })];
    expect(told({ changes }).steps.map(({ units }) => units)).toEqual([[5, 6]]);
    const undone = [state(2, '2026-03-10', { quantity: 8 }), state(3, '2026-03-10')];
    expect(told({ changes: undone }).steps).toEqual([]);
  });

  it.each<[TargetPolicy['decrease'], string, string]>([
    ['sameDay', '2026-03-10', 'quantity.sameDay'],
    ['nextPeriod', '2026-04-01', 'decrease.nextPeriod'],
  ])('decreases by the policy %s', (decrease, effectiveOn, rule) => {
    const changes = [state(2, '2026-03-10', { quantity: 2 })];
    expect(told({ changes, policy: { decrease } }).steps).toMatchObject([
      { effectiveOn, units: [5, 2], rule },
    ]);
  });

  it('lets an increase replace a decrease that was to count later', () => {
    const changes = [state(2, '2026-03-10', { quantity: 2 }), state(3, '2026-03-15', { quantity: 6 })];
    expect(told({ changes, policy: { decrease: 'nextPeriod' } }).steps).toMatchObject([
      { effectiveOn: '2026-03-15', units: [5, 6] },
    ]);
  });

  it('lets no more units fall away than a decrease that is dated later has left', () => {
    const vendor = contractOfTheYear();
    vendor.adjust(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-04-01'), -2);
    const known = state(2, '2026-03-05', { quantity: 3 });
    const changes = [state(3, '2026-03-10', { status: 'cancelled' })];
    const policy = { decrease: 'nextPeriod' } as const;
    const { steps } = plan({ changes, known, vendor, policy });
    expect(steps).toMatchObject([
      { effectiveOn: '2026-03-10', before: { units: 5 }, after: { units: 2 }, rule: 'cancel.sameDay' },
    ]);
    expect(steps[0]?.reason).toMatch(/2 of them fall away later/);
    // 22 of 31 days of March with three seats less, and nine months without the three that were left.
    expect(steps[0]?.impact.amount.toFixed()).toBe('-291.29');
    for (const step of steps) vendor.apply(step);
    const [line] = vendor.lines;
    const on = (date: string) => (line === undefined ? null : vendor.unitsOn(line, day(date)));
    expect(['2026-03-09', '2026-03-10', '2026-03-31', '2026-04-01', '2026-12-31'].map(on)).toEqual([
      5, 2, 2, 0, 0,
    ]);
  });

  it('takes fewer units than are in force for a decrease, also where they are more than were foreseen', () => {
    const policy = { decrease: 'nextPeriod' } as const;
    const known = state(1, '2026-01-01', { quantity: 10 });
    const vendor = () => {
      const contract = new VendorContract('7001', day('2026-01-01'), day('2026-12-31'), 'monthly');
      contract.adjust(contract.addLine(SERVICE, 10, 7), day('2026-01-01'), 10);
      return contract;
    };
    const eight = state(2, '2026-03-10', { quantity: 8 });
    const nine = state(3, '2026-03-20', { quantity: 9 });
    expect(told({ changes: [eight, nine], known, policy, vendor: vendor() }).steps).toMatchObject([
      { effectiveOn: '2026-04-01', units: [10, 9], rule: 'decrease.nextPeriod' },
    ]);
    const later = vendor();
    for (const step of plan({ changes: [eight], known, policy, vendor: later }).steps) later.apply(step);
    const { steps } = plan({ changes: [nine], known: eight, policy, vendor: later });
    // The first day of the period has its adjustment already.
    expect(steps).toMatchObject([
      { effectiveOn: '2026-04-02', before: { units: 8 }, after: { units: 9 }, rule: 'date.nextFreeDay' },
    ]);
    expect(
      told({ changes: [eight, state(3, '2026-03-20', { quantity: 11 })], known, policy, vendor: vendor() })
        .steps,
    ).toMatchObject([{ effectiveOn: '2026-03-20', units: [10, 11], rule: 'quantity.sameDay' }]);
  });

  it('dates a price at the start of the billing period of the change', () => {
    const changes = [state(2, '2026-03-10', { unitPrice: new MoneyDecimal('12') })];
    expect(told({ changes }).steps).toMatchObject([
      { kind: 'adjustPrice', effectiveOn: '2026-03-01', units: [5, 5], price: ['10', '12'], impact: '100' },
    ]);
  });

  it('dates a price at the next open period when that one is approved and posted', () => {
    const vendor = contractOfTheYear();
    vendor.post(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-04-01'));
    const changes = [state(2, '2026-03-10', { unitPrice: new MoneyDecimal('12') })];
    expect(told({ changes, vendor }).steps).toMatchObject([
      { kind: 'adjustPrice', effectiveOn: '2026-05-01', rule: 'price.nextOpenPeriod' },
    ]);
  });

  it('keeps the day of a quantity in a posted period, because the PSA bills the difference beside it', () => {
    const vendor = contractOfTheYear();
    vendor.post(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-03-01'));
    const { steps } = plan({ changes: [state(2, '2026-03-10', { quantity: 8 })], vendor });
    expect(steps).toMatchObject([{ effectiveOn: '2026-03-10', period: { isPosted: true } }]);
  });

  it.each<[TargetPolicy['cancel'], string]>([
    ['sameDay', '2026-03-10'],
    ['periodEnd', '2026-04-01'],
  ])('brings units to 0 on cancellation, by the policy %s', (cancel, effectiveOn) => {
    const changes = [state(2, '2026-03-10', { status: 'cancelled' })];
    expect(told({ changes, policy: { cancel } }).steps).toMatchObject([
      { effectiveOn, units: [5, 0], rule: `cancel.${cancel}` },
    ]);
  });

  it('bills a subscription that was ordered again', () => {
    const known = state(2, '2026-03-10', { status: 'cancelled' });
    const vendor = contractOfTheYear();
    vendor.adjust(vendor.lines[0] ?? vendor.addLine(SERVICE, 0, 0), day('2026-03-10'), -5);
    const changes = [state(3, '2026-03-15', { quantity: 4 })];
    expect(told({ changes, known, vendor }).steps).toMatchObject([
      { effectiveOn: '2026-03-15', units: [0, 4] },
    ]);
  });

  it('takes the price of a suspended Azure plan to 0 with the following period, and back', () => {
    const suspended = state(2, '2026-03-10', { status: 'suspended' });
    expect(told({ changes: [suspended], kind: 'azurePlan' })).toMatchObject({
      steps: [
        { kind: 'adjustPrice', effectiveOn: '2026-04-01', price: ['10', '0'], rule: 'azure.followingPeriod' },
      ],
      refusals: [],
    });
    const both = [suspended, state(3, '2026-05-20')];
    expect(told({ changes: both, kind: 'azurePlan' }).steps).toMatchObject([
      { effectiveOn: '2026-04-01', price: ['10', '0'] },
      { effectiveOn: '2026-06-01', price: ['0', '10'] },
    ]);
  });

  it('extends a contract that ends before the renewed term', () => {
    const changes = [
      state(2, '2027-01-01', {
        startsOn: day('2027-01-01'),
        commitmentEndsOn: day('2027-12-31'),
        quantity: 7,
      }),
    ];
    const { steps } = plan({ changes });
    expect(steps).toMatchObject([
      {
        kind: 'extendContract',
        effectiveOn: '2027-01-01',
        contractEndsOn: '2027-12-31',
        rule: 'renew.termStart',
      },
      { kind: 'adjustUnits', effectiveOn: '2027-01-01', before: { units: 5 }, after: { units: 7 } },
    ]);
    expect(steps[0]?.impact.amount.toFixed()).toBe('600');
  });

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
    const vendor = () => new VendorContract('7001', day('2026-01-01'), day('2026-12-31'), 'monthly');
    const yearly = state(2, '2026-03-10', { billingCycle: 'annual', unitPrice: new MoneyDecimal('110') });
    for (const known of [null, state(1, '2026-01-01', { quantity: 0 })]) {
      const refused = plan({ changes: [yearly], known, vendor: vendor() });
      expect(refused.steps).toEqual([]);
      expect(refused.refusals.at(-1)).toMatchObject({ code: 'billing.period_mismatch' });
    }
    const changes = [state(2, '2026-03-10')];
    const known = state(1, '2026-01-01', { quantity: 0 });
    expect(told({ changes, known, vendor: vendor() }).steps).toMatchObject([
      { kind: 'addService', units: [0, 5], price: [null, '10'] },
    ]);
  });

  it('refuses a change after the end of the contract', () => {
    const changes = [state(2, '2027-01-10', { quantity: 8 })];
    expect(told({ changes })).toEqual({ steps: [], refusals: ['billing.contract_ended'] });
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
