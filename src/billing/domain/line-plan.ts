import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, roundMoney } from '../../kernel/money.js';
import { addDays, periodOn } from '../../kernel/period.js';
import { type ContractLine, type ContractState, gridOf, isPosted, splitDays } from './contract-state.js';
import type { DatingRule, Target, TargetPolicy, TermsTarget } from './dated-targets.js';
import type { DesiredLine } from './desired-line.js';
import { findLine } from './line-identity.js';
import { type Targets, targetsOf } from './line-targets.js';
import { LineTimeline, type LineValues, valueOf } from './line-timeline.js';
import type { PlanCurrencies, PlanRefusal, PlanStep } from './plan-step.js';
import { causeOf, kindOf, lastUpTo } from './step-cause.js';
import { isSameUnitAmount } from './unit-amounts.js';

export interface LinePlan {
  steps: PlanStep[];
  refusals: PlanRefusal[];
  /** As it is once the steps are carried out, as far as other lines of it are concerned. */
  contract: ContractState;
  /** The line it feeds; null when that is to be made, or cannot be told. */
  lineExternalId: string | null;
}

type Policy = TargetPolicy & PlanCurrencies;

/** What has to be written for one subscription. */
export function planLine(
  desired: DesiredLine,
  actual: ContractState,
  policy: Policy,
  today: LocalDate,
): LinePlan {
  const found = findLine(desired, actual);
  if ('refusal' in found) {
    return { steps: [], refusals: [found.refusal], contract: actual, lineExternalId: null };
  }
  const lineExternalId = found.line?.externalId ?? null;
  const wanted = targetsOf(desired, actual, lineExternalId, policy, today);
  const { contract } = wanted;
  const line = contract.lines.find(({ externalId }) => externalId === lineExternalId) ?? null;
  const walked = new LineWalk(desired, contract, line, policy).run(wanted);
  return {
    steps: [...wanted.steps, ...walked.steps],
    refusals: [...wanted.refusals, ...walked.refusals],
    contract,
    lineExternalId,
  };
}

/** Walks along the days on which something counts and takes down what differs from the timeline so far. */
class LineWalk {
  readonly #desired: DesiredLine;
  readonly #contract: ContractState;
  readonly #line: ContractLine | null;
  readonly #currency: CurrencyCode;
  readonly #costCurrency: CurrencyCode;
  readonly #taken: Set<LocalDate>;
  #timeline: LineTimeline;

  constructor(
    desired: DesiredLine,
    contract: ContractState,
    line: ContractLine | null,
    { currency, costCurrency }: PlanCurrencies,
  ) {
    this.#desired = desired;
    this.#contract = contract;
    this.#line = line;
    this.#currency = currency;
    this.#costCurrency = costCurrency;
    this.#taken = new Set(line === null ? [] : [...line.takenDays, ...splitDays(contract, line)]);
    this.#timeline = LineTimeline.of(line);
  }

