import type { LocalDate } from '../../kernel/local-date.js';
import type { BillingLine } from './billing-line.js';
import { type ChargeItem, lastDayOfMonth, monthOf, toldOf } from './charge-item.js';
import type { NeedProblem } from './charge-needs.js';
import type { ContractState } from './contract-state.js';
import { isRefusal, type Operation } from './operation.js';
import type { PlanRefusal, PlanStep } from './plan-step.js';
import type { Settlement } from './settlement.js';

interface Problem {
  code: PlanRefusal['code'];
  why: string;
}

export const NO_BILLING_CODE: Problem = {
  code: 'billing.charge_code_missing',
  why: 'the PSA has no active material billing code, or not the one of the connection’s policies.',
};

/** Why a contract cannot bear charges of a month; null when it can. A charge is dated in its month or not at all. */
export function problemOfMonth(contract: ContractState | undefined, month: LocalDate): Problem | null {
  if (contract === undefined) {
    return { code: 'billing.contract_missing', why: 'the contract is not to be found in the PSA.' };
  }
  const { isActive, startsOn, endsOn } = contract;
  if (!isActive) return { code: 'billing.contract_inactive', why: 'the contract is not active.' };
  if (startsOn <= lastDayOfMonth(month) && month <= endsOn) return null;
  const why = `the contract runs from ${startsOn} to ${endsOn}, which has no day in ${month.slice(0, 7)}.`;
  return { code: 'billing.contract_ended', why };
}

/** Names amounts that are not billed as they were told, so that they are refused once and not with every look. */
export function unbilled(
  month: Settlement['month'],
  amounts: readonly { key: string; item: ChargeItem | null }[],
): Settlement {
  return {
    month,
    amounts: amounts.map(({ key, item }) => ({
      key,
      price: '0',
      cost: '0',
      told: item === null ? '' : toldOf(item),
    })),
  };
}

export function problemRefusal({ item, line, code, why }: NeedProblem): PlanRefusal {
  const settles = unbilled(monthOf(item.servicePeriod.to), [{ key: item.key, item }]);
  return { ...refusal(line, code, item.chargeId ?? item.key, why), settles };
}

export function refusal(
  { subscriptionId, contractExternalId, known }: BillingLine,
  code: PlanRefusal['code'],
  what: string,
  why: string,
): PlanRefusal {
  const detail = `Charge ${what} cannot be billed: ${why}`;
  return { code, subscriptionId, contractExternalId, detail, revision: known?.revision ?? 0 };
}

/** Whether an operation only says why an amount beside the seats is not billed. */
export function isRefusedCharge(operation: Pick<Operation, 'step'>): boolean {
  return isRefusal(operation) && operation.step.settles !== undefined;
}

/** Whether a person is told the same about the same amounts already. @param open unfinished operations */
export function isToldAlready({ code, settles, detail }: PlanRefusal, open: readonly Operation[]): boolean {
  if (settles === undefined) return false;
  return open.some(
    (operation) =>
      isRefusedCharge(operation) &&
      operation.error?.code === code &&
      operation.error.detail === detail &&
      toldText(operation.step.settles) === toldText(settles),
  );
}

/** Refusals that steps or other refusals of the same amounts take the place of. @param open unfinished operations */
export function replacedRefusals(
  settled: readonly Pick<PlanStep | PlanRefusal, 'settles'>[],
  open: readonly Operation[],
): Operation[] {
  const keys = new Set(settled.flatMap(({ settles }) => settles?.amounts.map(({ key }) => key) ?? []));
  return open.filter(
    (operation) =>
      isRefusedCharge(operation) &&
      (operation.step.settles?.amounts.some(({ key }) => keys.has(key)) ?? false),
  );
}

function toldText(settles: Settlement | undefined): string {
  return JSON.stringify(settles?.amounts.map(({ key, told }) => [key, told]).toSorted());
}
