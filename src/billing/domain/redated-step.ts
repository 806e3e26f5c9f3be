import type { LocalDate } from '../../kernel/local-date.js';
import { money, roundMoney } from '../../kernel/money.js';
import { daysIn } from '../../kernel/period.js';
import { StepDateError } from './billing.errors.js';
import { isAdjustment } from './line-overlay.js';
import { valueOf } from './line-timeline.js';
import type { PlanStep } from './plan-step.js';

/**
 * The step on another day, which a person chose. Only later ones within its billing period: before, the rules do not allow it, and
 * further on another period counts, which takes a plan of its own.
 * @throws StepDateError
 */
export function redated(
  step: PlanStep,
  effectiveOn: LocalDate,
  others: readonly PlanStep[],
  why: string | undefined,
): PlanStep {
  const { notBefore, period } = step;
  if (step.rule === 'azure.monthPrice' || step.rule === 'azure.resetPrice') {
    throw new StepDateError(
      'The price of a month counts from the day it was reckoned for; it cannot be dated otherwise.',
    );
  }
  if (effectiveOn < notBefore || effectiveOn > period.endsOn) {
    throw new StepDateError(
      `The step can be dated from ${notBefore} to ${period.endsOn}: not before its change, and within its billing period.`,
    );
  }
  const isTaken = others.some((other) => isAdjustment(other) && other.effectiveOn === effectiveOn);
  const isPassed = others.some(
    (other) => other.effectiveOn > step.effectiveOn && other.effectiveOn <= effectiveOn,
  );
  if (isTaken || isPassed) {
    throw new StepDateError(
      `Another step of the subscription is dated on or before ${effectiveOn}; change that one first.`,
    );
  }
  const daysMoved = daysIn(step.effectiveOn, effectiveOn) - 1;
  const { impact } = step;
  const perPeriod = valueOf(step.after).minus(valueOf(step.before));
  const moved = perPeriod.times(daysMoved).dividedBy(period.fullDays);
  return {
    ...step,
    effectiveOn,
    identity: step.identity.replace(/[^/]+$/, effectiveOn),
    impact: roundMoney(money(impact.amount.minus(moved), impact.currency)),
    rule: 'date.byPerson',
    reason: `${step.reason} Dated ${effectiveOn} by a person${why === undefined ? '' : `: ${why}`}.`,
  };
}
