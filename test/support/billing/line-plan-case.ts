import { currencyCode } from '../../../src/kernel/currency.js';
import { MoneyDecimal } from '../../../src/kernel/money.js';
import type { SubscriptionKind } from '../../../src/ports/host/subscription-source.port.js';
import { planContractSync } from '../../../src/billing/domain/contract-sync-plan.js';
import type { TargetPolicy } from '../../../src/billing/domain/dated-targets.js';
import type { BillableState, DesiredLine } from '../../../src/billing/domain/desired-line.js';
import { day, VendorContract } from './vendor-model.js';

export const TODAY = day('2026-03-20');
export const SERVICE = '501';

export function state(
  revision: number,
  effectiveOn: string,
  changes: Partial<BillableState> = {},
): BillableState {
  return {
    revision,
    effectiveOn: day(effectiveOn),
    quantity: 5,
    status: 'active',
    unitPrice: new MoneyDecimal('10'),
    unitCost: new MoneyDecimal('7'),
    startsOn: day('2026-01-01'),
    commitmentEndsOn: day('2026-12-31'),
    offer: 'seats',
    billingCycle: 'monthly',
    friendlyName: 'Seats',
    autoRenew: true,
    ...changes,
  };
}

export interface Case {
  changes: BillableState[];
  known?: BillableState | null;
  policy?: Partial<TargetPolicy>;
  kind?: SubscriptionKind;
  currency?: string;
  costCurrency?: string;
  vendor?: VendorContract;
  lineExternalId?: string | null;
  foreign?: string[];
}

/** A contract of the year 2026, billed by the month, with seats at 10 since January. */
export function contractOfTheYear(seats = 5): VendorContract {
  const vendor = emptyContract();
  vendor.adjust(vendor.addLine(SERVICE, 10, 7), day('2026-01-01'), seats);
  return vendor;
}

/** Plans one subscription of five seats at 10 a month on a contract of the year 2026, unless told otherwise. */
export function plan({
  changes,
  known = state(1, '2026-01-01'),
  policy,
  kind,
  currency,
  costCurrency,
  vendor,
  ...rest
}: Case) {
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
    {
      decrease: 'sameDay',
      cancel: 'sameDay',
      ...policy,
      currency: currencyCode(currency ?? 'EUR'),
      costCurrency: currencyCode(costCurrency ?? currency ?? 'EUR'),
    },
    TODAY,
  );
}

/** A contract of the year 2026 that has no service yet. */
export function emptyContract(): VendorContract {
  return new VendorContract('7001', day('2026-01-01'), day('2026-12-31'), 'monthly');
}

/** What a step says that a person would look at. */
export function told(case_: Case) {
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
