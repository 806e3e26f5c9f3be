import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import { addDays, earlierOf, laterOf, type Period, periodOn, periodsFrom } from '../../kernel/period.js';
import type { BillingLine } from './billing-line.js';
import { lastDayOfMonth } from './charge-item.js';
import type { ChargeNeed } from './charge-needs.js';
import { settlementOf } from './charge-plan.js';
import { refusal, unbilled } from './refused-charge.js';
import {
  type ContractLine,
  type ContractState,
  gridOf,
  isPosted,
  shareOf,
  splitDays,
} from './contract-state.js';
import { LineTimeline, type LineValues } from './line-timeline.js';
import type { PlanRefusal, PlanStep } from './plan-step.js';

/** Decimals of a unit price the PSA keeps (reference §7.11, §8.1). */
const KEPT_DECIMALS = 4;

/** What the price of a line bills in a period. */
interface PeriodAmounts {
  price: Decimal;
  cost: Decimal;
}

export interface PriceResetPlan {
  steps: PlanStep[];
  refusals: PlanRefusal[];
  /** Needs of months that are posted, or cannot be billed by a price: they become charges. */
  left: ChargeNeed[];
}

/**
 * Bills the month amounts of an Azure plan by the price of its one unit: set on day 1 of the month, 0 again from the next month on, as
 * CloudCockpit does. The PSA takes one adjustment per line and day, so a month whose first day holds the reset of the month before is set
 * on the next free day, at a price from which the rest of the month makes the whole amount.
 */
export function planPriceReset(
  line: BillingLine,
  contract: ContractState,
  own: ContractLine,
  needs: readonly ChargeNeed[],
  currency: CurrencyCode,
): PriceResetPlan {
  const plan: PriceResetPlan = { steps: [], refusals: [], left: [] };
  const billable = new Map<LocalDate, readonly ChargeNeed[]>();
  for (const [month, ofMonth] of Map.groupBy(needs, (need) => need.month)) {
    const period = periodOn(gridOf(contract), laterOf(month, contract.startsOn));
    // Where the contract has no day in the month, another one may bear a charge.
    const isOutside = contract.startsOn > lastDayOfMonth(month) || contract.endsOn < month;
    if (period === null || isOutside || isPosted(own, period) || !hasUnitIn(own, period))
      plan.left.push(...ofMonth);
    else if (period.startsOn === month) billable.set(month, ofMonth);
    else {
      const why = `the billing period of ${month.slice(0, 7)} does not start with the month; the price of a period cannot hold a month’s amount.`;
      const refused = refusal(line, 'billing.price_reset_period', month.slice(0, 7), why);
      plan.refusals.push({ ...refused, settles: unbilled(month, ofMonth) });
    }
  }
  for (;;) {
    const walk = new ResetWalk(line, contract, own, currency);
    const problem = walk.run(billable);
    if (problem === null) {
      plan.steps.push(...walk.steps);
      return plan;
    }
    const month = refusedMonth(billable, problem.in);
    const needed = billable.get(month) ?? [];
    plan.refusals.push({ ...problem.refusal, settles: unbilled(month, needed) });
    billable.delete(month);
  }
}

/** Where a price cannot be set, its own month is not billed; where it cannot be taken back, the last one that set it. */
function refusedMonth(billable: ReadonlyMap<LocalDate, unknown>, problemIn: LocalDate): LocalDate {
  const months = [...billable.keys()].filter((month) => month <= problemIn);
  return months.toSorted().at(-1) ?? problemIn;
}

function hasUnitIn(own: ContractLine, { startsOn, endsOn }: Period): boolean {
  const timeline = LineTimeline.of(own);
  const days = [startsOn, ...timeline.changeDaysAfter(startsOn).filter((day) => day <= endsOn)];
  return days.some((day) => timeline.on(day).units !== 0);
}

/** Goes along the months, and sets in each what it is to come to; it ends where the price is again what it was. */
class ResetWalk {
  readonly steps: PlanStep[] = [];
  readonly #line: BillingLine;
  readonly #contract: ContractState;
  readonly #own: ContractLine;
  readonly #currency: CurrencyCode;
  readonly #taken: Set<LocalDate>;
  readonly #original: LineTimeline;
  #timeline: LineTimeline;

  constructor(line: BillingLine, contract: ContractState, own: ContractLine, currency: CurrencyCode) {
    this.#line = line;
    this.#contract = contract;
    this.#own = own;
    this.#currency = currency;
    this.#taken = new Set([...own.takenDays, ...splitDays(contract, own)]);
    this.#original = LineTimeline.of(own);
    this.#timeline = this.#original;
  }

