import type { ConnectionPolicies } from '../../connections/domain/connection-policies.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import { earlierOf, laterOf, periodOn } from '../../kernel/period.js';
import type { BillingLine } from './billing-line.js';
import { lastDayOfMonth, toldOf } from './charge-item.js';
import type { ChargeNeed } from './charge-needs.js';
import { type ContractState, gridOf } from './contract-state.js';
import type { PlanRefusal, PlanStep, StepCharge } from './plan-step.js';
import { NO_BILLING_CODE, problemOfMonth, refusal, unbilled } from './refused-charge.js';
import type { Settlement } from './settlement.js';

/** Autotask's own limits of a charge's name and description (reference §7.11). */
const MAX_NAME = 100;
const MAX_DESCRIPTION = 2000;
/** Decimals of quantities and unit amounts that the PSA keeps (reference §7.11). */
const KEPT_DECIMALS = 4;

/** A charge of a group that was placed before. */
export interface PlacedCharge {
  /** How many charges of the group were placed and not given up. */
  count: number;
  /** How many were ever decided on, also those that were given up: the next one counts on from here, so that no id comes twice. */
  numbered: number;
  /** Whether one of them is on the contract that the group is billed on now. */
  isHere: boolean;
  /** The last of them on that contract, where it can still be changed: it is not sent yet, or the PSA has it and has not billed it. */
  open: { step: PlanStep; sent: { externalId: string; reference: string } | null } | null;
}

export interface ChargeBilling {
  currency: CurrencyCode;
  rates: ExchangeRates;
  policy: Pick<ConnectionPolicies, 'charges' | 'chargeDescription'>;
  /** Null where the PSA has no material code that could be used. */
  billingCodeExternalId: string | null;
}

/** What needs of one group are billed by together. */
export interface ChargeGroup {
  key: string;
  /** Id that the charge is known by in plans. */
  baseId: string;
  line: BillingLine;
  month: LocalDate;
  needs: ChargeNeed[];
}

