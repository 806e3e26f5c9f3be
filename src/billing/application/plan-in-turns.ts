import { setImmediate as letOthers } from 'node:timers/promises';
import type { LocalDate } from '../../kernel/local-date.js';
import { inTurn, planContractSync } from '../domain/contract-sync-plan.js';
import type { ContractState } from '../domain/contract-state.js';
import type { TargetPolicy } from '../domain/dated-targets.js';
import type { DesiredLine } from '../domain/desired-line.js';
import type { ContractSyncPlan, PlanCurrencies } from '../domain/plan-step.js';

/**
 * The same as `planContractSync`, contract by contract: many lines take a good part of a second, and between two contracts whoever else
 * waits for this process, such as a request under way, has a turn.
 */
export async function planInTurns(
  desired: readonly DesiredLine[],
  actual: readonly ContractState[],
  policy: TargetPolicy & PlanCurrencies,
  today: LocalDate,
): Promise<ContractSyncPlan> {
  const contracts = new Map(actual.map((contract) => [contract.externalId, contract]));
  const ordered = inTurn(desired);
  const plan: ContractSyncPlan = { steps: [], refusals: [] };
  for (const [externalId, lines] of Map.groupBy(ordered, ({ contractExternalId }) => contractExternalId)) {
    const contract = contracts.get(externalId);
    const { steps, refusals } = planContractSync(
      lines,
      contract === undefined ? [] : [contract],
      policy,
      today,
    );
    plan.steps.push(...steps);
    plan.refusals.push(...refusals);
    await letOthers();
  }
  const places = new Map(ordered.map(({ subscriptionId }, place) => [subscriptionId, place]));
  const byPlace = (left: { subscriptionId: string }, right: { subscriptionId: string }) =>
    (places.get(left.subscriptionId) ?? 0) - (places.get(right.subscriptionId) ?? 0);
  return { steps: plan.steps.toSorted(byPlace), refusals: plan.refusals.toSorted(byPlace) };
}