  /** @param needs by the first day of their month @returns why a price cannot be set or taken back; then no step is of use */
  run(needs: ReadonlyMap<LocalDate, readonly ChargeNeed[]>): { refusal: PlanRefusal; in: LocalDate } | null {
    const months = [...needs.keys()].toSorted();
    const [first] = months;
    const last = months.at(-1);
    if (first === undefined || last === undefined) return null;
    for (const period of periodsFrom(gridOf(this.#contract), first)) {
      const own = needs.get(period.startsOn) ?? [];
      const was = amountsOf(this.#original, period, period.endsOn);
      const sum = (of: (need: ChargeNeed) => Decimal) =>
        own.reduce((total, need) => total.plus(of(need)), new MoneyDecimal(0));
      const wanted = {
        price: was.price.plus(sum(({ price }) => price)),
        cost: was.cost.plus(sum(({ cost }) => cost)),
      };
      const problem = this.#set(period, wanted, own);
      if (problem !== null) return { refusal: problem, in: period.startsOn };
      if (period.startsOn > last && this.#isBack(period.endsOn)) return null;
    }
    return null;
  }

  #isBack(day: LocalDate): boolean {
    const [now, was] = [this.#timeline.on(day), this.#original.on(day)];
    return isSameAmount(now.unitPrice, was.unitPrice) && isSameAmount(now.unitCost, was.unitCost);
  }

  /** Makes a period come to an amount by a price from its first free day on. */
  #set(period: Period, wanted: PeriodAmounts, needs: readonly ChargeNeed[]): PlanRefusal | null {
    const now = amountsOf(this.#timeline, period, period.endsOn);
    if (isNear(now.price, wanted.price) && isNear(now.cost, wanted.cost) && needs.length === 0) return null;
    const month = period.startsOn.slice(0, 7);
    let day = period.startsOn;
    // Where the plan is bought within the month there is nothing before that a price could be for.
    while (day <= period.endsOn && (this.#taken.has(day) || this.#timeline.on(day).units === 0))
      day = addDays(day, 1);
    if (day > period.endsOn) {
      const why = 'every day of the month with a unit has an adjustment of this service.';
      return refusal(this.#line, 'billing.price_reset_period', month, why);
    }
    const before = this.#timeline.on(day);
    if (before.units !== 1) {
      const why = `the contract service has ${before.units} units on ${day}; the price of a month can be set only on one unit.`;
      return refusal(this.#line, 'billing.price_reset_units', month, why);
    }
    const earlier = amountsOf(this.#timeline, period, addDays(day, -1));
    const share = shareOf(period, day, period.endsOn);
    const unitFor = (total: Decimal, sofar: Decimal) =>
      total.minus(sofar).dividedBy(share).toDecimalPlaces(KEPT_DECIMALS);
    const after: LineValues = {
      units: 1,
      unitPrice: unitFor(wanted.price, earlier.price),
      unitCost: unitFor(wanted.cost, earlier.cost),
    };
    this.#taken.add(day);
    const { unitPrice, unitCost } = after;
    this.#timeline = this.#timeline.with({ on: day, unitChange: 0, unitPrice, unitCost });
    this.steps.push(this.#step(period, day, { before, after, wanted, needs }));
    return null;
  }

  #step(
    period: Period,
    on: LocalDate,
    {
      before,
      after,
      wanted,
      needs,
    }: { before: LineValues; after: LineValues; wanted: PeriodAmounts; needs: readonly ChargeNeed[] },
  ): PlanStep {
    const { connectionId, subscriptionId, contractExternalId, serviceExternalId, known } = this.#line;
    const impact = money(
      needs.reduce((total, { price }) => total.plus(price), new MoneyDecimal(0)),
      this.#currency,
    );
    const month = period.startsOn.slice(0, 7);
    const isReset = needs.length === 0;
    const what = isReset
      ? `The price of the month before counts for that month only; from ${on} on it is what it was.`
      : `The Azure plan costs ${wanted.price.toDecimalPlaces(KEPT_DECIMALS).toFixed()} ${this.#currency} in ${month}; the price of its one unit is set to that.`;
    const moved = `${period.startsOn} already has an adjustment of this service, so the rest of the month bears the whole amount.`;
    return {
      kind: 'adjustPrice',
      identity: `${connectionId}/${known?.customerId ?? ''}/${subscriptionId}/${on}`,
      subscriptionId,
      contractExternalId,
      serviceExternalId,
      lineExternalId: this.#own.externalId,
      before,
      after,
      effectiveOn: on,
      notBefore: on,
      period: { ...period, isPosted: isPosted(this.#own, period) },
      impactPerPeriod: impact,
      impact,
      reason: on === period.startsOn ? what : `${what} ${moved}`,
      rule: isReset ? 'azure.resetPrice' : 'azure.monthPrice',
      revision: known?.revision ?? 0,
      contractEndsOn: null,
      charge: null,
      ...(isReset ? {} : { settles: settlementOf(period.startsOn, needs) }),
    };
  }
}

/** What is billed in a period up to a day, not rounded. */
function amountsOf(timeline: LineTimeline, period: Period, upTo: LocalDate): PeriodAmounts {
  const nothing: PeriodAmounts = { price: zero(), cost: zero() };
  if (upTo < period.startsOn) return nothing;
  const changes = timeline.changeDaysAfter(period.startsOn).filter((day) => day <= upTo);
  const starts = [period.startsOn, ...changes];
  return starts.reduce<PeriodAmounts>((sum, start, index) => {
    const next = starts[index + 1];
    const last = next === undefined ? upTo : earlierOf(addDays(next, -1), upTo);
    const { units, unitPrice, unitCost } = timeline.on(start);
    const weight = shareOf(period, start, last).times(units);
    return {
      price: sum.price.plus(weight.times(unitPrice ?? 0)),
      cost: sum.cost.plus(weight.times(unitCost ?? 0)),
    };
  }, nothing);
}

function isSameAmount(left: Decimal | null, right: Decimal | null): boolean {
  return (left ?? zero()).equals(right ?? zero());
}

function zero(): Decimal {
  return new MoneyDecimal(0);
}

/** Far below a coin: prices with four decimals do not divide evenly by days. */
function isNear(left: Decimal, right: Decimal): boolean {
  return left.minus(right).abs().lessThan('0.002');
}