/** One group per amount, or per subscription and month. */
export function groupsOf(
  needs: readonly ChargeNeed[],
  charges: ConnectionPolicies['charges'],
): ChargeGroup[] {
  const groups = new Map<string, ChargeGroup>();
  for (const need of needs) {
    const { line, month, item } = need;
    const key = charges === 'bundled' ? `${line.subscriptionId}/${month.slice(0, 7)}` : need.key;
    const known = groups.get(key);
    if (known !== undefined) known.needs.push(need);
    else {
      const baseId = charges === 'itemised' && item?.chargeId != null ? item.chargeId : key;
      groups.set(key, { key, baseId, line, month, needs: [need] });
    }
  }
  for (const group of groups.values()) group.needs.sort((left, right) => (left.key < right.key ? -1 : 1));
  return [...groups.values()].toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

export const NOTHING_PLACED: PlacedCharge = { count: 0, numbered: 0, isHere: false, open: null };

/**
 * The step that bills what a group needs: a charge of the contract in the billing month, the same charge with another amount while it is
 * not billed, or a correction beside it once it is; or why it cannot be billed.
 */
export function chargeStep(
  group: ChargeGroup,
  contract: ContractState | undefined,
  placed: PlacedCharge,
  billing: ChargeBilling,
): PlanStep | PlanRefusal {
  const { line, month, needs } = group;
  const { billingCodeExternalId } = billing;
  const problem = problemOfMonth(contract, month);
  if (contract === undefined || problem !== null || billingCodeExternalId === null) {
    const { code, why } = problem ?? NO_BILLING_CODE;
    return { ...refusal(line, code, group.key, why), settles: unbilled(month, needs) };
  }
  const dated = needs.flatMap(({ item }) => item?.servicePeriod.to ?? []).toSorted();
  const lastOfMonth = lastDayOfMonth(month);
  const wanted = billing.policy.charges === 'bundled' ? lastOfMonth : (dated.at(-1) ?? lastOfMonth);
  const effectiveOn = earlierOf(laterOf(wanted, contract.startsOn), contract.endsOn);
  const period = periodOn(gridOf(contract), effectiveOn);
  const impact = money(
    needs.reduce((sum, { price }) => sum.plus(price), new MoneyDecimal(0)),
    billing.currency,
  );
  const nothing = { units: 0, unitPrice: null, unitCost: null };
  const charge = chargeOf(group, placed, billing, billingCodeExternalId);
  return {
    kind: charge.replaces === undefined ? 'createCharge' : 'updateCharge',
    identity: `${line.connectionId}/${customerOf(group)}/${line.subscriptionId}/${effectiveOn}/${charge.chargeId}`,
    subscriptionId: line.subscriptionId,
    contractExternalId: line.contractExternalId,
    serviceExternalId: line.serviceExternalId,
    lineExternalId: line.lineExternalId,
    before: nothing,
    after: nothing,
    effectiveOn,
    notBefore: effectiveOn,
    period: {
      startsOn: period?.startsOn ?? effectiveOn,
      endsOn: period?.endsOn ?? effectiveOn,
      fullDays: period?.fullDays ?? 1,
      isPosted: false,
    },
    impactPerPeriod: impact,
    impact,
    reason: reasonOf(group, placed),
    rule: isLate(group, placed) ? 'charge.lateUsage' : 'charge.billingMonth',
    revision: line.known?.revision ?? 0,
    contractEndsOn: null,
    charge,
    settles: settlementOf(group.month, needs),
  };
}

/** What the needs settle, to be kept with the step that bills them. */
export function settlementOf(month: LocalDate, needs: readonly ChargeNeed[]): Settlement {
  return {
    month,
    amounts: needs.map(({ key, item, price, cost }) => ({
      key,
      price: price.toFixed(),
      cost: cost.toFixed(),
      told: item === null ? '' : toldOf(item),
    })),
  };
}

/** Whether a charge of the contract bore amounts of the group before, or all that is needed are parts of what others bore. */
function isLate({ needs }: ChargeGroup, { count, isHere }: PlacedCharge): boolean {
  return isHere || (count > 0 && needs.every(isPart));
}

const isPart = ({ item, price, total }: ChargeNeed): boolean => item === null || !price.equals(total.price);

function chargeOf(
  group: ChargeGroup,
  placed: PlacedCharge,
  billing: ChargeBilling,
  billingCodeExternalId: string,
): StepCharge {
  const { numbered, open } = placed;
  const conversion = conversionOf(group, billing.rates);
  const common: Pick<StepCharge, 'group' | 'name' | 'description' | 'billingCodeExternalId' | 'conversion'> =
    {
      group: group.key,
      name: nameOf(group, billing.policy, open === null && isLate(group, placed)),
      description: descriptionOf(group),
      billingCodeExternalId,
      ...(conversion === null ? {} : { conversion }),
    };
  const needed = sumOf(group.needs);
  if (open?.step.charge != null) {
    const { chargeId, name, quantity, unitPrice, unitCost } = open.step.charge;
    const before = { price: times(quantity, unitPrice), cost: times(quantity, unitCost) };
    const replaces =
      open.sent === null
        ? open.step.charge.replaces
        : { ...open.sent, unitPrice: before.price.toFixed(), unitCost: before.cost.toFixed() };
    const amounts = { price: before.price.plus(needed.price), cost: before.cost.plus(needed.cost) };
    return { ...common, chargeId, name, ...asOne(amounts), ...(replaces === undefined ? {} : { replaces }) };
  }
  const chargeId = numbered === 0 ? group.baseId : `${group.baseId}~${numbered + 1}`;
  const [only, ...others] = group.needs;
  const isWhole = only?.item != null && others.length === 0 && only.price.equals(only.total.price);
  const exact = isWhole ? exactAmounts(only, billing) : null;
  return { ...common, chargeId, ...(exact ?? asOne(needed)) };
}

/** Quantity and unit amounts as they were told, where the PSA keeps all their decimals and reckons the same total from them. */
function exactAmounts(
  { item, total }: ChargeNeed,
  { rates, currency }: ChargeBilling,
): Pick<StepCharge, 'quantity' | 'unitPrice' | 'unitCost'> | null {
  if (item === null || item.unitCost.currency !== rates.internal || item.unitPrice.currency !== currency)
    return null;
  const { quantity, unitPrice, unitCost } = item;
  const isKept = [quantity, unitPrice.amount, unitCost.amount].every(
    (value) => value.decimalPlaces() <= KEPT_DECIMALS,
  );
  const isSame =
    quantity.times(unitPrice.amount).equals(total.price) &&
    quantity.times(unitCost.amount).equals(total.cost);
  if (!isKept || !isSame) return null;
  return {
    quantity: quantity.toFixed(),
    unitPrice: unitPrice.amount.toFixed(),
    unitCost: unitCost.amount.toFixed(),
  };
}

function asOne({
  price,
  cost,
}: {
  price: MoneyDecimal;
  cost: MoneyDecimal;
}): Pick<StepCharge, 'quantity' | 'unitPrice' | 'unitCost'> {
  return { quantity: '1', unitPrice: price.toFixed(), unitCost: cost.toFixed() };
}

function sumOf(needs: readonly ChargeNeed[]): { price: MoneyDecimal; cost: MoneyDecimal } {
  const zero = new MoneyDecimal(0);
  return needs.reduce(
    (sum, { price, cost }) => ({ price: sum.price.plus(price), cost: sum.cost.plus(cost) }),
    {
      price: zero,
      cost: zero,
    },
  );
}

function times(quantity: string, amount: string): MoneyDecimal {
  return new MoneyDecimal(quantity).times(amount);
}

/** Shown with the charge; null where the costs came in several currencies, or in the internal one. */
function conversionOf(
  { needs }: ChargeGroup,
  { internal, rates }: ExchangeRates,
): NonNullable<StepCharge['conversion']> | null {
  const currencies = new Set(needs.map(({ item }) => item?.unitCost.currency ?? internal));
  const [currency] = currencies;
  const rate = rates.get(currency ?? internal);
  if (currencies.size !== 1 || currency === undefined || currency === internal || rate === undefined)
    return null;
  const amount = needs.reduce(
    (sum, { item }) => sum.plus(item === null ? 0 : item.quantity.times(item.unitCost.amount)),
    new MoneyDecimal(0),
  );
  return { amount: amount.toFixed(), currency, rate: rate.toFixed() };
}

function nameOf(
  { needs, month, line }: ChargeGroup,
  { charges, chargeDescription }: ChargeBilling['policy'],
  isCorrection: boolean,
): string {
  const [first] = needs;
  const own = first?.item?.description ?? 'Withdrawn amount';
  const usual = charges === 'bundled' ? `Usage and other amounts ${month.slice(0, 7)}` : own;
  const values: Record<string, string> = {
    description: own,
    month: month.slice(0, 7),
    customer: first?.item?.customerId ?? line.known?.customerId ?? '',
    subscription: line.known?.friendlyName ?? line.subscriptionId,
    kind: first?.item?.kind ?? 'correction',
  };
  const name = (chargeDescription ?? usual).replaceAll(/\{(\w+)\}/g, (_, word: string) => values[word] ?? '');
  const mark = isCorrection ? 'Correction: ' : '';
  return (mark + name).slice(0, MAX_NAME).trim();
}

function descriptionOf({ needs }: ChargeGroup): string {
  const text = needs
    .map(({ item, key, price }) => `${item?.description ?? `No longer billed: ${key}`}: ${price.toFixed()}`)
    .join('\n');
  return text.length <= MAX_DESCRIPTION ? text : `${text.slice(0, MAX_DESCRIPTION - 1)}…`;
}

function reasonOf(group: ChargeGroup, placed: PlacedCharge): string {
  const { needs, month } = group;
  const [first] = needs;
  const what =
    needs.length === 1 && first?.item != null
      ? `${first.item.description}, for ${first.item.servicePeriod.from} to ${first.item.servicePeriod.to}`
      : `${needs.length} amounts of ${month.slice(0, 7)}`;
  if (!isLate(group, placed)) return `${what}.`;
  return placed.open === null
    ? `${what}: it became known when the charge of the month could no longer be changed, so it is billed beside it.`
    : `${what}: the charge of the month is not billed yet, so its amount is changed.`;
}

function customerOf({ needs, line }: ChargeGroup): string {
  return needs.find(({ item }) => item !== null)?.item?.customerId ?? line.known?.customerId ?? '';
}