  run({ units, terms }: Targets): Pick<LinePlan, 'steps' | 'refusals'> {
    const steps: PlanStep[] = [];
    const refusals: PlanRefusal[] = [];
    // No units behind the end is what the contract has anyway.
    const late = [...units.filter(({ value }) => value > 0), ...terms].find(
      ({ on }) => on > this.#contract.endsOn,
    );
    if (late !== undefined) refusals.push(this.#afterTheEnd(late));
    const days = this.#days(units, terms).filter((day) => day <= this.#contract.endsOn);
    for (const [index, day] of days.entries()) {
      const step = this.#stepOn(day, days[index + 1], lastUpTo(units, day), lastUpTo(terms, day));
      if (step === 'no day left') {
        refusals.push(this.#noDayLeft(day, lastUpTo(units, day) ?? lastUpTo(terms, day)));
      } else if (step !== null) steps.push(step);
    }
    return { steps, refusals };
  }

  /** Days of the targets, and later ones on which the line would leave them again. */
  #days(units: readonly Target<number>[], terms: readonly Target<TermsTarget>[]): LocalDate[] {
    const own = [...units, ...terms].map(({ on }) => on);
    const [first] = own.toSorted();
    if (first === undefined) return [];
    return [...new Set([...own, ...this.#timeline.changeDaysAfter(first)])].toSorted();
  }

  #stepOn(
    day: LocalDate,
    next: LocalDate | undefined,
    units: Target<number> | undefined,
    terms: Target<TermsTarget> | undefined,
  ): PlanStep | 'no day left' | null {
    if (this.#differenceOn(day, units, terms) === null) return null;
    const free = this.#freeDay(day);
    if (next !== undefined && free >= next) return null;
    if (free > this.#contract.endsOn) return units?.value === 0 ? null : 'no day left';
    const difference = this.#differenceOn(free, units, terms);
    if (difference === null) return null;
    this.#taken.add(free);
    const { before, after } = difference;
    const earlier = this.#timeline;
    this.#timeline = earlier.with({
      on: free,
      unitChange: after.units - before.units,
      unitPrice: difference.isPriced ? after.unitPrice : null,
      unitCost: difference.isCosted ? after.unitCost : null,
    });
    const cause = causeOf(difference, units, terms);
    return this.#toStep(earlier, day, free, before, after, cause);
  }

  #differenceOn(
    day: LocalDate,
    units: Target<number> | undefined,
    terms: Target<TermsTarget> | undefined,
  ): { before: LineValues; after: LineValues; isPriced: boolean; isCosted: boolean } | null {
    const before = this.#timeline.on(day);
    const wantedUnits = units === undefined ? before.units : this.#reachable(day, before.units, units.value);
    const counted = Math.max(before.units, wantedUnits);
    const amounts = this.#amountsOn(day, wantedUnits, terms);
    const isPriced =
      amounts.unitPrice !== null &&
      !isSameUnitAmount(before.unitPrice, amounts.unitPrice, counted, this.#currency);
    const isCosted =
      amounts.unitCost !== null &&
      !isSameUnitAmount(before.unitCost, amounts.unitCost, counted, this.#costCurrency);
    if (wantedUnits === before.units && !isPriced && !isCosted) return null;
    const after = {
      units: wantedUnits,
      unitPrice: isPriced ? amounts.unitPrice : before.unitPrice,
      unitCost: isCosted ? amounts.unitCost : before.unitCost,
    };
    return { before, after, isPriced, isCosted };
  }

  /**
   * The price and cost that are to count; null: whatever does. Units before the first of their line have those of the line, else they would be
   * billed at what the service is listed at, and without units nothing is priced there. An Azure plan is listed at 0.
   */
  #amountsOn(
    day: LocalDate,
    units: number,
    terms: Target<TermsTarget> | undefined,
  ): Pick<LineValues, 'unitPrice' | 'unitCost'> {
    const { firstDay } = this.#timeline;
    const isEarly = firstDay !== null && day < firstDay;
    if (terms !== undefined && !(isEarly && units === 0)) return terms.value;
    return isEarly && units > 0 && this.#desired.kind !== 'azurePlan'
      ? this.#timeline.on(firstDay)
      : { unitPrice: null, unitCost: null };
  }

  /**
   * Fewer units, as far as they can fall: a decrease that is dated later has a part of them already, and the PSA takes no adjustment that
   * brings any day below 0 (reference §8.5). That later day takes the rest.
   */
  #reachable(day: LocalDate, before: number, wanted: number): number {
    if (wanted >= before) return wanted;
    return Math.max(wanted, before - this.#timeline.leastUnits(day, this.#contract.endsOn));
  }

  /** The PSA takes one adjustment per line and day (reference §8.2). */
  #freeDay(day: LocalDate): LocalDate {
    let free = day;
    while (this.#taken.has(free)) free = addDays(free, 1);
    return free;
  }

  #toStep(
    earlier: LineTimeline,
    planned: LocalDate,
    on: LocalDate,
    before: LineValues,
    after: LineValues,
    cause: { rule: DatingRule; reason: string; revision: number },
  ): PlanStep {
    const contract = this.#contract;
    const period = periodOn(gridOf(contract), on);
    if (period === null) throw new RangeError(`${on} lies outside contract ${contract.externalId}`);
    const { connectionId, accountId, subscriptionId, contractExternalId, serviceExternalId } = this.#desired;
    const isNew = this.#line === null && earlier.on(contract.endsOn).units === 0;
    const change = this.#timeline.billedBeyond(earlier, on, contract);
    const moved = `${planned} already has an adjustment of this service, so the next free day is used.`;
    return {
      kind: isNew && before.units === 0 && after.units > 0 ? 'addService' : kindOf(before, after),
      identity: `${connectionId}/${accountId}/${subscriptionId}/${on}`,
      subscriptionId,
      contractExternalId,
      serviceExternalId,
      lineExternalId: this.#line?.externalId ?? null,
      before,
      after,
      effectiveOn: on,
      notBefore: on,
      period: {
        startsOn: period.startsOn,
        endsOn: period.endsOn,
        fullDays: period.fullDays,
        isPosted: this.#line !== null && isPosted(this.#line, period),
      },
      impactPerPeriod: roundMoney(money(valueOf(after).minus(valueOf(before)), this.#currency)),
      impact: roundMoney(money(change, this.#currency)),
      reason: on === planned ? cause.reason : `${cause.reason} ${moved}`,
      rule: on === planned ? cause.rule : 'date.nextFreeDay',
      revision: cause.revision,
      contractEndsOn: null,
      ...(contract.reachesUntil !== undefined && on > contract.reachesUntil
        ? { waitsForExtension: true as const }
        : {}),
      charge: null,
    };
  }

  #afterTheEnd({ on, revision, changedOn }: Target<unknown>): PlanRefusal {
    const { contractExternalId } = this.#desired;
    const detail =
      `Contract ${contractExternalId} ends on ${this.#contract.endsOn}, before the change of ${changedOn} takes effect on ${on}. ` +
      'Extend the contract or map the subscription to its successor, then retry; or dismiss the change.';
    return this.#refusal('billing.contract_ended', detail, revision);
  }

  #noDayLeft(day: LocalDate, target: Target<unknown> | undefined): PlanRefusal {
    const detail = `Contract ${this.#desired.contractExternalId} has no day left for another change from ${day} on.`;
    return this.#refusal('billing.contract_ended', detail, target?.revision ?? 0);
  }

  #refusal(code: PlanRefusal['code'], detail: string, revision: number): PlanRefusal {
    const { subscriptionId, contractExternalId } = this.#desired;
    return { code, subscriptionId, contractExternalId, detail, revision };
  }
}
