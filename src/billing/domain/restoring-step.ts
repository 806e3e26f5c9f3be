import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, roundMoney } from '../../kernel/money.js';
import { addDays, laterOf, periodOn } from '../../kernel/period.js';
import type { BillingLine } from './billing-line.js';
import { type DriftFinding, hasDrifted } from './drift.js';
import { NotCompensableError } from './billing.errors.js';
import { leavingDay, leavingStep, type PresentLine } from './former-line.js';
import { type ContractLine, type ContractState, gridOf, isPosted, splitDays } from './contract-state.js';
import { changesPrice, isSame } from './line-overlay.js';
import { LineTimeline, type LineValues, valueOf } from './line-timeline.js';
import type { PlanCurrencies, PlanStep } from './plan-step.js';
import { isSameUnitAmount } from './unit-amounts.js';

/**
 * The step that brings a line back to what it was before another one, from today or the next day that has no adjustment; a price
 * only from a period on that is not approved and posted, and only while what it was changed to is in force.
 * @throws NotCompensableError
 */
export function restoringStep(
  undone: PlanStep,
  contract: ContractState,
  line: ContractLine,
  currencies: PlanCurrencies,
  today: LocalDate,
): PlanStep {
  const { currency } = currencies;
  const { before, after } = undone;
  const on = freeDay(
    laterOf(laterOf(today, undone.effectiveOn), contract.startsOn),
    contract,
    line,
    changesPrice(undone),
  );
  const timeline = LineTimeline.of(line);
  const found = timeline.on(on);
  demandOwnAmounts(undone, found, currencies);
  const wanted: LineValues = {
    units: found.units + before.units - after.units,
    unitPrice: isSame(before.unitPrice, after.unitPrice)
      ? found.unitPrice
      : (before.unitPrice ?? found.unitPrice),
    unitCost: isSame(before.unitCost, after.unitCost) ? found.unitCost : (before.unitCost ?? found.unitCost),
  };
  if (wanted.units < 0)
    throw new NotCompensableError('Taking the change back would leave less than no units.');
  const isSameAsNow =
    wanted.units === found.units &&
    isSame(wanted.unitPrice, found.unitPrice) &&
    isSame(wanted.unitCost, found.unitCost);
  if (isSameAsNow) throw new NotCompensableError('What was before the change is in force already.');
  const period = periodOn(gridOf(contract), on);
  if (period === null)
    throw new NotCompensableError('The contract has no day left on which the change can be taken back.');
  const restored = timeline.with({
    on,
    unitChange: wanted.units - found.units,
    unitPrice: isSame(found.unitPrice, wanted.unitPrice) ? null : wanted.unitPrice,
    unitCost: isSame(found.unitCost, wanted.unitCost) ? null : wanted.unitCost,
  });
  const impact = restored.billedBeyond(timeline, on, contract);
  return {
    ...undone,
    kind: wanted.units === found.units ? 'adjustPrice' : 'adjustUnits',
    identity: undone.identity.replace(/[^/]+$/, on),
    lineExternalId: line.externalId,
    before: found,
    after: wanted,
    effectiveOn: on,
    notBefore: on,
    period: { ...period, isPosted: isPosted(line, period) },
    impactPerPeriod: roundMoney(money(valueOf(wanted).minus(valueOf(found)), currency)),
    impact: roundMoney(money(impact, currency)),
    reason: `Takes back the change of ${undone.effectiveOn}: ${undone.reason}`,
    rule: 'compensate.restore',
  };
}

