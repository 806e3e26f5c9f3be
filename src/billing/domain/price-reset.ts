import type { Decimal } from 'decimal.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import { addDays, earlierOf, laterOf, type Period, periodOn } from '../../kernel/period.js';
import type { BillingLine } from './billing-line.js';
import type { ChargeNeed } from './charge-needs.js';
import { refusal, settlementOf } from './charge-plan.js';
import { type ContractLine, type ContractState, gridOf, isPosted, shareOf, splitDays } from './contract-state.js';
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
  const walk = new ResetWalk(line, contract, own, currency);
  const byMonth = [...Map.groupBy(needs, ({ month }) => month)].toSorted(([left], [right]) => (left < right ? -1 : 1));
  for (const [month, ofMonth] of byMonth) {
    const period = periodOn(gridOf(contract), laterOf(month, contract.startsOn));
    if (period === null || isPosted(own, period)) {
      plan.left.push(...ofMonth);
      continue;
    }
    if (period.startsOn !== month) {
      const why = `the billing period of ${month.slice(0, 7)} does not start with the month; the price of a period cannot hold a month’s amount.`;
      plan.refusals.push(refusal(line, 'billing.price_reset_period', month.slice(0, 7), why));
      continue;
    }
    const problem = walk.bill(period, ofMonth);
    if (problem !== null) plan.refusals.push(problem);
  }
  plan.steps.push(...walk.steps());
  return plan;
}

class ResetWalk {
  readonly #line: BillingLine;
  readonly #contract: ContractState;
  readonly #own: ContractLine;
  readonly #currency: CurrencyCode;
  readonly #taken: Set<LocalDate>;
  readonly #steps: PlanStep[] = [];
  #timeline: LineTimeline;

  constructor(line: BillingLine, contract: ContractState, own: ContractLine, currency: CurrencyCode) {
    this.#line = line;
    this.#contract = contract;
    this.#own = own;
    this.#currency = currency;
    this.#taken = new Set([...own.takenDays, ...splitDays(contract, own)]);
    this.#timeline = LineTimeline.of(own);
  }

  steps(): PlanStep[] {
    return this.#steps.toSorted((left, right) => (left.effectiveOn < right.effectiveOn ? -1 : 1));
  }

  /** Sets the price of one period and takes it back behind it. */
  bill(period: Period, needs: readonly ChargeNeed[]): PlanRefusal | null {
    const sum = (of: (need: ChargeNeed) => Decimal) =>
      needs.reduce((total, need) => total.plus(of(need)), new MoneyDecimal(0));
    const now = this.#amounts(period, period.endsOn);
    const wanted = { price: now.price.plus(sum(({ price }) => price)), cost: now.cost.plus(sum(({ cost }) => cost)) };
    const next = addDays(period.endsOn, 1);
    const following = next <= this.#contract.endsOn ? periodOn(gridOf(this.#contract), next) : null;
    const after = following === null ? null : this.#amounts(following, following.endsOn);
    const month = period.startsOn.slice(0, 7);
    const set = this.#setFrom(period, wanted, {
      rule: 'azure.monthPrice',
      reason: `The Azure plan costs ${wanted.price.toFixed()} ${this.#currency} in ${month}; the price of its one unit is set to that.`,
      needs,
    });
    if (set !== null) return set;
    if (following === null || after === null) return null;
    return this.#setFrom(following, after, {
      rule: 'azure.resetPrice',
      reason: `The price of ${month} counts for that month only; from ${next} on it is what it was.`,
      needs: [],
    });
  }

  /** Makes a period come to an amount by a price from its first free day on. */
  #setFrom(
    period: Period,
    wanted: PeriodAmounts,
    cause: { rule: 'azure.monthPrice' | 'azure.resetPrice'; reason: string; needs: readonly ChargeNeed[] },
  ): PlanRefusal | null {
    const now = this.#amounts(period, period.endsOn);
    if (isNear(now.price, wanted.price) && isNear(now.cost, wanted.cost)) return null;
    let day = period.startsOn;
    while (this.#taken.has(day)) day = addDays(day, 1);
    if (day > period.endsOn) {
      const why = 'every day of the month has an adjustment of this service.';
      return refusal(this.#line, 'billing.price_reset_period', period.startsOn.slice(0, 7), why);
    }
    const before = this.#timeline.on(day);
    if (before.units !== 1) {
      const why = `the contract service has ${before.units} units on ${day}; the price of a month can be set only on one unit.`;
      return refusal(this.#line, 'billing.price_reset_units', period.startsOn.slice(0, 7), why);
    }
    const earlier = this.#amounts(period, addDays(day, -1));
    const share = shareOf(period, day, period.endsOn);
    const unitFor = (total: Decimal, sofar: Decimal) =>
      total.minus(sofar).dividedBy(share).toDecimalPlaces(KEPT_DECIMALS);
    const after: LineValues = {
      units: 1,
      unitPrice: unitFor(wanted.price, earlier.price),
      unitCost: unitFor(wanted.cost, earlier.cost),
    };
    this.#taken.add(day);
    const timeline = this.#timeline.with({ on: day, unitChange: 0, unitPrice: after.unitPrice, unitCost: after.unitCost });
    this.#timeline = timeline;
    this.#steps.push(this.#step(period, day, before, after, cause));
    return null;
  }

  #step(
    period: Period,
    on: LocalDate,
    before: LineValues,
    after: LineValues,
    { rule, reason, needs }: { rule: PlanStep['rule']; reason: string; needs: readonly ChargeNeed[] },
  ): PlanStep {
    const { connectionId, subscriptionId, contractExternalId, serviceExternalId, known } = this.#line;
    const impact = money(
      needs.reduce((total, { price }) => total.plus(price), new MoneyDecimal(0)),
      this.#currency,
    );
    const isMoved = on !== period.startsOn;
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
      reason: isMoved
        ? `${reason} ${period.startsOn} already has an adjustment of this service, so the rest of the month bears the whole amount.`
        : reason,
      rule,
      revision: known?.revision ?? 0,
      contractEndsOn: null,
      charge: null,
      ...(needs.length === 0 ? {} : { settles: settlementOf(period.startsOn, needs) }),
    };
  }

  /** What is billed in a period up to a day, not rounded. */
  #amounts(period: Period, upTo: LocalDate): PeriodAmounts {
    const zero = new MoneyDecimal(0);
    if (upTo < period.startsOn) return { price: zero, cost: zero };
    const changes = this.#timeline.changeDaysAfter(period.startsOn).filter((day) => day <= upTo);
    const starts = [period.startsOn, ...changes];
    return starts.reduce<PeriodAmounts>(
      (sum, start, index) => {
        const next = starts[index + 1];
        const last = next === undefined ? upTo : earlierOf(addDays(next, -1), upTo);
        const { units, unitPrice, unitCost } = this.#timeline.on(start);
        const weight = shareOf(period, start, last).times(units);
        return {
          price: sum.price.plus(weight.times(unitPrice ?? 0)),
          cost: sum.cost.plus(weight.times(unitCost ?? 0)),
        };
      },
      { price: zero, cost: zero },
    );
  }
}

/** Far below a coin: prices with four decimals do not divide evenly by days. */
function isNear(left: Decimal, right: Decimal): boolean {
  return left.minus(right).abs().lessThan('0.002');
}