/** A price, or cost, that was set since would be lost with the one that is taken back. What the PSA does not tell is taken as ours. */
function demandOwnAmounts(
  { before, after }: PlanStep,
  found: LineValues,
  { currency, costCurrency }: PlanCurrencies,
): void {
  const isOther = (field: 'unitPrice' | 'unitCost', inCurrency: CurrencyCode) => {
    const [set, inForce] = [after[field], found[field]];
    if (set === null || inForce === null || isSame(before[field], set)) return false;
    return !isSameUnitAmount(inForce, set, found.units, inCurrency);
  };
  // An API user who may not read costs is shown 0 (reference §2.6).
  const isCostHidden = found.unitCost?.isZero() === true;
  if (isOther('unitPrice', currency) || (!isCostHidden && isOther('unitCost', costCurrency))) {
    throw new NotCompensableError(
      'Another price or cost was set since, and taking this one back would take that one back too. Take that one back first, or ' +
        'change the subscription.',
    );
  }
}

/** The first day from one on without an adjustment; for a price, in a period that is not approved and posted. */
export function freeDay(
  first: LocalDate,
  contract: ContractState,
  line: ContractLine,
  isPrice: boolean,
): LocalDate {
  const taken = new Set([...line.takenDays, ...splitDays(contract, line)]);
  let day = first;
  for (;;) {
    const period = periodOn(gridOf(contract), day);
    if (period === null) return day;
    if (isPrice && isPosted(line, period)) day = addDays(period.endsOn, 1);
    else if (taken.has(day)) day = addDays(day, 1);
    else return day;
  }
}

/**
 * The step that brings a line that drifted back to what we last applied, or takes its units off one that its subscription has left.
 * @param now.present what the subscription of a line that was left feeds now; null where it feeds nothing of the connection
 * @throws NotCompensableError
 */
export function correctingStep(
  finding: DriftFinding,
  line: BillingLine,
  { contract, own, present }: { contract: ContractState; own: ContractLine; present: PresentLine | null },
  currencies: PlanCurrencies,
  today: LocalDate,
): PlanStep {
  const isLeft = finding.cause === 'left';
  if (isLeft === line.isMapped || own.externalId !== line.lineExternalId) {
    throw new NotCompensableError(
      'The mapping of the subscription was changed since this was found; the next pull looks again.',
    );
  }
  if (!isLeft) {
    if (hasDrifted(finding.actual, LineTimeline.of(own).on(today), currencies)) {
      throw new NotCompensableError(
        'The contract service was changed since this was found, or a change of it waits to be sent; the next pull looks again.',
      );
    }
    return restoredStep(finding, line, contract, own, currencies, today);
  }
  const leaving = {
    on: leavingDay(line, contract, own, present, today),
    customerId: line.known?.customerId ?? '',
    revision: line.known?.revision ?? 0,
    rule: 'mapping.left' as const,
    reason: 'The subscription is not mapped to this contract service any more, but is still billed by it.',
  };
  const step = leavingStep(line, contract, own, leaving, currencies.currency);
  if (step === null) throw new NotCompensableError('The contract service has no units any more.');
  return step;
}

function restoredStep(
  { expected, actual, connectionId }: DriftFinding,
  { subscriptionId, contractExternalId, serviceExternalId, known }: BillingLine,
  contract: ContractState,
  line: ContractLine,
  currencies: PlanCurrencies,
  today: LocalDate,
): PlanStep {
  const nothing = money(0, currencies.currency);
  const drifted: PlanStep = {
    kind: 'adjustUnits',
    identity: `${connectionId}/${known?.customerId ?? ''}/${subscriptionId}/${today}`,
    subscriptionId,
    contractExternalId,
    serviceExternalId,
    lineExternalId: line.externalId,
    before: expected,
    after: actual,
    effectiveOn: today,
    notBefore: today,
    period: { startsOn: today, endsOn: today, fullDays: 1, isPosted: false },
    impactPerPeriod: nothing,
    impact: nothing,
    reason: `the contract service was changed in the PSA from ${expected.units} to ${actual.units} units, or its price or cost was.`,
    rule: 'drift.correct',
    revision: known?.revision ?? 0,
    contractEndsOn: null,
    charge: null,
  };
  const step = restoringStep(drifted, contract, line, currencies, today);
  return { ...step, rule: 'drift.correct', reason: `Restores what was applied: ${drifted.reason}` };
}
